"""Questions as a spreadsheet, one a row, in both directions.

`answer` says what is right: the numbers of the right options, a number (`5 +- 1`), or a text (further ones after `||`
are regular expressions). The options of an ordering stand in the right order, those of a matching are `left => right`.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ecslab.classroom.questions import BASIC, Exported, number, sorted_out
from ecslab.content.problems import Flaw, PackProblem, nearest
from ecslab.quiz.items import Item, Quiz, Type

HEAD = ("id", "type", "objectives", "stem", "answer", "unit", "why", "source")
OPTION = re.compile(r"(option|why)_([1-9]\d?)")
BECOMES = " => "
MOST_ROWS = 5_000


def export(quiz: Quiz) -> Exported:
    kept, left_out = sorted_out(quiz, lambda item: _misfit(item))
    rows = [_row(item) for item in kept]
    most = max((len(item.options or item.steps or item.pairs) for item in kept), default=0)
    head = [*HEAD, *(f"{what}_{place}" for place in range(1, most + 1) for what in ("option", "why"))]
    out = io.StringIO()
    writer = csv.DictWriter(out, head, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return Exported(out.getvalue().encode(), len(kept), left_out)


def _misfit(item: Item) -> str:
    if item.type not in BASIC:
        return f"a row cannot hold a {item.type} question"
    plain = all(step.after == ({place - 1} if place else set()) for place, step in enumerate(item.steps))
    return "" if plain else "its order is not a plain one"


def _row(item: Item) -> dict[str, str]:
    row = {
        "id": item.id, "type": str(item.type), "objectives": " ".join(item.objectives), "stem": item.stem,
        "answer": _answer(item), "unit": item.unit, "why": item.why, "source": item.source,
    }  # fmt: skip
    texts = [(option.text, option.why) for option in item.options]
    texts += [(step.text, step.why) for step in item.steps]
    texts += [(f"{pair.left}{BECOMES}{pair.right}", pair.why) for pair in item.pairs]
    for place, (text, why) in enumerate(texts, 1):
        row |= {f"option_{place}": text, f"why_{place}": why}
    return row


def _answer(item: Item) -> str:
    if item.options:
        return " ".join(str(place) for place, option in enumerate(item.options, 1) if option.right)
    if item.type is Type.NUMERIC:
        about = f" +- {number(item.tolerance)}" if item.tolerance else ""
        return number(item.number) + about
    return "||".join([item.answer, *item.accept]) if item.type is Type.SHORT else ""


def items(text: str, file: str) -> list[dict[str, Any]]:
    """The questions of a spreadsheet, as a quiz file has them.

    Raises:
        PackProblem: with every row that cannot be read.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    flaws: list[Flaw] = []
    found: list[dict[str, Any]] = []
    try:
        head = [name.strip() for name in next(reader, [])]
        flaws += _head_flaws(head, file)
        for cells in [] if flaws else reader:
            row = {name: cell.strip() for name, cell in zip(head, cells, strict=False)}
            if any(row.values()):
                try:
                    found.append(_item(row))
                except ValueError as error:
                    flaws.append(Flaw(file, reader.line_num, 1, str(error), "correct the row"))
            if len(found) > MOST_ROWS:
                raise PackProblem([Flaw(file, 0, 0, f"more than {MOST_ROWS} rows", "split it")])
    except csv.Error as error:
        flaws.append(
            Flaw(file, reader.line_num, 1, f"this is not CSV: {error}", "save it as CSV with commas")
        )
    if flaws:
        raise PackProblem(flaws)
    return found


def _head_flaws(head: list[str], file: str) -> Iterator[Flaw]:
    for name in head:
        if name and name not in HEAD and not OPTION.fullmatch(name):
            yield Flaw(file, 1, 1, f"unknown column {name!r}", nearest(name, [*HEAD, "option_1", "why_1"]))
    for name in ("type", "stem", "answer"):
        if name not in head:
            yield Flaw(file, 1, 1, f"there is no column {name!r}", "the first row names the columns")


def _item(row: Mapping[str, str]) -> dict[str, Any]:
    """Raises ValueError with what is wrong with the row."""
    kind = row.get("type", "")
    if kind not in BASIC:
        raise ValueError(f"{kind!r} is not a type of question: {', '.join(BASIC)}")
    item: dict[str, Any] = {"id": row.get("id", ""), "type": kind}
    if row.get("objectives"):
        item["objectives"] = row["objectives"].replace(",", " ").split()
    item["stem"] = row["stem"]
    item |= _body(kind, row)
    return item | {name: row[name] for name in ("why", "source") if row.get(name)}


def _body(kind: str, row: Mapping[str, str]) -> dict[str, Any]:
    numbers = sorted(int(m[2]) for name in row if (m := OPTION.fullmatch(name)) and m[1] == "option")
    options = [(n, row[f"option_{n}"], row.get(f"why_{n}", "")) for n in numbers if row[f"option_{n}"]]
    answer = row["answer"]
    if kind in (Type.SINGLE, Type.MULTIPLE):
        right = [int(word) for word in re.findall(r"\d+", answer)]
        if not right or not set(right) <= {n for n, _, _ in options}:
            raise ValueError(f"`answer` is the numbers of the right options, and here it is {answer!r}")
        general = row.get("why", "")
        return {"options": [{"text": t, "right": n in right, "why": why or general} for n, t, why in options]}
    if kind == Type.ORDERING:
        return {"order": [{"text": t, "why": why} if why else t for _, t, why in options]}
    if kind == Type.MATCHING:
        return {"pairs": [_pair(text, why) for _, text, why in options]}
    if kind == Type.NUMERIC:
        return numeric(answer) | ({"unit": row["unit"]} if row.get("unit") else {})
    first, *others = answer.split("||")
    return {"answer": first} | ({"accept": others} if others else {})


def _pair(text: str, why: str) -> dict[str, str]:
    left, mark, right = text.partition(BECOMES.strip())
    if not mark:
        raise ValueError(f"an option of a matching is `left => right`, and here it is {text!r}")
    return {"left": left.strip(), "right": right.strip()} | ({"why": why} if why else {})


def numeric(answer: str) -> dict[str, Any]:
    """`5`, `5 +- 0.1` and `[4.9, 5.1]`. Raises ValueError."""
    word = r"([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)"
    if found := re.fullmatch(rf"\[\s*{word}\s*,\s*{word}\s*\]", answer.strip()):
        low, high = sorted((float(found[1]), float(found[2])))
        return {"answer": _plain((low + high) / 2), "tolerance": float(number((high - low) / 2))}
    if found := re.fullmatch(rf"{word}(?:\s*(?:\+-|±)\s*{word})?", answer.strip()):
        tolerance = {"tolerance": abs(float(found[2]))} if found[2] else {}
        return {"answer": _plain(float(found[1])), **tolerance}
    raise ValueError(f"{answer.strip()!r} is not a number; write 5, 5 +- 0.1 or [4.9, 5.1]")


def _plain(value: float) -> int | float:
    rounded = float(number(value))
    return int(rounded) if rounded.is_integer() else rounded
