"""A learner's first hour in a real pseudo-terminal: a lesson, its quiz, a lab repaired with the real `aws`."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from ecslab.content.packs import builtin
from ecslab.terminal.driver import Driver

LAB = "fix-alb-502"
ECSLAB = [sys.executable, "-m", "ecslab.cli"]


@pytest.fixture
def app(environment: dict[str, str]) -> Iterator[Driver]:
    with Driver(ECSLAB, environment, columns=80, rows=24, timeout=60) as driver:
        yield driver


def line_of(app: Driver, part: str) -> int:
    return next(y for y, line in enumerate(app.text().splitlines()) if part in line)


def test_a_lesson_its_quiz_and_a_lab_repaired_with_the_real_aws(app: Driver) -> None:
    app.wait_for("▶ Continue  Read:")
    app.press("enter")
    pages = int(re.search(r"page 1 of (\d+)", app.wait_for("page 1 of "))[1])  # type: ignore[index]
    for page in range(2, pages + 1):
        app.type("n")
        app.wait_for(f"page {page} of {pages}")
    app.type("n")
    app.wait_for("Question 1 of ")
    app.wait_for("Match each word of ECS with what it is.")
    for partner in "1234":
        app.type(partner)
        app.wait_for(f"─▶ {partner} ")
    app.press("enter")
    app.wait_for("How sure are you?")
    app.type("3")
    app.wait_for("Enter Next")
    app.press("escape")
    app.wait_for("▶ Continue  Go on with the quiz")
    assert "✔ done    Lesson" in app.text()

    app.type("4")
    app.wait_gone("Lesson  ")
    title = builtin().lab(LAB).title
    downs = line_of(app, title) - line_of(app, " Lab ")
    app.press(*["down"] * downs, "enter")
    app.wait_for("502 Bad Gateway")
    app.press("f6")
    app.wait_for(f"ecslab:{LAB}$")
    app.send("curl -s -o /dev/null -w 'it said %{http_code}\\n' http://$(aws elbv2 describe-load-balancers "
             "--names web-alb --query 'LoadBalancers[0].DNSName' --output text)/")  # fmt: skip
    app.wait_for("it said 502")
    app.send(
        f"clear; bash {builtin().root / 'labs' / LAB / 'solution' / 'cli.sh'} > /dev/null && echo repaired"
    )
    app.press("f6")
    app.wait_for("✘ fail       The load balancer answers 200")
    app.wait_for("✔ pass       The load balancer answers 200", 120)
    app.wait_for("All goals are reached. d shows how it went.", 120)
    app.type("d")
    app.wait_for("All goals are reached. 10 of 10 points")
    app.press("pagedown")
    app.wait_for("What you did")
    app.press("escape")
    app.wait_gone("What you did")
    app.type("q")
    app.wait_for("✔ done    Lab")
    app.type("q")
    assert app.wait_exit() == 0


def test_the_lab_shell_is_a_real_terminal(environment: dict[str, str]) -> None:
    with Driver([*ECSLAB, "lab", "start", LAB], environment, columns=140, rows=40, timeout=60) as app:
        app.wait_for(f"ecslab:{LAB}$")
        app.send("vim -u NONE -c 'set showmode' README.md")
        app.wait_for("On call")
        app.press("i")
        app.wait_for("-- INSERT --")
        app.type("edited ")
        app.wait_for("edited #")
        app.press("escape")
        app.wait_gone("-- INSERT --")
        app.send(":wq")
        app.wait_gone("edited #")
        app.send("head -c 6 README.md; echo '|'")
        app.wait_for("edited|")
        app.paste("\n".join(f"echo pasted {n}" for n in range(50)))
        app.wait_for("pasted 49")
        app.press("ctrl+c")
        app.send("ecslab lab check; echo checked")
        app.wait_for("checked")
        app.resize(90, 30)
        app.send("clear; until stty size | grep ' 90$'; do read -t 0.05; done")
        app.wait_for(lambda: re.search(r"^\d+ 90$", app.text(), re.MULTILINE))
        app.press("f6")
        app.wait_for("Esc Home")
        app.press("escape")
        app.wait_for("▶ Continue  Go on with the lab")
        app.press("ctrl+q")
        assert app.wait_exit() == 0


@pytest.mark.slow
def test_the_whole_terminal_can_be_given_to_the_shell(environment: dict[str, str]) -> None:
    with Driver([*ECSLAB, "lab", "start", LAB], environment, columns=140, rows=40, timeout=60) as app:
        app.wait_for(f"ecslab:{LAB}$")
        app.press("f6")
        app.wait_for("Esc Home")
        app.type("t")
        app.wait_for("exit or Ctrl-D goes back to ecslab")
        app.wait_gone("2 Goals")
        app.send("stty size")
        app.wait_for("40 140")
        app.send("exit")
        app.wait_for("2 Goals")
        app.type("q")
        app.wait_for("▶ Continue")


def test_without_a_terminal_it_says_so_and_plays_the_demo(environment: dict[str, str]) -> None:
    done = subprocess.run(
        ECSLAB, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.stderr.splitlines()[0].startswith("ecslab: there is no terminal here")
    assert done.returncode == 0, done.stderr
