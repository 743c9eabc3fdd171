"""A question as rows of text: asked, how sure, why; and the summary at the end. Pure; it judges nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ecslab.progress.records import Confidence
from ecslab.quiz.items import Item, Type
from ecslab.quiz.judge import Judgement, Reason
from ecslab.quiz.sitting import Score, Sitting
from ecslab.tui.rows import Piece, Row, bar, cells, fit, pad, paragraph, prose, row, wrap

CHOICES = (Type.SINGLE, Type.MULTIPLE)
LINES = (Type.ORDERING, Type.MATCHING, Type.SPOT, Type.COMMAND)
MOST_PRINTED = 14
"""Lines of a command's output that are shown."""
SURENESS: tuple[tuple[Confidence, str, str], ...] = (
    (Confidence.GUESS, "a guess", "I picked something"),
    (Confidence.UNSURE, "unsure", "I think so"),
    (Confidence.SURE, "sure", "I could explain it"),
)


@dataclass(slots=True)
class Draft:
    """The answer while it is being made: what is ticked, the order of lines, the partners chosen."""

    item: Item
    shown: Sequence[int]
    picked: set[int] = field(default_factory=set)
    order: list[int] = field(default_factory=list)
    partners: list[int] = field(default_factory=list)
    """For each left side of a match: the place of its partner in `shown`, or -1."""
    text: str = ""
    line: int | None = None
    """The line of the evidence that is said to show the cause."""

    def __post_init__(self) -> None:
        self.order = list(self.shown)
        self.partners = [-1] * len(self.item.pairs)

    @property
    def chosen(self) -> Any:
        """The answer in the item's own numbering, as the judge takes it."""
        match self.item.type:
            case Type.SINGLE:
                return next(iter(self.picked), -1)
            case Type.MULTIPLE:
                return sorted(self.picked)
            case Type.ORDERING:
                return list(self.order)
            case Type.MATCHING:
                return [self.shown[place] if place >= 0 else -1 for place in self.partners]
            case Type.SPOT:
                return sorted(self.picked)
            case Type.DIAGNOSE:
                return {"cause": next(iter(self.picked), -1), "line": self.line}
            case _:
                return self.text

    def point(self, line: int) -> None:
        """Chooses a line of a document or of the evidence, or takes the choice back."""
        if self.item.type is Type.DIAGNOSE:
            self.line = None if self.line == line or not self.item.shows else line
        elif len(self.item.bugs) == 1:
            self.picked = {line}
        else:
            self.picked ^= {line}

    def pick(self, option: int) -> None:
        """Ticks an option, or takes the tick away."""
        if self.item.type in (Type.SINGLE, Type.DIAGNOSE):
            self.picked = {option}
        else:
            self.picked ^= {option}

    def move(self, step: int, by: int) -> None:
        """Moves a step of an ordering up or down."""
        here = self.order.index(step)
        there = here + by
        if 0 <= there < len(self.order):
            self.order[here], self.order[there] = self.order[there], self.order[here]

    def partner(self, left: int, by: int) -> None:
        """The next partner for a left side."""
        count = len(self.shown)
        self.partners[left] = (
            (self.partners[left] + by) % count if self.partners[left] >= 0 else (0 if by > 0 else count - 1)
        )


def asked(draft: Draft, width: int) -> list[Row]:
    """The question, with what has been chosen so far."""
    item = draft.item
    asks = paragraph(f"{item.instruction}  {how(item.type)}", width, role="quiet")
    out = [*prose(item.stem, width), Row(), *asks, Row()]
    if item.document:
        for number, line in enumerate(item.document):
            out += _line(number, line, number in draft.picked, width)
    out += _exhibits(draft, width)
    match item.type:
        case Type.SINGLE | Type.MULTIPLE | Type.DIAGNOSE:
            for place, option in enumerate(draft.shown, 1):
                ticked = option in draft.picked
                first = [(f" {place} ", "key"), (_tick(item.type, ticked), "good" if ticked else "quiet")]
                out += paragraph(item.options[option].text, width, first=first, key=f"option:{option}")
                if width > 60 or len(item.options) < 5:
                    out.append(Row())
        case Type.ORDERING:
            for place, step in enumerate(draft.order, 1):
                out += paragraph(
                    item.steps[step].text, width, first=[(f" {place}. ", "key")], key=f"step:{step}"
                )
        case Type.MATCHING:
            out += _match(draft, width)
    return out


def how(kind: Type) -> str:
    """What to press, in a few words."""
    return {
        Type.SINGLE: "Number or Space chooses, Enter answers.",
        Type.MULTIPLE: "Numbers or Space choose, Enter answers.",
        Type.ORDERING: "↑↓ mark a line, k and j move it, Enter answers.",
        Type.MATCHING: "↑↓ mark a line, a number or ←→ gives its partner, Enter answers.",
        Type.NUMERIC: "Type it, Enter answers.",
        Type.SHORT: "Type it, Enter answers.",
        Type.COMMAND: "Type it, Enter answers.",
        Type.SPOT: "↑↓ mark a line, Space chooses it, Enter answers.",
        Type.DIAGNOSE: "↑↓ and Space or a number choose, Enter answers.",
        Type.GENERATED: "",
    }[kind]


def _line(number: int, text: str, ticked: bool, width: int) -> list[Row]:
    """A line of a document or of evidence, as it is, with its number."""
    first = row((f"{number + 1:3} ", "quiet"), ("✔ " if ticked else "  ", "good"))
    parts = wrap(text, max(8, width - first.cells))
    role = "good" if ticked else ""
    key = f"line:{number}"
    out = [Row((*first.spans, *row((parts[0], role)).spans), key)]
    return [*out, *(row(" " * first.cells, (part, role), key=key) for part in parts[1:])]


def _prompt(command: str, width: int) -> list[Row]:
    """A command after a prompt, in as many rows as it takes."""
    parts = wrap(command, max(8, width - 2))
    return [row(("  " if place else "$ ", "quiet"), (part, "strong")) for place, part in enumerate(parts)]


def _exhibits(draft: Draft, width: int) -> list[Row]:
    """The evidence; its lines are counted over all of it."""
    out: list[Row] = []
    number = 0
    for exhibit in draft.item.exhibits:
        out += _prompt(exhibit.command, width)
        for line in exhibit.lines:
            out += _line(number, line, number == draft.line, width)
            number += 1
        out.append(Row())
    return out


def _tick(kind: Type, ticked: bool) -> str:
    if kind in (Type.SINGLE, Type.DIAGNOSE):
        return "(●) " if ticked else "( ) "
    return "[✔] " if ticked else "[ ] "


def _match(draft: Draft, width: int) -> list[Row]:
    """Each left side with its partner beside it, or below it where it is too long for that."""
    item = draft.item
    longest = max(cells(pair.left) for pair in item.pairs)
    out: list[Row] = []
    for number, pair in enumerate(item.pairs):
        place, key = draft.partners[number], f"pair:{number}"
        said = f"{place + 1}  {item.pairs[draft.shown[place]].right}" if place >= 0 else "?"
        role = "good" if place >= 0 else "quiet"
        if longest <= width // 3:
            first: list[Piece] = [" ", (pad(pair.left, longest), "strong"), (" ─▶ ", "line")]
            out += paragraph(said, width, role=role, first=first, key=key)
        else:
            out += paragraph(pair.left, width, role="strong", indent=1, key=key)
            out += paragraph(said, width, role=role, first=[("   ─▶ ", "line")], key=key)
    out.append(Row())
    for place, pair_number in enumerate(draft.shown, 1):
        out += paragraph(item.pairs[pair_number].right, width, first=[(f"   {place} ", "key")])
    return out


def sure(draft: Draft, width: int) -> list[Row]:
    """How sure is the learner? The answer stays in sight and can still be taken back."""
    out = [*prose(draft.item.stem, width), Row(), row(("Your answer", "title"))]
    for line in said(draft):
        out += _verbatim(line, width) if draft.item.type in VERBATIM else paragraph(line, width, indent=2)
    out += [Row(), row(("How sure are you?", "title"), ("  (Esc takes the answer back)", "quiet"))]
    for number, (confidence, word, meaning) in enumerate(SURENESS, 1):
        out.append(
            row((f" {number} ", "key"), pad(word, 9), (meaning, "quiet"), key=f"sure:{confidence.value}")
        )
    return out


def said(draft: Draft) -> list[str]:
    """The draft in words."""
    item = draft.item
    match item.type:
        case Type.SINGLE | Type.MULTIPLE:
            return [item.options[option].text for option in draft.shown if option in draft.picked]
        case Type.ORDERING:
            return [f"{place}. {item.steps[step].text}" for place, step in enumerate(draft.order, 1)]
        case Type.MATCHING:
            return [
                f"{pair.left} ─▶ {item.pairs[draft.shown[place]].right if place >= 0 else '?'}"
                for pair, place in zip(item.pairs, draft.partners, strict=True)
            ]
        case Type.SPOT:
            return [f"{line + 1}  {item.document[line].strip()}" for line in sorted(draft.picked)]
        case Type.DIAGNOSE:
            lines = [line for exhibit in item.exhibits for line in exhibit.lines]
            cause = [item.options[option].text for option in draft.picked]
            return (
                cause
                if draft.line is None
                else [*cause, f"line {draft.line + 1}: {lines[draft.line].strip()}"]
            )
        case _:
            return [f"{draft.text} {item.unit}".strip()]


def revealed(draft: Draft, judgement: Judgement, width: int) -> list[Row]:
    """The verdict, a reason for every option (the right ones first), and where it is written."""
    item = draft.item
    out = [_verdict(judgement), Row(), *prose(item.stem, width), Row()]
    if item.type is Type.COMMAND:
        out += _printed(draft, judgement, width)
    if item.type in CHOICES or item.type is Type.DIAGNOSE:
        reasons = [judgement.reasons[option] for option in draft.shown]
        for reason in sorted(reasons, key=lambda reason: (not reason.right, not reason.chosen)):
            out += _reason(reason, width, choice=True)
        for reason in judgement.reasons[len(item.options) :]:
            out += _reason(reason, width, choice=True, verbatim=True)
    elif item.type in LINES:
        for reason in judgement.reasons:
            out += _reason(reason, width, choice=item.type is Type.SPOT, verbatim=item.type is Type.SPOT)
        if item.type is Type.COMMAND:
            out.append(row(("One way to do it", "title")))
            for line in judgement.expected.splitlines():
                out += _verbatim(line, width, role="good")
    else:
        out += paragraph("; ".join(said(draft)), width, first=[("you said  ", "quiet")])
        out += paragraph(judgement.expected, width, first=[("answer    ", "quiet")], role="good")
    if judgement.why:
        out += [Row(), *prose(judgement.why, width)]
    if item.source:
        out += [Row(), *paragraph(item.source, width, role="quiet", first=[("source  ", "quiet")])]
    return out


VERBATIM = (Type.SPOT, Type.DIAGNOSE, Type.COMMAND)
"""What is said in the words of a document or a shell: it is not Markdown."""


def _verbatim(text: str, width: int, *, role: str = "") -> list[Row]:
    return [row("  ", (part, role)) for part in wrap(text, max(8, width - 2))]


def _printed(draft: Draft, judgement: Judgement, width: int) -> list[Row]:
    """The command and what it printed."""
    out = _prompt(draft.text, width)
    lines = judgement.output.splitlines()
    for line in lines[:MOST_PRINTED]:
        out.append(row("  ", (fit(line, max(8, width - 2)), "quiet")))
    if len(lines) > MOST_PRINTED:
        out.append(row("  ", (f"… {len(lines) - MOST_PRINTED} more lines", "quiet")))
    return [*out, Row()]


def _verdict(judgement: Judgement) -> Row:
    if judgement.right:
        return row(("✔ Right.", "good"))
    if judgement.credit > 0:
        return row(
            ("✘ Not quite: ", "bad"),
            f"{round(judgement.credit * 100)} % of it is right. It comes back in review.",
        )
    return row(("✘ Not right. ", "bad"), "It comes back in review.")


def _reason(reason: Reason, width: int, *, choice: bool, verbatim: bool = False) -> list[Row]:
    look: tuple[str, str] = ("✔ ", "good") if reason.right else ("✘ ", "bad")
    if choice and not reason.right and not reason.chosen:
        look = ("· ", "quiet")
    mine = choice and reason.chosen
    first: list[Piece] = [("▸", "key") if mine else " ", look]
    text = f"{reason.text} (your choice)" if mine else reason.text
    role = "strong" if reason.right or reason.chosen else ""
    if verbatim:
        lead = row(*first)
        parts = wrap(text, max(8, width - lead.cells))
        out = [Row((*lead.spans, *row((parts[0], role)).spans))]
        out += [row(" " * lead.cells, (part, role)) for part in parts[1:]]
    else:
        out = paragraph(text, width, role=role, first=first)
    if reason.why:
        out += paragraph(reason.why, width, role="quiet", indent=5)
    return [*out, Row()] if width > 60 else out


def summary(sitting: Sitting, title: str, width: int) -> list[Row]:
    """How it went, and each missed question with its answer."""
    score = sitting.score()
    out = [
        row((f"{title}: done", "title")),
        Row(),
        row((bar(score.share, 30), "good"), f"  {score.right} of {score.total} right"),
        *paragraph(_kindly(score), width, role="quiet"),
    ]
    if score.calibration:
        out += [Row(), row(("How sure you were, and how it turned out", "title"))]
        for confidence, word, _ in SURENESS:
            if confidence in score.calibration:
                count, right = score.calibration[confidence]
                out.append(
                    row("  ", pad(word, 9), (bar(right / count, 10), "name"), f" {right} of {count} right")
                )
    missed = [
        item for item in sitting.items if item.key in sitting.answers and not sitting.answers[item.key].right
    ]
    if missed:
        out += [Row(), row(("To look at again", "title"), ("  they come back in review", "quiet"))]
        for item in missed:
            out += [Row(), *_missed(item, width)]
    return out


def _missed(item: Item, width: int) -> list[Row]:
    from ecslab.quiz.judge import judge, model_answer

    lines = [line for line in item.stem.splitlines() if line.strip() and not line.startswith(("```", "~~~"))]
    out = paragraph(" ".join(lines[:2]), width, first=[("✘ ", "bad")])
    for line in judge(item, model_answer(item)).expected.splitlines():
        out += paragraph(line, width, role="good", indent=2)
    right = [option.why for option in item.options if option.right and option.why]
    for why in right or ([item.why] if item.why else []):
        out += paragraph(fit(why, 400), width, role="quiet", indent=2)
    return out


def _kindly(score: Score) -> str:
    share = score.share
    if share >= 1:
        return "All of them. That is yours now; review keeps it so."
    if share >= 0.8:
        return "Well done. The few that are missing are below."
    if share >= 0.5:
        return "More than half. Read the reasons below, then try it again tomorrow."
    return "A first look. The lesson and the reasons below help; it gets better quickly."
