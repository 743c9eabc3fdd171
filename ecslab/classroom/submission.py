"""The file that a learner hands in: what it may hold, and how it is read without trusting a byte of it.

One JSON document, plain or gzipped; docs/teaching.md describes it. A file that is too large, is no submission
or breaks a limit is refused in one line. What it *claims* is kept apart from what can be judged again.
"""

import gzip
import json
import zlib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, JsonValue, ValidationError, model_validator

from ecslab.content.validate import Many, Strict, complaint
from ecslab.terms.problems import Exit, Problem

FORMAT = "ecslab-submission"
VERSION = 1
MOST_PACKED = 5_000_000
MOST_BYTES = 20_000_000
MOST_LINES = 20_000
MOST_TIME = 400 * 86_400_000
"""Simulated ms in one attempt."""
MOST_FILES = 20

PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f]*$"
"""What a file says is shown in terminals and reports: no control characters."""

Short = Annotated[str, Field(max_length=200, pattern=PRINTABLE)]
Word = Annotated[str, Field(min_length=1, max_length=200, pattern=PRINTABLE)]
Moment = Annotated[int, Field(ge=0, le=MOST_TIME)]
Number = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
Index = Annotated[int, Field(ge=-1, le=1000)]


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


Points = Annotated[Number, BeforeValidator(_number)]


class SubmissionProblem(Problem):
    """A file that is refused."""

    def __init__(self, what: str, todo: str = "ask for it again: `ecslab submit` writes one") -> None:
        super().__init__(what, todo, status=Exit.NEGATIVE)


class Learner(Strict):
    """Who hands it in, as far as they say."""

    name: Short = ""
    id: Short = ""


class PackRef(Strict):
    name: Word
    version: Short


class Digests(Strict):
    """Of what it was made with, so that a grader with other content can say so."""

    pack: Short = ""
    subject: Short
    """Of the lab's files or the quiz's file."""
    world: Short = ""


class Entry(Strict):
    """An input of the journal, as the sandbox wrote it."""

    n: Annotated[int, Field(ge=1, le=MOST_LINES)]
    t: Moment
    kind: Literal["request", "balancer"]
    changes: bool
    method: Annotated[str, Field(pattern=r"^[A-Z]{1,10}$")]
    path: Annotated[str, Field(max_length=100_000)]
    body: Annotated[str, Field(pattern=r"^[\x00-\xff]*$")] = ""
    """Bytes as Latin-1 text."""
    host: Annotated[str, Field(max_length=1000)] = ""
    content_type: Annotated[str, Field(max_length=1000)] = ""
    target: Annotated[str, Field(max_length=1000)] = ""
    scope: Annotated[str, Field(max_length=1000)] = ""
    service: Short = ""
    operation: Short = ""
    client: Short = ""
    command: Short = ""
    status: Annotated[int, Field(ge=0, le=999)] = 0
    error: Short = ""
    digest: Short = ""
    detail: dict[Short, str | int | bool] = {}

    @model_validator(mode="after")
    def _can_be_played(self) -> "Entry":
        if self.kind == "balancer" and not {"balancer", "port", "agent"} <= set(self.detail):
            raise complaint("a request to a load balancer does not say to which")
        return self


class Mark(Strict):
    mark: Moment


class Undo(Strict):
    undo: Many[int]
    t: Moment
    why: Short


class Header(Strict):
    format: Literal[1]
    versions: dict[Short, Short]
    world: Short


class LabWork(Strict):
    """What an attempt at a lab is replayed from."""

    epoch_ms: Annotated[int, Field(ge=0, le=10**13)]
    access_key_id: Annotated[str, Field(pattern=r"^[A-Z0-9]{16,32}$")]
    header: Header
    journal: Annotated[Many[Entry | Mark | Undo], Field(max_length=MOST_LINES)]
    answers: dict[Short, Annotated[str, Field(max_length=10_000)] | int | float | bool] = {}
    hints: Annotated[Many[int], Field(max_length=100)] = ()
    files: Annotated[dict[Word, str], Field(max_length=MOST_FILES)] = {}
    """Scripts of the learner that the lab asks for."""
    looks: Annotated[dict[Short, Many[tuple[Moment, JsonValue]]], Field(max_length=100)] = {}
    """What was in the files that checks look into, each time that it was something else."""


class Diagnosis(Strict):
    """A cause, and the line of the evidence that shows it."""

    cause: Index
    line: Index | None = None


class Ran(Strict):
    """What running a command came to on the learner's machine: their word, so it is not judged again."""

    command: Annotated[str, Field(max_length=10_000)]


class Given(Strict):
    """An answer to a question."""

    item: Word
    hash: Short
    chosen: (
        Index
        | Annotated[str, Field(max_length=2000)]
        | Annotated[Many[Index], Field(max_length=100)]
        | Diagnosis
        | Ran
    )
    variant: Annotated[int, Field(ge=0, le=2**63)] | None = None
    """The seed of the values that a generated question was asked with."""
    right: bool
    credit: Annotated[Points, Field(le=1)]
    confidence: Short = ""
    objectives: Annotated[Many[Short], Field(max_length=100)] = ()


class Sheet(Strict):
    """What a quiz or an exam is judged again from."""

    asked: Annotated[Many[Word], Field(min_length=1, max_length=2000)]
    given: Annotated[Many[Given], Field(max_length=2000)]
    unscored: Annotated[Many[Word], Field(max_length=2000)] = ()
    """Questions that an exam asks and does not count."""

    @model_validator(mode="after")
    def _once_each(self) -> "Sheet":
        items = [given.item for given in self.given]
        if len(set(items)) != len(items) or len(set(self.asked)) != len(self.asked):
            raise complaint("a question is in it twice")
        if stray := set(items) - set(self.asked):
            raise complaint(f"the question {min(stray)!r} is answered and was not asked")
        return self


class Claims(Strict):
    """What the learner's own ecslab said. Nothing of it is believed where it can be judged again."""

    points: Points
    max: Points
    passed: bool | None = None
    verdicts: dict[Short, Literal["pass", "fail", "not judged"]] = {}
    gave_up: bool = False
    started: Short = ""
    ended: Short = ""
    minutes: Points = 0.0
    """Between the first and the last thing that was noted down."""
    reached: dict[Short, Points] = {}
    """Check -> minutes after the start at which it passed for the first time."""


class Submission(Strict):
    format: Literal["ecslab-submission"]
    version: Literal[1]
    kind: Literal["lab", "quiz", "exam"]
    subject: Word
    """The id of the lab or quiz; `exam`."""
    seed: int
    made: Short
    learner: Learner = Learner()
    versions: dict[Short, Short]
    pack: PackRef
    digests: Digests
    claims: Claims
    lab: LabWork | None = None
    sheet: Sheet | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Submission":
        if (self.lab is None) == (self.kind == "lab") or (self.sheet is None) == (self.kind != "lab"):
            raise complaint(f"what a {self.kind} is judged from is missing")
        return self


def read(content: bytes, name: str = "the file") -> Submission:
    """The submission in a file's bytes.

    Raises:
        SubmissionProblem: it is refused.
    """
    if (len(content) > MOST_PACKED and content[:2] == b"\x1f\x8b") or len(content) > MOST_BYTES:
        raise SubmissionProblem(f"{name} is larger than a submission can be")
    try:
        value = json.loads(_plain(content, name), parse_constant=_no_number)
    except RecursionError:
        raise SubmissionProblem(f"{name} is nested too deeply") from None
    except ValueError:
        raise SubmissionProblem(f"{name} is not a submission: it is not JSON") from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise SubmissionProblem(f"{name} is not a submission of ecslab")
    if isinstance(value.get("version"), int) and value["version"] > VERSION:
        raise SubmissionProblem(f"{name} was written by a newer ecslab", "upgrade ecslab")
    try:
        return Submission.model_validate(value)
    except ValidationError as error:
        raise SubmissionProblem(f"{name} is not a whole submission: {_first(error)}") from None
    except RecursionError:
        raise SubmissionProblem(f"{name} is nested too deeply") from None


def read_file(path: Path) -> bytes:
    """The bytes of a file, as many as a submission can have.

    Raises:
        SubmissionProblem: it is no plain file, too large or cannot be read.
    """
    try:
        if not path.is_file():
            raise SubmissionProblem(f"{path} is not a file")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SubmissionProblem(
            f"{path} cannot be read ({error.strerror})", "check its permissions"
        ) from None
    if len(content) > MOST_BYTES:
        raise SubmissionProblem(f"{path} is larger than a submission can be")
    return content


def text(submission: Submission) -> bytes:
    """The submission as the bytes of its file."""
    value = submission.model_dump(mode="json", exclude_defaults=True)
    if submission.lab is not None:
        value["lab"]["journal"] = [_line(line) for line in submission.lab.journal]
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def journal_lines(work: LabWork) -> bytes:
    """The journal as the file that a sandbox replays."""
    lines = [work.header.model_dump(mode="json"), *(_line(line) for line in work.journal)]
    return b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)


def _line(line: Entry | Mark | Undo) -> dict[str, Any]:
    return line.model_dump(mode="json", exclude_unset=True)


def _plain(content: bytes, name: str) -> bytes:
    """Unpacked, if it is packed, and never more than a submission has."""
    if content[:2] != b"\x1f\x8b":
        return content
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(content, MOST_BYTES + 1)
    except zlib.error:
        raise SubmissionProblem(f"{name} is damaged: it cannot be unpacked") from None
    if len(plain) > MOST_BYTES:
        raise SubmissionProblem(f"{name} unpacks to more than a submission has")
    if not unpacker.eof:
        raise SubmissionProblem(f"{name} is cut short")
    return plain


def packed(content: bytes) -> bytes:
    """The same file, gzipped; the same bytes each time."""
    return gzip.compress(content, mtime=0)


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is not a number")


def _first(error: ValidationError) -> str:
    """The first thing that is wrong, and where."""
    found = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in found["loc"])[:120]
    said = found.get("ctx", {}).get("said") or found["msg"][:1].lower() + found["msg"][1:]
    return f"{where}: {said}"[:300] if where else str(said)[:300]
