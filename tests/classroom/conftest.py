"""A class's work: real submissions of real sessions, made once for the tests of one file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ecslab.classroom.grades import Grade
from ecslab.classroom.handing_in import of_lab
from ecslab.classroom.regrading import Rules, grade
from ecslab.classroom.submission import text
from ecslab.cli.main import main
from ecslab.content.packs import Pack, load
from ecslab.lab.session import Session
from ecslab.sandbox.warm import Warm
from ecslab.workbench.scaffold import create
from tests.classroom.work import ADA, LAB, solve


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data of a learner who has nothing yet."""
    with pytest.MonkeyPatch.context() as patch:
        directory = tmp_path_factory.mktemp("home")
        patch.setenv("ECSLAB_HOME", str(directory))
        patch.delenv("ECSLAB_SESSION", raising=False)
        yield directory


@pytest.fixture(scope="module")
def warm(home: Path) -> Iterator[Warm]:
    with Warm() as kept:
        yield kept


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """What `pack new` makes; its lab wants two tasks of a service instead of one."""
    return load(create(tmp_path_factory.mktemp("packs") / "harbour"))


@pytest.fixture(scope="module")
def begin(pack: Pack, warm: Warm) -> Iterator[Callable[[], Session]]:
    """Begins the starter's lab anew, attached."""
    sessions: list[Session] = []

    def start() -> Session:
        session = Session.start(LAB, seed=3, fresh=True, pack=pack, warm=warm)
        session.hold()
        sessions.append(session)
        return session

    yield start
    for session in sessions:
        session.stop()


@pytest.fixture(scope="module")
def solved(begin: Callable[[], Session]) -> bytes:
    """What Ada hands in: every goal is reached, after one hint."""
    session = begin()
    session.take_hint()
    solve(session)
    session.verdicts()
    content = text(of_lab(session, ADA))
    session.stop()
    return content


@pytest.fixture
def graded(pack: Pack, warm: Warm) -> Callable[[bytes], Grade]:
    """Grades the bytes of a file that can be graded."""

    def run(content: bytes) -> Grade:
        found = grade(content, "a.json", Rules(packs=(str(pack.root),)), warm)
        assert isinstance(found, Grade), found
        return found

    return run


@pytest.fixture
def ecslab(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command line: `ecslab("grade", "a.json") -> (status, stdout, stderr)`."""

    def run(*words: object) -> tuple[int, str, str]:
        status = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return status, out, err

    return run
