"""The debrief of a lab as rows of text: what was done, what it changed, and why the known solution works. Pure."""

from typing import TYPE_CHECKING

from ecslab.tui.lab_layout import LOOKS, shortened
from ecslab.tui.rows import Row, code, paragraph, prose, row

if TYPE_CHECKING:
    from ecslab.grading.score import Score
    from ecslab.lab.debrief import Debrief, Step


def rows(debrief: "Debrief", width: int) -> list[Row]:
    """All of it."""
    out = [row((debrief.title, "title")), Row()]
    if debrief.passed:
        out.append(row(("✔ All goals are reached. ", "good"), score_words(debrief.score)))
    else:
        out.append(row(("· Not all goals are reached yet. ", "busy"), score_words(debrief.score)))
    for verdict in debrief.verdicts:
        glyph, word, role = LOOKS.get(verdict.verdict, LOOKS["not judged"])
        goal = f"{verdict.goal} (an extra)" if verdict.optional else verdict.goal
        out += paragraph(goal, width, first=[(f"  {glyph} {word:<10} ", role)])
    if debrief.requests:
        share = f"{debrief.failed:,} of {debrief.requests:,} requests of customers failed meanwhile."
        out += [Row(), *paragraph(share, width, role="bad" if debrief.failed else "good")]
    out += [Row(), row(("What you did", "title"))]
    for step in debrief.steps:
        out += _step(step, width)
    if not debrief.steps:
        out.append(row(("  nothing that changed anything", "quiet")))
    if debrief.refused:
        out.append(row((f"  {debrief.refused} calls were refused by AWS.", "quiet")))
    if debrief.hints:
        taken = ", ".join(str(hint.number) for hint in debrief.hints)
        out += [Row(), row(f"Hints taken: {taken}")]
    if debrief.why:
        out += [Row(), row(("Why the solution works", "title")), *prose(debrief.why, width)]
    for what, text in debrief.remarks:
        out += [Row(), row((what, "title")), *prose(text, width)]
    for how, text in [("command line", debrief.solution), *debrief.alternatives]:
        if text:
            out += [Row(), row((f"The known solution, by {how}", "title")), *code(text.rstrip(), width)]
    if debrief.review:
        out += [Row(), row(("Worth another look", "title"))]
        for title in debrief.review:
            out += paragraph(title, width, first=[("  • ", "quiet")])
    if not debrief.released:
        never = debrief.release == "never"
        said = (
            "This lab does not show its solution."
            if never
            else "The solution and why it works come once the goals are reached."
        )
        out += [Row(), *paragraph(said, width, role="quiet")]
    return out


def score_words(score: "Score") -> str:
    """`7.2 of 10 points and 1 extra, 10 % less for hints`."""
    cost = f", {score.hints} % less for hints" if score.hints else ""
    bonus = f" and {score.bonus:g} extra" if score.bonus else ""
    return f"{score.points:g} of {score.max:g} points{bonus}{cost}"


def _step(step: "Step", width: int) -> list[Row]:
    role = "quiet" if step.undone else "bad" if step.error else ""
    said = f"{step.call} {step.about}".strip()
    if step.undone:
        said += "  (undone)"
    elif step.error:
        said += f"  ✘ {step.error}"
    out = paragraph(said, width, role=role, first=[(f"  {step.when:>9}  ", "quiet")])
    for effect in step.effects:
        out += paragraph(shortened(effect), width, role="quiet", indent=15)
    return out
