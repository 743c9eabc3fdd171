"""Metric math: expressions of GetMetricData and of alarms over series of values.

A series is `{time: value}`; arithmetic takes the times that both sides have. SEARCH and SQL queries are
not simulated and say so. It evaluates a small grammar of its own and runs no code of the expression.
"""

import ast
import itertools
import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from ecslab.cloud.ports.api import ApiError

Series = dict[int, float]
Value = Any
"""A Series, a number, or a list of either."""

OPERATORS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.BitXor: operator.pow,
    ast.Gt: lambda a, b: float(a > b),
    ast.GtE: lambda a, b: float(a >= b),
    ast.Lt: lambda a, b: float(a < b),
    ast.LtE: lambda a, b: float(a <= b),
    ast.Eq: lambda a, b: float(a == b),
    ast.NotEq: lambda a, b: float(a != b),
    ast.And: lambda a, b: float(bool(a) and bool(b)),
    ast.Or: lambda a, b: float(bool(a) or bool(b)),
}
TOGETHER: dict[str, Callable[[list[float]], float]] = {
    "SUM": sum,
    "AVG": lambda values: sum(values) / len(values),
    "MIN": min,
    "MAX": max,
}
EACH: dict[str, Callable[[float], float]] = {"ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor}


def invalid(expression: str, why: str) -> ApiError:
    return ApiError("ValidationError", f"Error in expression '{expression}': {why}")


class Expression:
    """One expression; `names` are the series of the other queries, `periods` their periods in ms."""

    def __init__(self, text: str, names: Mapping[str, Series], periods: Mapping[str, int]) -> None:
        self._text = text
        self._names = names
        self._periods = periods

    def value(self) -> Series:
        """Raises ApiError."""
        python = re.sub(r"\bAND\b|&&", " and ", self._text)
        python = re.sub(r"\bOR\b|\|\|", " or ", python)
        try:
            tree = ast.parse(python.strip(), mode="eval")
        except SyntaxError:
            raise invalid(self._text, "it cannot be parsed") from None
        found = self._of(tree.body)
        if isinstance(found, dict):
            return found
        if isinstance(found, list):
            raise invalid(self._text, "it gives several time series, one is needed")
        times = sorted({t for series in self._names.values() for t in series})
        return dict.fromkeys(times, float(found))

    def _of(self, node: ast.AST) -> Value:
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float, str)):
            return node.value
        if isinstance(node, ast.Name):
            return self._named(node.id)
        if isinstance(node, ast.List):
            return [self._of(element) for element in node.elts]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return combine(operator.sub, 0.0, self._of(node.operand))
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            return combine(OPERATORS[type(node.op)], self._of(node.left), self._of(node.right))
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in OPERATORS:
            return combine(OPERATORS[type(node.ops[0])], self._of(node.left), self._of(node.comparators[0]))
        if isinstance(node, ast.BoolOp):
            first, *rest = (self._of(value) for value in node.values)
            for value in rest:
                first = combine(OPERATORS[type(node.op)], first, value)
            return first
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._call(node.func.id.upper(), [self._of(argument) for argument in node.args])
        raise invalid(self._text, "it uses something that metric math does not have")

    def _named(self, name: str) -> Value:
        if name == "REPEAT":
            return name
        if name not in self._names:
            raise invalid(self._text, f"there is no metric or expression with id {name}")
        return self._names[name]

    def _call(self, name: str, given: list[Value]) -> Value:
        if name == "METRICS":
            return [s for key, s in self._names.items() if not given or str(given[0]) in key]
        if name in TOGETHER and len(given) == 1:
            return _together(TOGETHER[name], given[0])
        if name in EACH and len(given) == 1 and isinstance(given[0], dict):
            return {t: float(EACH[name](value)) for t, value in given[0].items()}
        if name == "FILL" and len(given) == 2:
            return self._filled(given[0], given[1])
        if name == "IF" and len(given) == 3:
            return _chosen(*given)
        if name in ("RATE", "DIFF") and len(given) == 1:
            return _steps(given[0], per_second=name == "RATE")
        if name == "PERIOD" and len(given) == 1:
            return self._period(given[0]) / 1000
        raise invalid(self._text, f"ecslab does not simulate {name}() with these arguments")

    def _period(self, series: Series) -> int:
        return next((self._periods[key] for key, known in self._names.items() if known is series), 60_000)

    def _filled(self, series: Series, value: Value) -> Series:
        every = sorted({t for known in self._names.values() for t in known} | set(series))
        found: Series = {}
        last: float | None = None
        for t in every:
            last = series.get(t, last)
            if t in series:
                found[t] = series[t]
            elif value != "REPEAT":
                found[t] = float(value)
            elif last is not None:
                found[t] = last
        return found


def combine(play: Callable[[float, float], float], left: Value, right: Value) -> Value:
    """An operator over numbers and series; where it has no result there is no value."""
    if isinstance(left, list):
        return [combine(play, item, right) for item in left]
    if isinstance(right, list):
        return [combine(play, left, item) for item in right]
    if not isinstance(left, dict) and not isinstance(right, dict):
        return play(float(left), float(right))
    times = [
        t for t in (left if isinstance(left, dict) else right) if not isinstance(right, dict) or t in right
    ]
    found: Series = {}
    for t in times:
        a = left[t] if isinstance(left, dict) else float(left)
        b = right[t] if isinstance(right, dict) else float(right)
        try:
            found[t] = float(play(a, b))
        except (ZeroDivisionError, OverflowError):
            continue
    return found


def _together(play: Callable[[list[float]], float], value: Value) -> Value:
    """Of several series one; of one series a number."""
    if isinstance(value, dict):
        return play(list(value.values())) if value else 0.0
    series = [item for item in value if isinstance(item, dict)]
    times = sorted({t for item in series for t in item})
    return {t: float(play([item[t] for item in series if t in item])) for t in times}


def _chosen(condition: Value, yes: Value, no: Value) -> Value:
    if not isinstance(condition, dict):
        return yes if condition else no
    found: Series = {}
    for t, holds in condition.items():
        side = yes if holds else no
        value = side.get(t) if isinstance(side, dict) else float(side)
        if value is not None:
            found[t] = value
    return found


def _steps(series: Series, *, per_second: bool) -> Series:
    times = sorted(series)
    return {
        b: (series[b] - series[a]) / ((b - a) / 1000 if per_second else 1)
        for a, b in itertools.pairwise(times)
    }
