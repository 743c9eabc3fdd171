"""Who is let in to the app in a browser."""

import pytest

from ecslab.web.door import SESSIONS, Door


@pytest.fixture
def door() -> Door:
    return Door("the secret", 8422)


@pytest.mark.parametrize("host", ["127.0.0.1:8422", "localhost:8422", "[::1]:8422"])
def test_it_answers_to_the_names_of_this_machine_alone(door: Door, host: str) -> None:
    assert door.knows(host)
    assert not door.knows(host.replace("8422", "8423"))


@pytest.mark.parametrize("host", [None, "", "evil.example:8422", "127.0.0.1", "127.0.0.1.evil.example:8422"])
def test_a_name_made_to_resolve_here_is_refused(door: Door, host: str | None) -> None:
    assert not door.knows(host)


def test_the_usual_port_need_not_be_named() -> None:
    assert Door("s", 80, ("lab.example.org",)).knows("lab.example.org")


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://127.0.0.1:9000", "file://127.0.0.1:8422"]
)
def test_a_page_of_another_origin_may_not_connect(door: Door, origin: str | None) -> None:
    assert door.same_origin("http://127.0.0.1:8422", "127.0.0.1:8422")
    assert not door.same_origin(origin, "127.0.0.1:8422")


def test_only_the_secret_opens(door: Door) -> None:
    assert door.admit("another secret") is None
    assert door.admit("") is None
    session = door.admit("the secret")
    assert door.admitted(session)
    assert not door.admitted(None)
    assert not door.admitted("made up")


def test_the_oldest_session_is_forgotten_first(door: Door) -> None:
    first = door.admit("the secret")
    second = door.admit("the secret")
    for _ in range(SESSIONS - 1):
        door.admit("the secret")
    assert not door.admitted(first)
    assert door.admitted(second)
