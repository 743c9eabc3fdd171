"""The review and a recall question as rows of text. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ecslab.lesson.recalls import RATINGS, RecallCard
from ecslab.progress.retention import Retention
from ecslab.tui.rows import Row, bar, ends, pad, paragraph, prose, row


@dataclass(frozen=True)
class Due:
    """What is due now, and how memory keeps."""

    questions: int
    recalls: tuple[RecallCard, ...]
    drills: tuple[str, ...]
    later: datetime | None
    """When the next thing comes back."""
    retention: tuple[Retention, ...]

    @property
    def count(self) -> int:
        return self.questions + len(self.recalls) + len(self.drills)


def hub(due: Due, width: int) -> list[Row]:
    """What is due, one line a kind; nothing else to choose from."""
    if not due.count:
        out = [
            row(("✔ Nothing is due. ", "good"), "What you learn comes back here when it is about to fade.")
        ]
        if due.later is not None:
            out.append(
                row((f"The next thing comes back on {due.later.astimezone():%d %B at %H:%M}.", "quiet"))
            )
    else:
        out = [row((f"{due.count} due now", "title")), Row()]
        if due.questions:
            out.append(_kind("questions", f"Questions  {due.questions}", "asked as in a quiz", width))
        if due.recalls:
            out.append(_kind("recall", f"Recall     {len(due.recalls)}", "from lessons you read", width))
        out += [_kind(f"drill:{name}", f"Drill      {name}", "with new values", width) for name in due.drills]
    kept = remembered(due.retention)
    return [*out, Row(), *kept] if kept else out


def _kind(key: str, text: str, note: str, width: int) -> Row:
    return ends([(" ▶ ", "key"), (text, "strong")], [(f"{note} ", "quiet")], width, key=key)


def remembered(windows: Sequence[Retention]) -> list[Row]:
    """Measured retention beside the predicted one; nothing where nothing was due yet."""
    shown = [window for window in windows if window.measured is not None and window.predicted is not None]
    if not shown:
        return []
    out = [row(("What was due and still known", "title"), ("  ┊ as FSRS predicted", "quiet"))]
    for window in shown:
        out.append(
            row(
                f" {window.days:>2} days  ",
                (bar(window.measured or 0, 20), "good"),
                f" {window.measured or 0:>4.0%}  ",
                (f"┊ {window.predicted or 0:.0%} of {window.reviews}", "quiet"),
            )
        )
    return out


def recall(card: RecallCard, width: int, *, shown: bool) -> list[Row]:
    """A recall question, with its answer once it was thought of."""
    out = [row((card.lesson, "quiet")), Row(), *prose(card.ask, width), Row()]
    if not shown:
        out.append(row(("Say it to yourself.  ", "quiet"), ("Enter ", "key"), ("shows the answer", "quiet")))
        return out
    out += [*prose(card.answer, width), Row(), row(("How well did you know it?", "title"))]
    for rating, word, meaning in RATINGS:
        out.append(
            row((f" {rating.value} ", "key"), pad(word, 9), (meaning, "quiet"), key=f"rate:{rating.value}")
        )
    return out


def recalled(count: int, width: int) -> list[Row]:
    """After the last one."""
    text = f"{count} recalled. Each returns when it is about to fade."
    return [*paragraph(text, width, role="good"), Row(), row(("Esc ", "key"), ("goes back", "quiet"))]
