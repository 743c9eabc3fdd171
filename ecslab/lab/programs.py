"""Runs the learner's program in worlds that the learner has not seen, and writes down what it did there.

Each case is a sandbox of its own, gone afterwards; the program is run there as in a lab's shell, confined. Only
the learner's own file is run, beside a fresh copy of the lab's files, and only when somebody asked for it.
What is expected is grading's matter; here it only ends the cases at the first one that is not met.
"""

import json
import re
import signal
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecslab.content.packs import load
from ecslab.content.probes import readings
from ecslab.content.resolve import resolve_case
from ecslab.grading.readings import case_moment, matching
from ecslab.lab import workspace
from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.problems import SandboxProblem
from ecslab.sandbox.warm import last_line_of
from ecslab.shell import confined
from ecslab.shell.python import Ended
from ecslab.terms.durations import format_duration

if TYPE_CHECKING:
    from ecslab.content.checks import Case, Check
    from ecslab.content.labs import Lab
    from ecslab.sandbox.warm import Warm

SECONDS = 60
"""Real seconds that a program may take in the world of one case."""
MOST_KEPT = 2000
"""Characters of a text that a program has printed that the record of an attempt keeps."""
LONGEST_LINE = 140

Json = dict[str, Any]


def try_out(lab: "Lab", seed: int, check: "Check", program: str | None, warm: "Warm | None") -> Json:
    """What a program does in the cases of a check, up to the first in which it does not do what is expected.

    Returns:
        `file`, its `sha256`, and `cases`: each with `trouble` and what was `said`, or with all that the
        case's `expect` looks at.
    """
    assert lab.script is not None and check.program is not None
    told: list[Json] = []
    found = _unrunnable(lab.script.file, program)
    if found is None:
        assert program is not None
        pack = load(lab.root.parents[1])
        loaded = pack.loaded_lab(lab.id, seed)
        for case in check.program.cases:
            told.append(_in_world(lab, resolve_case(pack, loaded, case, seed), case, program, warm))
            if not _as_expected(case, told[-1]):
                break
    return {"file": lab.script.file, "sha256": workspace.digest(program), "cases": told or [found]}


def reaches(lab: "Lab", seed: int, check: "Check", program: str, warm: "Warm | None") -> bool:
    """Whether a program does in all cases of a check what is expected."""
    assert check.program is not None
    seen = try_out(lab, seed, check, program, warm)["cases"]
    wanted = check.program.cases
    return len(seen) == len(wanted) and all(map(_as_expected, wanted, seen))


def _as_expected(case: "Case", seen: Json) -> bool:
    return case_moment(case, seen).ok


def _unrunnable(file: str, program: str | None) -> Json | None:
    """Why there is nothing to run."""
    if program is None:
        return _trouble("missing", "")
    try:
        compile(program, file, "exec")
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        said = f"line {line}: {getattr(error, 'msg', error)}" if line else str(error)
        return _trouble("syntax", said)
    return None


def _trouble(kind: str, said: str) -> Json:
    return {"trouble": kind, "said": said[:LONGEST_LINE]}


def _in_world(lab: "Lab", document: Json, case: "Case", program: str, warm: "Warm | None") -> Json:
    with tempfile.TemporaryDirectory(prefix="ecslab-case-", ignore_cleanup_errors=True) as name:
        try:
            sandbox = Sandbox.start(Path(name) / "world", document, warm=warm)
            try:
                return _run(sandbox, Path(name), lab, case, program)
            finally:
                sandbox.stop()
        except SandboxProblem as problem:
            return _trouble("world", problem.what)


def _run(sandbox: Sandbox, home: Path, lab: "Lab", case: "Case", program: str) -> Json:
    assert lab.script is not None
    script = workspace.lay_out(lab.root / "files", home) / lab.script.file
    script.write_text(program, encoding="utf-8")
    args = lab.script.args if case.args is None else case.args
    with sandbox.lease():
        before = _ask(sandbox, case, 0)[: len(case.expect.state)]
        ended = confined.run(sandbox, script, args, home, seconds=SECONDS)
        return _untimely(lab.script.file, ended) or _seen(sandbox, case, ended, before)


def _untimely(file: str, ended: Ended) -> Json | None:
    """How a program ended that did not come to its own end."""
    if ended.status is None:
        return _trouble("timeout", f"{SECONDS} seconds")
    if ended.status < 0:
        return _trouble("killed", signal.Signals(-ended.status).name)
    if ended.status == 1 and "Traceback (most recent call last):" in ended.err:
        places = re.findall(rf'File "[^"]*{re.escape(file)}", line (\d+)', ended.err)
        where = f"line {places[-1]}: " if places else ""
        return _trouble("crash", f"{where}{last_line_of(ended.err)}")
    return None


def _ask(sandbox: Sandbox, case: "Case", after: int) -> Sequence[Any]:
    asked = readings(case.expect)
    return list(sandbox.whatif([], format_duration(after), asked)["values"]) if asked else []


def _seen(sandbox: Sandbox, case: "Case", ended: Ended, before: Sequence[Any]) -> Json:
    """All that the case's `expect` looks at."""
    history = sandbox.history()
    entries = [entry for entry in history["entries"] if entry["t"] >= history["begun"] and entry["service"]]
    values = _ask(sandbox, case, case.after)
    count = len(case.expect.state)
    return {
        "exit": ended.status,
        "prints": [_kept(workspace.value_in(ended.out, prints)) for prints in case.expect.prints],
        "before": list(before),
        "state": values[:count],
        "http": values[count:],
        "called": [
            len(matching(called, entries, history["begun"], called.where)) for called in case.expect.called
        ],
        "calls": len(entries),
        "changes": sum(bool(entry["changes"]) and not entry["error"] for entry in entries),
        "printed": _printed(ended.out),
        "said": last_line_of(ended.err)[:LONGEST_LINE],
    }


def _kept(value: Any) -> Any:
    return value if len(json.dumps(value)) <= workspace.MOST_KEPT else {"Error": "TooLarge"}


def _printed(text: str) -> Any:
    """What it printed, as JSON if it is JSON, for the words of feedback."""
    try:
        value = json.loads(text)
    except ValueError:
        return text[:MOST_KEPT]
    return value if len(text) <= workspace.MOST_KEPT else text[:MOST_KEPT]
