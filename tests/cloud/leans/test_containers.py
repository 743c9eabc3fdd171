"""What an image does when it runs: listening, answering, needing, logging, ending."""

from collections.abc import Mapping
from typing import Any

import pytest

from ecslab.cloud.containers import ContainerRun
from ecslab.cloud.containers_needs import Surroundings
from ecslab.cloud.ports.images import Ending

APP: dict[str, Any] = {
    "listen": [{"port": 8080, "after": 3_000}],
    "routes": {
        "/": {"status": 200, "body": "hello", "latency": 20},
        "/health": {"status": 200},
        "/api/*": {"status": 201},
        "/api/admin/*": {"status": 403},
        "/hang": {"hang": True},
        "*": {"status": 404},
    },
    "tools": ["sh", "curl", "wget", "nc"],
}


def run(
    program: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    command: list[str] | None = None,
    memory_limit: int | None = None,
    around: Surroundings | None = None,
    **changes: Any,
) -> ContainerRun:
    return ContainerRun(
        {**(program or APP), **changes},
        environment=environment or {},
        command=command,
        memory_limit=memory_limit,
        surroundings=around or Surroundings(),
    )


# --- listening and answering ---------------------------------------------------------------------


def test_nothing_listens_before_its_time() -> None:
    app = run()
    assert app.answer(8080, "/", 2_999).kind == "refused"
    assert app.answer(8080, "/", 3_000).status == 200
    assert app.answer(9090, "/", 3_000).kind == "refused"
    assert list(app.changes()) == [3_000]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/?a=1", 200), ("/api/x", 201), ("/api", 201), ("/api/admin/x", 403), ("/apix", 404)],
)
def test_routes(path: str, status: int) -> None:
    assert run().answer(8080, path, 5_000).status == status


def test_loopback_alone() -> None:
    app = run(listen=[{"port": 8080, "after": 0, "on": "127.0.0.1"}])
    assert app.answer(8080, "/", 0).kind == "refused"
    assert app.answer(8080, "/", 0, loopback=True).status == 200


def test_a_hanging_route_accepts_and_never_answers() -> None:
    assert run().answer(8080, "/hang", 5_000).kind == "timeout"


@pytest.mark.parametrize(("environment", "port"), [({}, 8080), ({"PORT": "9000"}, 9000)])
def test_the_port_may_come_from_the_environment(environment: dict[str, str], port: int) -> None:
    app = run(listen=[{"port": "${PORT:-8080}"}], environment=environment)
    assert app.answer(port, "/", 0).status == 200


def test_a_body_may_show_the_environment() -> None:
    app = run(routes={"/": {"body": "v${VERSION}"}}, environment={"VERSION": "2"})
    assert app.answer(8080, "/", 5_000).body == "v2"


def test_a_request_under_way_when_it_crashes_is_reset() -> None:
    app = run(exit={"after": 10_000, "code": 1})
    assert app.answer(8080, "/", 9_970).kind == "status"
    assert app.answer(8080, "/", 9_990).kind == "reset"
    assert app.answer(8080, "/", 10_000).kind == "refused"


# --- ending --------------------------------------------------------------------------------------


def test_memory_above_the_limit_kills() -> None:
    assert run(memory=120, memory_limit=128).ending() is None
    assert run(memory=120, memory_limit=None).ending() is None
    ending = run(memory=129, memory_limit=128).ending()
    assert ending is not None
    assert ending.code == 137
    assert ending.reason == "OutOfMemoryError: Container killed due to memory usage"


@pytest.mark.parametrize(
    ("command", "ending"),
    [
        (["sh", "-c", "exit 3"], Ending(0, 3)),
        (["sh", "-c", "echo hi; sleep 5; exit 1"], Ending(5_000, 1)),
        (["/bin/sh", "-c", "sleep 2 && true"], Ending(2_000, 0)),
        (["sleep", "60"], Ending(60_000, 0)),
        (["false"], Ending(0, 1)),
        (["node", "server.js"], None),
    ],
)
def test_a_command_that_ends_by_itself(command: list[str], ending: Ending | None) -> None:
    app = run(command=command)
    assert app.ending() == ending
    assert (app.answer(8080, "/", 3_000).kind == "refused") is (ending is not None)


SIGTERM = [
    (None, (0, 143), "refused"),
    ({"handles": False}, (0, 143), "refused"),
    ({"handles": True, "takes": 2_000, "drains": True}, (2_000, 0), "status"),
    ({"handles": True, "takes": 2_000}, (2_000, 0), "refused"),
    ({"ignores": True}, (None, 137), "status"),
]


@pytest.mark.parametrize(("sigterm", "stop", "then"), SIGTERM)
def test_sigterm(sigterm: Any, stop: Any, then: str) -> None:
    app = run(sigterm=sigterm)
    assert app.stop() == stop
    assert app.answer(8080, "/", 9_999, stopping=10_000).kind == "status"
    assert app.answer(8080, "/", 10_500, stopping=10_000).kind == then


# --- needs ---------------------------------------------------------------------------------------

DENIED = (
    "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/none/task is not authorized to "
    "perform: s3:GetObject on resource: * because no identity-based policy allows the s3:GetObject action"
)
NEEDS = [
    ({"env": ["NODE_ENV"]}, "Error: required environment variable NODE_ENV is not set"),
    ({"secrets": ["DB_PASSWORD"]}, "Error: secret DB_PASSWORD is not set in the environment"),
    ({"reach": [{"host": "db.internal", "port": 5432}]}, "Error: connect ETIMEDOUT db.internal:5432"),
    (
        {"allow": [{"action": "s3:GetObject", "resource": "*"}]},
        DENIED,
    ),
]


def no_policy(action: str, resource: str) -> str:
    return f"because no identity-based policy allows the {action} action"


NOWHERE = Surroundings(reaches=lambda host, port: False, refusal=no_policy)


@pytest.mark.parametrize(("needs", "line"), NEEDS)
def test_a_missing_need_ends_the_application(needs: Any, line: str) -> None:
    app = run(needs=needs, around=NOWHERE)
    ending = app.ending()
    assert ending is not None
    assert ending.code == 1
    assert [text for _, text in app.lines(0, 60_000)] == [line]
    assert app.answer(8080, "/", 3_000).kind == "refused"


def test_needs_that_are_met() -> None:
    needs = {key: value for need, _ in NEEDS for key, value in need.items()}
    around = Surroundings(secrets={"DB_PASSWORD": "x"})
    assert run(needs=needs, environment={"NODE_ENV": "production"}, around=around).ending() is None


def test_a_need_that_is_not_fatal_is_complained_about() -> None:
    needs = {"reach": [{"host": "cache.internal", "port": 6379, "fatal": False}]}
    app = run(needs=needs, around=NOWHERE)
    assert app.ending() is None
    assert [text for _, text in app.lines(0, 60_000)] == ["Error: connect ETIMEDOUT cache.internal:6379"]
    assert app.answer(8080, "/", 3_000).status == 200


# --- logs ----------------------------------------------------------------------------------------


def test_lines_come_at_their_times() -> None:
    app = run(logs=[{"at": 0, "line": "starting"}, {"every": 60_000, "line": "tick"}])
    assert app.lines(0, 1) == [(0, "starting")]
    assert app.lines(0, 120_001) == [(0, "starting"), (60_000, "tick"), (120_000, "tick")]
    assert app.lines(60_001, 120_000) == []


@pytest.mark.parametrize("cut", [0, 1, 59_999, 60_000, 60_001, 200_000])
def test_lines_are_the_same_however_time_is_cut(cut: int) -> None:
    app = run(logs=[{"at": 5, "line": "a"}, {"every": 60_000, "line": "b"}, {"at": 60_000, "line": "c"}])
    whole = list(app.lines(0, 300_000))
    assert sorted([*app.lines(0, cut), *app.lines(cut, 300_000)]) == sorted(whole)


def test_a_dead_application_logs_no_more() -> None:
    app = run(logs=[{"every": 1_000, "line": "tick"}], exit={"after": 2_500, "code": 0})
    assert [at for at, _ in app.lines(0, 10_000)] == [1_000, 2_000]


# --- health commands -----------------------------------------------------------------------------

SHELL = "CMD-SHELL"
URL = "http://localhost:8080"
COMMANDS = [
    ([SHELL, f"curl -f {URL}/health || exit 1"], True),
    ([SHELL, f"curl -f {URL}/nothing || exit 1"], False),
    ([SHELL, f"curl {URL}/nothing || exit 1"], True),
    ([SHELL, f"curl -sf -o /dev/null {URL}/health > /dev/null 2>&1 || exit 1"], True),
    ([SHELL, f"curl --fail --silent --max-time 2 {URL}/health"], True),
    ([SHELL, "curl -f http://127.0.0.1:8080/health || exit 1"], True),
    ([SHELL, "curl -f localhost:8080/health || exit 1"], True),
    ([SHELL, "curl -f http://localhost/health || exit 1"], False),
    ([SHELL, "curl -f http://localhost:9090/health || exit 1"], False),
    ([SHELL, f"curl -f {URL}/hang || exit 1"], False),
    ([SHELL, f"curl -f -m 3 {URL}/hang || exit 0"], True),
    ([SHELL, f"curl -f {URL}/nothing; true"], True),
    ([SHELL, f"curl -f {URL}/health && curl -f {URL}/nothing"], False),
    ([SHELL, f"curl -f {URL}/health | grep ok"], True),
    ([SHELL, f"wget -q --spider {URL}/health || exit 1"], True),
    ([SHELL, f"wget --no-verbose --tries=1 --spider {URL}/nothing || exit 1"], False),
    ([SHELL, f"wget -qO- {URL}/health"], True),
    ([SHELL, "nc -z localhost 8080"], True),
    ([SHELL, "nc -z localhost 9090"], False),
    ([SHELL, "exit 0"], True),
    ([SHELL, "exit 1"], False),
    ([SHELL, "true"], True),
    ([SHELL, "pg_isready -U app"], True),
    (["CMD", "curl", "-f", f"{URL}/health"], True),
    (["CMD", "curl", "-f", f"{URL}/nothing"], False),
    (["CMD", "/usr/bin/curl", "-f", f"{URL}/health"], True),
    (["CMD", "sh", "-c", f"curl -f {URL}/health || exit 1"], True),
    # Registration takes any words; what is wrong with them shows when the check runs (Docker Engine API,
    # HealthConfig): nothing to execute, `sh -c` without an argument, a shell that gets its first one only, a
    # program of that very name. Without CMD the words are executed, as in AWS's template for OpenTelemetry.
    (["CMD"], False),
    ([SHELL], False),
    ([SHELL, "curl", "-f", f"{URL}/health"], False),
    ([f"curl -f {URL}/health || exit 1"], False),
    (["/healthcheck"], True),
]


@pytest.mark.parametrize(("command", "healthy"), COMMANDS)
def test_health_commands(command: list[str], healthy: bool) -> None:
    assert run().healthy(command, 5_000) is healthy


def test_a_health_command_sees_the_loopback_address() -> None:
    app = run(listen=[{"port": 8080, "on": "127.0.0.1"}])
    assert app.healthy([SHELL, f"curl -f {URL}/health"], 0)


@pytest.mark.parametrize("tools", [["sh"], ["sh", "wget"]])
def test_a_tool_that_the_image_lacks_fails(tools: list[str]) -> None:
    assert not run(tools=tools).healthy([SHELL, f"curl -f {URL}/health || exit 1"], 5_000)
    assert not run(tools=tools).healthy(["CMD", "curl", "-f", f"{URL}/health"], 5_000)


def test_an_image_without_any_tool_has_no_shell() -> None:
    assert not run(tools=[]).healthy([SHELL, "exit 0"], 5_000)


def test_other_commands_have_the_result_that_the_image_declares() -> None:
    assert not run(health_command=False).healthy([SHELL, "pg_isready"], 5_000)
    assert not run().healthy([SHELL, f"curl -f {URL}/health"], 100), "it does not listen yet"


def test_cpu_grows_with_requests() -> None:
    app = run(cpu=64, cpu_per_request=2)
    assert app.cpu(0) == 64
    assert app.cpu(50) == 164
