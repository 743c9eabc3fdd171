"""The catalogue of drills as rows of text. Pure functions: what there is, the best so far, what is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecslab.terms.durations import format_duration
from ecslab.tui.rows import Piece, Row, ends, paragraph, row

if TYPE_CHECKING:
    from ecslab.progress.drills import DrillResult

ANY = "drill:"
"""The key of the first row; that of a drill ends with its id."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One drill of the catalogue."""

    id: str
    title: str
    worlds: tuple[str, ...]
    minutes: int
    due: bool = False
    best: "DrillResult | None" = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every drill, and whether one is under way."""

    drills: Sequence[Listed]
    under_way: bool = False


def catalogue(found: Catalogue, width: int) -> list[Row]:
    """A drill that hides its fault first, then all of them by what they hide."""
    out = _any(found, width)
    out += [Row(), row((f"Or one of the {len(found.drills)}", "title"))]
    out += paragraph(
        "You know what is hidden then: finding and repairing it counts, naming it does not.",
        width,
        role="quiet",
    )
    for drill in found.drills:
        out += _one(drill, width)
    return out


def _any(found: Catalogue, width: int) -> list[Row]:
    if found.under_way:
        return [row(("▶ Go on", "good"), "  with the drill that is under way", key=ANY)]
    said = "What is due comes first, then what you met least."
    return [
        row(("▶ Begin", "good"), "  any: you are not told what is hidden", key=ANY),
        *paragraph(said, width, role="quiet", indent=2, key=ANY),
    ]


def _one(drill: Listed, width: int) -> list[Row]:
    key = f"{ANY}{drill.id}"
    stands: list[Piece] = [("due ", "busy")] if drill.due else []
    stands.append((f"✔ {drill.best.points:g}", "good") if drill.best is not None else ("· new", "quiet"))
    about = [f"{', '.join(drill.worlds)} · {drill.minutes} min"]
    if drill.best is not None and drill.best.repaired_ms is not None:
        about.append(f"repaired after {format_duration(drill.best.repaired_ms // 1000 * 1000)} simulated")
    room = width - row(" ", *stands).cells
    first, *more = paragraph(drill.title, room, role="name", key=key)
    return [
        ends(first.spans, stands, width, key=key),
        *more,
        *paragraph(" · ".join(about), width, role="quiet", indent=2, key=key),
    ]
