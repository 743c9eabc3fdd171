"""What grading costs: a thousand submissions, each replayed in a world of its own, beside the same calls on plain moto."""

import time
import urllib.error
import urllib.request

from benchmarks.measure import Figure, milliseconds
from benchmarks.plain_moto import PlainMoto
from ecslab.classroom.executors import Processes
from ecslab.classroom.folders import grade_files
from ecslab.classroom.grades import Grade
from ecslab.classroom.handing_in import of_lab
from ecslab.classroom.regrading import Rules
from ecslab.classroom.submission import Entry, Learner, Submission, text
from ecslab.content.packs import builtin
from ecslab.content.resolve import resolve_world
from ecslab.lab import rehearsal
from ecslab.lab.session import Session
from ecslab.sandbox.warm import cores
from ecslab.workbench.homes import own_home

LAB = "roll-out"
COUNT = 1000
SOLVED = 10
"""Real attempts, each with a seed of its own, of which the files are copies under other names."""
TURNS = 20


def grading() -> Figure:
    """Milliseconds of one core for one submission."""
    with own_home() as home:
        made = [_solved(seed) for seed in range(SOLVED)]
        files = []
        for number in range(COUNT):
            submission = made[number % SOLVED]
            learner = Learner(name=f"Student {number}", id=str(number))
            files.append(home / f"{number:04}.json")
            files[-1].write_bytes(text(submission.model_copy(update={"learner": learner})))
        count = cores()
        start = time.perf_counter()
        graded = grade_files(files, Rules(), executor=Processes(count))
        seconds = time.perf_counter() - start
        wrong = [
            each for each in graded if not isinstance(each, Grade) or not each.passed or each.disagreements
        ]
        if wrong:
            raise RuntimeError(
                f"{len(wrong)} of {COUNT} were graded otherwise than they were made: {wrong[0]}"
            )
        each = seconds * count / COUNT
        baseline = _plainly(made[0])
    name = f"grading, {COUNT} files: {1 / each:.1f}/s a core"
    return Figure(name, each * 1000, baseline, "moto_server: reset, the playground's stack, the same calls")


def _solved(seed: int) -> Submission:
    session = Session.start(LAB, seed=seed, fresh=True)
    try:
        with session.attached():
            rehearsal.solve_by_boto3(session)
            rehearsal.settle(session)
            session.verdicts()
            return of_lab(session, Learner())
    finally:
        session.stop()


def _plainly(submission: Submission) -> float:
    """What a mock that only stores needs for the same requests, in milliseconds."""
    template = resolve_world(builtin(), "playground", submission.seed)["template"]
    assert submission.lab is not None
    calls = [line for line in submission.lab.journal if isinstance(line, Entry) and line.kind == "request"]
    moto = PlainMoto().until_ready()

    def play() -> None:
        urllib.request.urlopen(urllib.request.Request(f"{moto.url}/moto-api/reset", method="POST")).read()
        moto.stock(template)
        for call in calls:
            _request(moto.url, call)

    try:
        play()
        return sorted(milliseconds(play) for _ in range(TURNS))[TURNS // 2]
    finally:
        moto.stop()


def _request(url: str, call: Entry) -> None:
    headers = {
        "Content-Type": call.content_type,
        "X-Amz-Target": call.target,
        "Authorization": f"AWS4-HMAC-SHA256 Credential={call.scope}, SignedHeaders=host, Signature=0",
    }
    body = call.body.encode("latin-1")
    request = urllib.request.Request(url + call.path, data=body, headers=headers, method=call.method)
    try:
        urllib.request.urlopen(request).read()
    except urllib.error.HTTPError as error:
        error.read()
