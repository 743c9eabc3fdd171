"""Grades what lies in files and folders: finds the submissions, hands them to an executor, keeps their order."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ecslab.classroom.executors import Executor, Here, Job, Processes
from ecslab.classroom.grades import Graded, Refused
from ecslab.classroom.regrading import Rules
from ecslab.classroom.submission import SubmissionProblem, read_file
from ecslab.terms.problems import Exit, Problem

ENDINGS = (".json", ".json.gz")
"""Of submissions in a folder; a file that is named is read whatever it is called."""
FEW = 2


def files_in(paths: Sequence[Path]) -> list[Path]:
    """The files that are named, and all submissions below the folders that are.

    Raises:
        Problem: something is not there, or nothing is.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            below = sorted(p for p in path.rglob("*") if p.name.endswith(ENDINGS) and p.is_file())
            found.update(dict.fromkeys(p for p in below if not p.name.startswith(".")))
        elif path.exists():
            found[path] = None
        else:
            raise Problem(f"there is no {path}", "name submissions or a folder of them", status=Exit.USAGE)
    if not found:
        raise Problem(
            "there are no submissions there", "their names end with .json or .json.gz", status=Exit.USAGE
        )
    return list(found)


def grade_files(
    files: Sequence[Path],
    rules: Rules,
    *,
    executor: Executor | None = None,
    jobs: int | None = None,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> list[Graded]:
    """The grades, in the order of the files. A file that cannot be read is refused, the others are graded.

    Raises:
        Problem: two files would get the same number, or one none at all: a bug.
    """
    chosen = executor or (Here() if len(files) <= FEW and jobs is None else Processes(jobs))
    done: dict[int, Graded] = {}

    def readable() -> Iterator[Job]:
        for number, path in enumerate(files):
            try:
                yield Job(number, str(path), read_file(path))
            except SubmissionProblem as problem:
                done[number] = Refused(str(path), problem.what)

    for number, graded in chosen.run(readable(), rules):
        if number in done:
            raise Problem(f"{files[number]} was graded twice")
        done[number] = graded
        tell(len(done), len(files))
    return [done[number] for number in range(len(files))]
