"""A program with one slip in it, once for each slip: what `pack mutate` plays where checks run the learner's program.

The slips are those that people make: a comparison the wrong way round, a bound off by one, a word that is not the
right one, an argument or a step left out, a condition that is always or never true.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SHOWN = 70
"""Characters of a change that a report shows of what was and of what is."""

_OTHER: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True)
class Slip:
    change: str
    program: str


def slips(program: str) -> list[Slip]:
    """Every slip of a program, each alone, in the order of its lines."""
    return [slip for _, slip in sorted(_slips(program), key=lambda found: found[0])]


def _slips(program: str) -> Iterator[tuple[int, Slip]]:
    """Each with its line."""
    tree = ast.parse(program)
    seen = {ast.dump(tree)}
    aside = _aside(tree)
    for place, node in enumerate(ast.walk(tree)):
        if node in aside:
            continue
        for alter in _ways(node):
            other = copy.deepcopy(tree)
            twin = _at(other, place)
            before = ast.unparse(twin)
            after = alter(twin)
            ast.fix_missing_locations(other)
            if ast.dump(other) not in seen:
                seen.add(ast.dump(other))
                line = int(getattr(node, "lineno", 0) or getattr(getattr(node, "target", None), "lineno", 0))
                change = f"line {line}: {_short(before)} becomes {_short(after)}"
                yield line, Slip(change, ast.unparse(other))


def _at(tree: ast.AST, place: int) -> ast.AST:
    return next(node for number, node in enumerate(ast.walk(tree)) if number == place)


def _aside(tree: ast.Module) -> set[ast.AST]:
    """What is said to people and how the program is begun (docstrings, messages, the guard of `main`), and keys that are
    read: a wrong one is an error at once."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found |= set(ast.walk(node))
        elif isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
            found |= {node, *ast.walk(node.test)}
        elif (isinstance(node, ast.If) and "sys.argv" in ast.unparse(node.test)) or (
            isinstance(node, ast.Expr) and ast.unparse(node).endswith("file=sys.stderr)")
        ):
            found |= set(ast.walk(node))
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            found.add(node.slice)
        elif isinstance(node, ast.arg | ast.FunctionDef) and (note := getattr(node, "annotation", None)):
            found |= set(ast.walk(note))
        if isinstance(node, ast.FunctionDef) and node.returns:
            found |= set(ast.walk(node.returns))
    return found


Alter = Callable[[ast.AST], str]
"""Alters a node where it stands, and says what it has become."""


def _ways(node: ast.AST) -> Iterator[Alter]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _OTHER:
        yield _compare
    elif isinstance(node, ast.BoolOp):
        yield _either
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield _without_not
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield lambda twin: _constant(twin, twin.value + 1)  # type: ignore[attr-defined]
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield lambda twin: _constant(twin, not twin.value)  # type: ignore[attr-defined]
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield lambda twin: _constant(twin, "x" + twin.value)  # type: ignore[attr-defined]
    elif isinstance(node, ast.Call):
        for index in range(len(node.keywords)):
            yield lambda twin, index=index: _argument(twin, index)  # type: ignore[misc]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield _step
    elif isinstance(node, ast.If | ast.IfExp | ast.comprehension):
        yield from _conditions(node)


def _compare(twin: ast.AST) -> str:
    assert isinstance(twin, ast.Compare)
    twin.ops = [_OTHER[type(twin.ops[0])]()]
    return ast.unparse(twin)


def _either(twin: ast.AST) -> str:
    assert isinstance(twin, ast.BoolOp)
    twin.op = ast.Or() if isinstance(twin.op, ast.And) else ast.And()
    return ast.unparse(twin)


def _without_not(twin: ast.AST) -> str:
    """`not not x` has the truth of `x`."""
    assert isinstance(twin, ast.UnaryOp)
    twin.operand = ast.UnaryOp(ast.Not(), twin.operand)
    return ast.unparse(twin.operand.operand)


def _constant(twin: ast.AST, value: object) -> str:
    assert isinstance(twin, ast.Constant)
    twin.value = value  # type: ignore[assignment]
    return ast.unparse(twin)


def _argument(twin: ast.AST, index: int) -> str:
    assert isinstance(twin, ast.Call)
    twin.keywords = twin.keywords[:index] + twin.keywords[index + 1 :]
    return ast.unparse(twin)


def _step(twin: ast.AST) -> str:
    assert isinstance(twin, ast.Expr)
    twin.value = ast.Constant(None)
    return "nothing"


def _conditions(node: ast.AST) -> Iterator[Alter]:
    if isinstance(node, ast.comprehension):
        for index in range(len(node.ifs)):
            yield lambda twin, index=index: _unfiltered(twin, index)  # type: ignore[misc]
        return
    for value in (True, False):
        yield lambda twin, value=value: _decided(twin, value)  # type: ignore[misc]


def _unfiltered(twin: ast.AST, index: int) -> str:
    assert isinstance(twin, ast.comprehension)
    twin.ifs = twin.ifs[:index] + twin.ifs[index + 1 :]
    return ast.unparse(twin).strip()


def _decided(twin: ast.AST, value: bool) -> str:
    assert isinstance(twin, ast.If | ast.IfExp)
    twin.test = ast.Constant(value)
    return f"if {value}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
