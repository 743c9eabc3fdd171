"""What is known of the learner, as rows of text: readiness, memory, calibration, time, every objective. Pure."""

from collections.abc import Sequence

from ecslab.progress.overview import ModuleStanding, Overview
from ecslab.progress.readiness import HIGHEST, LOWEST, PASS, Estimate
from ecslab.progress.retention import Sureness
from ecslab.tui.review_layout import remembered
from ecslab.tui.rows import Piece, Row, bar, cells, ends, fit, pad, paragraph, row

WORDS = {"guess": "a guess", "unsure": "unsure", "sure": "sure"}
BAR = 24


def page(standing: Overview, width: int) -> list[Row]:
    out = _ready(standing, width)
    kept = remembered(standing.retention)
    out += [Row(), *(kept or [row(("Memory: nothing that was due came back yet.", "quiet"))])]
    out += [Row(), *calibration(standing.calibration), Row(), *_time(standing, width)]
    for module in (module for module in standing.modules if module.objectives):
        out += [Row(), *_module(module, width)]
    return out


def _ready(standing: Overview, width: int) -> list[Row]:
    whole, exam = standing.readiness, standing.exam
    note = (
        "a guess from lessons and labs alone"
        if not whole.evidence
        else f"from {whole.evidence:.0f} observations"
    )
    return [
        row(
            ("Readiness  ", "title"),
            (band(whole, BAR), "name"),
            (f" {whole.mean:.0%}", "strong"),
            f", four times in five {whole.low:.0%} to {whole.high:.0%} ",
            (note if width > 90 else "", "quiet"),
        ),
        row(
            ("An exam    ", "title"),
            (f"about {exam.score}", "strong"),
            f", four times in five {exam.low} to {exam.high}",
        ),
        row(
            (
                f"           the scale of {LOWEST} to {HIGHEST} (pass mark {PASS}) is an approximation",
                "quiet",
            )
        ),
    ]


def band(estimate: Estimate, width: int) -> str:
    """The interval on a line from 0 to 1, with a mark where the figure is: `──━━╋━━────`."""
    low, mean, high = (
        min(width - 1, int(share * width)) for share in (estimate.low, estimate.mean, estimate.high)
    )
    marks = ["━" if low <= at <= high else "─" for at in range(width)]
    marks[mean] = "╋"
    return "".join(marks)


def calibration(sureness: Sequence[Sureness]) -> list[Row]:
    """How sure the answers were given, and how many of them were right."""
    out = [row(("How sure you were, and how often you were right", "title"))]
    for one in sureness:
        share = one.share
        if share is None:
            out.append(row(" ", pad(WORDS[one.confidence.value], 9), ("no answer yet", "quiet")))
        else:
            out.append(
                row(
                    " ",
                    pad(WORDS[one.confidence.value], 9),
                    (bar(share, BAR), "name"),
                    f" {share:>4.0%}",
                    (f" of {one.answers}", "quiet"),
                )
            )
    return out


def spent(minutes: int) -> str:
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def _time(standing: Overview, width: int) -> list[Row]:
    time = standing.time
    text = (
        f"about {spent(time.today)} today, {spent(time.week)} in seven days, {spent(time.total)} in all; "
        f"{standing.answers} answer{'s' if standing.answers != 1 else ''}"
    )
    days = f"; {standing.streak} days in a row" if standing.streak > 1 else ""
    return paragraph(text + days, width, first=[("Time  ", "title")])


def _module(module: ModuleStanding, width: int) -> list[Row]:
    due: Piece = (f"↻ {module.due} due  ", "busy") if module.due else ""
    out = [ends([(module.title, "title")], [due, (f"{module.readiness.mean:>4.0%} ", "name")], width)]
    for one in module.objectives:
        counts = [f"{one.right}/{one.questions} right"] if one.questions else []
        if one.labs:
            counts.append(f"{one.labs_passed}/{one.labs} labs")
        said = ", ".join(counts) or "nothing to answer yet"
        line = f" {band(one.readiness, 12)} {one.readiness.mean:>4.0%}  "
        room = width - cells(line) - cells(said) - 2
        out.append(ends([(line, "name"), fit(one.title, max(8, room))], [(said, "quiet")], width))
    return out
