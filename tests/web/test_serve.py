"""`ecslab serve` as a process: who gets the page, who may open the WebSocket, what is refused at the start."""

import asyncio
import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest

from ecslab.web.server import GUESS

SERVE = [sys.executable, "-m", "ecslab.cli", "serve", "--port", "0"]


class Served:
    """A server, and what one asks it by hand."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"ecslab is at http://127\.0\.0\.1:(\d+)/(?:\?token=(\S+))?\n", line)
        assert found, line
        self.port, self.token = int(found[1]), found[2]
        self.host = f"127.0.0.1:{self.port}"
        self.process = process

    def ask(self, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        return self._ask("GET", path, None, headers)

    def enter(self, password: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.host}"}
        return self._ask("POST", "/enter", urlencode({"password": password}), form | headers)

    def session(self) -> str:
        status, _, headers = self.ask(f"/?token={self.token}")
        assert (status, headers["Location"]) == (303, "/")
        assert "HttpOnly" in headers["Set-Cookie"] and "SameSite=Strict" in headers["Set-Cookie"]
        return headers["Set-Cookie"].split(";")[0]

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, str, dict[str, str]]:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            asked.request(method, path, body, {"Host": self.host} | headers)
            answer = asked.getresponse()
            return answer.status, answer.read().decode(), dict(answer.headers)
        finally:
            asked.close()


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "ECSLAB_PASSWORD"}
    return {**kept, "ECSLAB_HOME": str(home), **more}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    env = environment(tmp_path_factory.mktemp("home"))
    with subprocess.Popen(SERVE, env=env, stdout=subprocess.PIPE, text=True) as process:
        yield Served(process)
        process.terminate()


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Served as for others, with a password; `--public` names another address of the loopback network."""
    env = environment(tmp_path_factory.mktemp("home"), ECSLAB_PASSWORD="right and long")
    command = [*SERVE, "--public", "0.0.0.0", "--name", "127.0.0.1"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        yield Served(process)
        process.terminate()


def test_without_the_token_nothing_is_shown(served: Served) -> None:
    for path in ("/", "/?token=wrong", "/static/js/textual.js", "/ws", "/download/x"):
        status, text, _ = served.ask(path)
        assert (status, "textual-terminal" in text) == (401, False), path


def test_the_printed_address_opens_the_page(served: Served) -> None:
    status, text, headers = served.ask("/", Cookie=served.session())
    assert status == 200
    assert f'"ws://{served.host}/ws"' in text
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "http" not in text.replace(f"ws://{served.host}", "").replace("http-equiv", "")


def test_another_name_for_this_machine_is_refused_even_with_the_token(served: Served) -> None:
    status, _, _ = served.ask(f"/?token={served.token}", Host=f"evil.example:{served.port}")
    assert status == 403


async def _connect(served: Served, origin: str, cookie: str) -> str:
    """What the first bytes of a WebSocket are, or the status with which it is refused."""
    headers = {"Cookie": cookie, "Origin": origin}
    async with aiohttp.ClientSession(headers=headers) as client:
        try:
            async with client.ws_connect(f"http://{served.host}/ws?width=80&height=24") as channel:
                return "bytes" if await channel.receive_bytes() else "nothing"
        except aiohttp.WSServerHandshakeError as error:
            return str(error.status)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost.evil.example"])
def test_a_page_of_another_origin_gets_no_terminal(served: Served, origin: str) -> None:
    assert asyncio.run(_connect(served, origin, served.session())) == "403"


def test_our_own_page_gets_one(served: Served) -> None:
    assert asyncio.run(_connect(served, f"http://{served.host}", served.session())) == "bytes"


def test_with_a_password_the_address_holds_no_token_and_the_password_opens(public: Served) -> None:
    assert public.token is None
    status, text, _ = public.ask("/")
    assert (status, "<form" in text) == (401, True)
    status, text, _ = public.enter("wrong and long")
    assert (status, "That is not the password." in text) == (401, True)
    status, _, headers = public.enter("right and long")
    assert status == 303
    assert public.ask("/", Cookie=headers["Set-Cookie"].split(";")[0])[0] == 200


def test_a_form_of_another_page_does_not_even_try(public: Served) -> None:
    assert public.enter("right and long", Origin="http://evil.example")[0] == 403


def test_a_wrong_password_costs_time(public: Served) -> None:
    before = os.times().elapsed
    public.enter("wrong and long")
    assert os.times().elapsed - before >= GUESS


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--public", "0.0.0.0", "--name", "lab"], "there is no password; set ECSLAB_PASSWORD"),
        (["--public", "0.0.0.0"], "say with --name under which one browsers ask"),
        (["--name", "lab"], "--name goes with --public"),
        (["--visitors", "0"], "--visitors 0 lets nobody in"),
        (["--port", "70000"], "cannot serve on 127.0.0.1:70000"),
    ],
)
def test_what_cannot_be_served_is_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = subprocess.run(
        [*SERVE, *arguments], env=environment(tmp_path), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode in (2, 3)
    assert said in done.stderr and done.stderr.count("\n") == 1


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*SERVE, "--port", port], env=environment(tmp_path), capture_output=True, text=True, check=False
        )
    assert done.returncode == 3
    assert done.stderr == (
        f"ecslab: cannot serve on 127.0.0.1:{port} (address already in use); name another with --port\n"
    )


def test_a_short_password_is_refused(tmp_path: Path) -> None:
    env = environment(tmp_path, ECSLAB_PASSWORD="short")
    command = [*SERVE, "--public", "0.0.0.0", "--name", "lab"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, "8 characters" in done.stderr) == (2, True)
