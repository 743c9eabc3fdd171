"""What lint has to say about one lab beyond what the loader refuses. It runs nothing of the lab."""

import re
from collections.abc import Callable, Iterator

from ecslab.content.calls import READS
from ecslab.content.checks import Check
from ecslab.content.documents import Document, Path
from ecslab.content.files import PackFiles
from ecslab.content.labs import Lab, Loaded
from ecslab.content.packs import Pack
from ecslab.content.probes import probes_of
from ecslab.content.resolve import resolve_case
from ecslab.content.worlds import build_lab_world
from ecslab.workbench import lint_names
from ecslab.workbench.findings import Finding, error, warning
from ecslab.workbench.lint_names import COMMAND
from ecslab.workbench.lint_texts import broken_links

SEEDS = (0, 1, 2)
"""Draws of the variables that a lab is opened with."""
LONGEST_MESSAGE = 200
LONGEST_GOAL = 100
LONGEST_TITLE = 50
SHORTEST_LINE = 20
"""A line of a solution that gives something away has at least so many characters."""

_LOOKS = ("wait", "tail", *(read.lower() for read in READS))


def openings(pack: Pack, lab_id: str, keep: Callable[[Loaded], None]) -> Iterator[Callable[[], object]]:
    """The steps of opening a lab for a learner; each may raise what the loader has against it."""
    for seed in SEEDS:
        opened: list[Loaded] = []

        def load(seed: int = seed, opened: list[Loaded] = opened) -> None:
            opened.append(pack.loaded_lab(lab_id, seed))
            if seed == SEEDS[0]:
                keep(opened[0])

        yield load
        for loaded in opened:
            lab, document = loaded.lab, loaded.document
            yield lambda lab=lab, document=document: probes_of(lab, document)  # type: ignore[misc]
            yield lambda loaded=loaded: build_lab_world(  # type: ignore[misc]
                pack.files, loaded.folder, loaded.lab.world, loaded.lab.vars, loaded.document
            )
            if seed == SEEDS[0]:
                yield from _cases(pack, loaded)
        if not opened or not opened[0].lab.vars:
            return


def _cases(pack: Pack, loaded: Loaded) -> Iterator[Callable[[], object]]:
    """The worlds in which checks run the learner's program."""
    for check in loaded.lab.checks:
        for case in check.program.cases if check.program else ():
            yield lambda case=case: resolve_case(pack, loaded, case, SEEDS[0])  # type: ignore[misc]


def findings(files: PackFiles, loaded: Loaded) -> Iterator[Finding]:
    """Everything that works and teaches badly, and links that lead nowhere."""
    lab, document = loaded.lab, loaded.document
    for index, check in enumerate(lab.checks):
        yield from _check(document, ("checks", index), check)
    yield from _solution(lab, document)
    yield from _hints(files, loaded)
    yield from _altered(files, loaded)
    yield from _texts(files, loaded)
    yield from lint_names.findings(files, loaded)
    if len(lab.title) > LONGEST_TITLE:
        what = f"the title has {len(lab.title)} characters"
        yield warning(
            document.flaw(("title",), what, f"keep it under {LONGEST_TITLE}; lists show it on one line")
        )


def _check(document: Document, at: Path, check: Check) -> Iterator[Finding]:
    if len(" ".join(check.goal.split())) > LONGEST_GOAL:
        what = f"the goal has over {LONGEST_GOAL} characters"
        yield warning(document.flaw((*at, "goal"), what, "say it shorter; the story can tell more"))
    if not check.feedback:
        what = f"the goal of {check.id!r} has no feedback"
        todo = "write what to say, where to look and why for its likely mistakes"
        yield warning(document.flaw(at, what, todo))
    for number, feedback in enumerate(check.feedback):
        here = (*at, "feedback", number)
        first = " ".join(feedback.say.strip().split("\n\n")[0].split())
        if len(first) > LONGEST_MESSAGE:
            what = f"the first line of the message has {len(first)} characters"
            todo = f"keep it under {LONGEST_MESSAGE}; `why` can tell more"
            yield warning(document.flaw((*here, "say"), what, todo))
        for key in ("look", "why"):
            if not getattr(feedback, key).strip():
                what = f"the feedback {feedback.id!r} has no `{key}`"
                todo = "add a command that inspects" if key == "look" else "say why it matters"
                yield warning(document.flaw(here, what, todo))
        for service, operation in COMMAND.findall(feedback.look):
            if not operation.startswith(_LOOKS):
                what = f"`look` changes something: {service} {operation}"
                yield warning(document.flaw((*here, "look"), what, "name a command that only inspects"))


def _solution(lab: Lab, document: Document) -> Iterator[Finding]:
    if not (lab.solution.cli or lab.solution.boto3):
        todo = "add solution/cli.sh or solution/boto3.py: without one nobody knows that the lab can be solved"
        yield error(document.flaw(("solution",), "the lab has no solution", todo, key=True))
    elif not (lab.solution.cli and lab.solution.boto3):
        missing = "boto3" if lab.solution.cli else "cli"
        todo = "any way that works must pass: add the other one"
        yield warning(document.flaw(("solution",), f"the lab has no solution by {missing}", todo, key=True))
    if not lab.solution.why.strip():
        what = "the solution has no `why`"
        yield warning(document.flaw(("solution",), what, "say why it works; the debrief shows it", key=True))
    if not lab.hints:
        yield warning(
            document.flaw((), "the lab has no hints", "add a ladder: where to look, then what, then how")
        )
    if not lab.mistakes:
        todo = "add the typical ones, each with the message that it must give"
        yield warning(document.flaw((), "the lab tests no mistakes", todo))


def _altered(files: PackFiles, loaded: Loaded) -> Iterator[Finding]:
    """Texts that a mistake alters and that are not there."""
    for place, mistake in enumerate(loaded.lab.mistakes):
        name = mistake.boto3 or loaded.lab.solution.boto3
        program = files.text(name, base=loaded.folder) if name and mistake.alter else ""
        for text in mistake.alter:
            if text not in program:
                what = f"{name or 'the boto3 solution'} has no {text!r}"
                at = ("mistakes", place, "alter")
                yield error(loaded.document.flaw(at, what, "write it as it stands there", key=True))


def _hints(files: PackFiles, loaded: Loaded) -> Iterator[Finding]:
    """A hint that holds a line of the solution is no hint."""
    lab = loaded.lab
    scripts = [name for name in (lab.solution.cli, lab.solution.boto3) if name]
    lines = {line: name for name in scripts for line in telling_lines(files.text(name, base=loaded.folder))}
    for place, hint in enumerate(lab.hints):
        text = " ".join(_joined(hint.text).split())
        for line, name in lines.items():
            if line in text:
                what = f"the hint contains a line of {name}: {line[:60]}"
                todo = "show the same step on another example"
                yield error(loaded.document.flaw(("hints", place, "text"), what, todo))


def telling_lines(script: str) -> set[str]:
    """The lines of a script that would give the solution away: calls that change something."""
    lines = (" ".join(line.split()) for line in _joined(script).splitlines())
    return {line for line in lines if len(line) >= SHORTEST_LINE and _changes(line)}


def _changes(line: str) -> bool:
    if line.startswith("#"):
        return False
    called = [operation for _, operation in COMMAND.findall(line)]
    called += [name.replace("_", "-") for name in re.findall(r"\.([a-z]+_[a-z_]+)\(", line)]
    return any(not name.startswith((*_LOOKS, "get-waiter")) for name in called)


def _joined(text: str) -> str:
    return re.sub(r"\\\n\s*", " ", text)


def _texts(files: PackFiles, loaded: Loaded) -> Iterator[Finding]:
    lab = loaded.lab
    texts: list[tuple[Path, str]] = [(("story",), lab.story), (("solution", "why"), lab.solution.why)]
    texts += [(("hints", place, "text"), hint.text) for place, hint in enumerate(lab.hints)]
    for at, text in texts:
        for _, what, todo in broken_links(files, text, loaded.folder):
            yield error(loaded.document.flaw(at, what, todo))
