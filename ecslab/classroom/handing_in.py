"""Makes a submission of what a learner has done: an attempt at a lab, or a sitting of a quiz or an exam.

It copies what is on the disk and judges nothing; only what is finished, or was given up, can be handed in.
"""

import itertools
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecslab import __version__
from ecslab.classroom.submission import (
    MOST_BYTES,
    Claims,
    Diagnosis,
    Digests,
    Entry,
    Given,
    Header,
    LabWork,
    Learner,
    Mark,
    PackRef,
    Ran,
    Sheet,
    Submission,
    Undo,
    packed,
    read,
    text,
)
from ecslab.content.digests import pack_digest, world_digest
from ecslab.lab.evidence import files_seen
from ecslab.terms.problems import Exit, Problem

if TYPE_CHECKING:
    from ecslab.content.packs import Pack
    from ecslab.grading.judge import Verdict
    from ecslab.lab.session import Session
    from ecslab.progress.records import SittingRecord

BREAK = 10.0
"""Minutes without a sign of work after which somebody is taken to be away."""
LONGEST_SCRIPT = 200_000


def of_lab(session: "Session", learner: Learner) -> Submission:
    """The attempt, as it stands now.

    Raises:
        Problem: it is not finished.
    """
    lab = session.lab
    if not (session.finished or session.gave_up):
        raise Problem(
            f"the lab {lab.id} is not finished",
            "reach its goals first, or give up: ecslab lab debrief --give-up",
            status=Exit.NEGATIVE,
        )
    sandbox = session.sandbox
    was_paused = sandbox.clock()["paused"]
    sandbox.clock(paused=True)  # between the verdicts and the copy of the journal no time passes
    try:
        with session.attached():
            verdicts = session.verdicts()
        lines = _lines(session.directory / "journal.jsonl")
    finally:
        if not was_paused:
            sandbox.clock(paused=False)
    world = json.loads((session.directory / "world.json").read_text())
    pack = _pack_of(lab.root)
    digests = Digests(
        pack=pack_digest(pack), subject=pack_digest(pack, f"labs/{lab.id}"), world=world_digest(world)
    )
    work = LabWork(
        epoch_ms=world["epoch_ms"],
        access_key_id=world["identity"]["access_key_id"],
        header=Header.model_validate(lines[0]),
        journal=tuple(_entry(line) for line in lines[1:]),
        answers=session.answers,
        hints=tuple(hint.number for hint in session.hints.helped),
        files=_scripts(session),
        looks={name: tuple(looks) for name, looks in files_seen(session.record).items()},
    )
    return _submission(
        "lab", lab.id, session.seed, pack, digests, learner, claims=_lab_claims(session, verdicts), lab=work
    )


def of_sitting(
    record: "SittingRecord", pack: "Pack", learner: Learner, *, unscored: Collection[str] = ()
) -> Submission:
    """A finished sitting of a quiz or of the exam.

    Args:
        unscored: questions that were asked and do not count.

    Raises:
        Problem: it is not finished.
    """
    kind = str(record.kind.value)
    if record.finished is None:
        todo = f"answer the rest first: ecslab {kind}{f' {record.quiz}' if kind == 'quiz' else ''}"
        raise Problem(f"the {kind} is not finished", todo, status=Exit.NEGATIVE)
    last = {answer.item: answer for answer in record.answers if answer.item in record.items}
    own = pack.own  # the file knows its pack by name, not by how the learner's record tells packs apart
    given = tuple(
        Given(
            item=own(answer.item),
            hash=answer.hash,
            variant=answer.variant,
            chosen=_chosen(answer.chosen),
            right=answer.right,
            credit=answer.credit,
            confidence=answer.confidence.value if answer.confidence else "",
            objectives=answer.objectives,
        )
        for answer in last.values()
    )
    times = [record.started, *(answer.answered for answer in last.values() if answer.answered)]
    claims = Claims(
        points=float(sum(answer.right for answer in last.values() if answer.item not in unscored)),
        max=float(len(record.items) - len(unscored)),
        started=_iso(record.started),
        ended=_iso(record.finished),
        minutes=round(_at_work([time.timestamp() for time in times])[-1], 2),
    )
    subject = own(record.quiz) if kind == "quiz" else kind
    below = f"quizzes/{subject}.yaml" if kind == "quiz" else "quizzes"
    digests = Digests(pack=pack_digest(pack), subject=pack_digest(pack, below))
    sheet = Sheet(asked=tuple(map(own, record.items)), given=given, unscored=tuple(map(own, unscored)))
    return _submission(kind, subject, record.seed, pack, digests, learner, claims=claims, sheet=sheet)


def _chosen(value: Any) -> Any:
    """An answer as the file holds it."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict) and "cause" in value:
        return Diagnosis.model_validate(value)
    return Ran(command=str(value.get("command", ""))) if isinstance(value, dict) else value


def write(submission: Submission, path: Path) -> int:
    """Writes the file, gzipped if its name ends with .gz; returns its size. It can be read again.

    Raises:
        Problem: it is too large, or cannot be written.
    """
    content = text(submission)
    if len(content) > MOST_BYTES:
        raise Problem(
            "this attempt is too long to be handed in", "begin it anew: ecslab lab start ID --fresh"
        )
    read(content)
    if path.suffix == ".gz":
        content = packed(content)
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise Problem(f"cannot write {path} ({error.strerror})", "name another file with -o") from None
    return len(content)


def _submission(
    kind: str, subject: str, seed: int, pack: "Pack", digests: Digests, learner: Learner, **work: Any
) -> Submission:
    return Submission.model_validate(
        {
            "format": "ecslab-submission", "version": 1, "kind": kind, "subject": subject, "seed": seed,
            "made": _iso(datetime.now(UTC)), "learner": learner,
            "versions": {"ecslab": __version__, "moto": version("moto"), "botocore": version("botocore")},
            "pack": PackRef(name=pack.name, version=pack.manifest.version), "digests": digests, **work,
        }
    )  # fmt: skip


def _pack_of(lab_root: Path) -> "Pack":
    from ecslab.content.packs import load

    return load(lab_root.parents[1])


def _lines(path: Path) -> list[dict[str, Any]]:
    """The complete lines of a journal: what is being written just now comes later."""
    raw = path.read_bytes()
    return [json.loads(line) for line in raw[: raw.rfind(b"\n") + 1].splitlines()]


def _entry(line: Mapping[str, Any]) -> Entry | Mark | Undo:
    if "mark" in line:
        return Mark.model_validate(line)
    return Undo.model_validate(line) if "undo" in line else Entry.model_validate(line)


def _scripts(session: "Session") -> dict[str, str]:
    """The program that the lab asks for, if the learner wrote it."""
    wanted = session.lab.script
    path = session.workspace / wanted.file if wanted else None
    if wanted is None or path is None or path.is_symlink() or not path.is_file():
        return {}
    if path.stat().st_size > LONGEST_SCRIPT:
        raise Problem(f"{wanted.file} is too large to be handed in", f"{LONGEST_SCRIPT // 1000} kB at most")
    return {wanted.file: path.read_text(encoding="utf-8", errors="replace")}


def _lab_claims(session: "Session", verdicts: "Iterable[Verdict]") -> Claims:
    judged = list(verdicts)
    standing = session.score(judged)
    lines = list(session.record.lines())
    started = session.about.started
    worked = _at_work([started, *(line["at"] for line in lines)])
    reached: dict[str, float] = {}
    for minutes, line in zip(worked[1:], lines, strict=True):
        if line["kind"] == "standing":
            for name, verdict in line["verdicts"].items():
                if verdict == "pass":
                    reached.setdefault(name, round(minutes, 2))
    return Claims(
        points=standing.points,
        max=standing.max,
        passed=standing.passed,
        verdicts={verdict.id: verdict.verdict for verdict in judged},
        gave_up=session.gave_up,
        started=_iso(datetime.fromtimestamp(started, UTC)),
        ended=_iso(datetime.fromtimestamp(lines[-1]["at"] if lines else started, UTC)),
        minutes=round(worked[-1], 2),
        reached=reached,
    )


def _at_work(times: list[float]) -> list[float]:
    """Minutes of work up to each moment: long breaks count for `BREAK`."""
    total = [0.0]
    for before, after in itertools.pairwise(times):
        total.append(total[-1] + min(max(after - before, 0) / 60, BREAK))
    return total


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
