"""The app in a browser: textual-serve, one process a visitor, behind our own door.

textual-serve itself asks nobody for anything. Every request passes `Door` first: its Host header, then the
session cookie that the secret gives, and for the WebSocket that carries keys to a shell, its Origin too.
"""

import asyncio
import os
import shlex
import socket
import sys
from importlib.resources import files
from string import Template

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from textual_serve.server import Server as TextualServer

from ecslab.terms.problems import Exit, Problem
from ecslab.web.door import LOOPBACK, Door

COMMAND = shlex.join([sys.executable, "-m", "ecslab.cli"])
GUESS = 1.0
"""Real seconds that a wrong password costs; guesses wait for one another."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def listen(host: str, port: int) -> socket.socket:
    """A socket for the server; port 0 takes a free one.

    Raises:
        Problem: the port is in use, or the address is not one of this machine.
    """
    try:
        return socket.create_server(
            (host.strip("[]"), port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except (OSError, OverflowError) as error:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise Problem(
            f"cannot serve on {host}:{port} ({why.lower()})",
            "name another with --port",
            status=Exit.ENVIRONMENT,
        ) from error


class Server(TextualServer):
    """Serves the app on a socket that listens already.

    Args:
        listening: from `listen`.
        door: who may come in.
        asks: whether visitors are asked for a password; otherwise the printed address holds the token.
        visitors: how many may use the app at the same time, each a process of about 80 MB.
        command: what runs for each visitor.
    """

    def __init__(
        self, listening: socket.socket, door: Door, *, asks: bool, visitors: int, command: str = COMMAND
    ) -> None:
        super().__init__(command, host=door.names[0], port=door.port, title="ecslab")
        self._listening = listening
        self._door = door
        self._asks = asks
        self._visitors = visitors
        self._inside = 0
        self._guesses = asyncio.Lock()

    @property
    def address(self) -> str:
        """What a person opens in the browser."""
        base = f"http://{self._door.names[0]}:{self._door.port}/"
        return base if self._asks else f"{base}?token={self._door.secret}"

    def serve(self, debug: bool = False) -> None:
        """Serves until Ctrl-C."""
        web.run_app(self._make_app(), sock=self._listening, print=None, access_log=None, shutdown_timeout=2)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guarded())
        app.router.add_post("/enter", self._enter)
        app.router.add_get("/look.css", _look)
        return app

    async def on_startup(self, app: web.Application) -> None:
        print(f"ecslab is at {self.address}\nCtrl-C ends it; what you did is kept.", flush=True)

    def _guarded(self) -> Middleware:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            response = await self._answer(request, handler)
            if not response.prepared:
                response.headers.update(HEADERS)
            return response

        return guard

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        door = self._door
        if not door.knows(request.headers.get("Host")):
            return web.Response(status=403, text="This ecslab is not served under that name.\n")
        token = request.query.get("token")
        if token is not None and request.path == "/" and not self._asks:
            return await self._let_in(token)
        if request.path == "/enter":
            if not door.same_origin(request.headers.get("Origin"), request.headers.get("Host")):
                return web.Response(status=403, text="This form is not ours.\n")
            return await handler(request)
        if not door.admitted(request.cookies.get(door.cookie)):
            return self._outside()
        if request.path == "/ws" and not door.same_origin(
            request.headers.get("Origin"), request.headers.get("Host")
        ):
            return web.Response(status=403, text="Only ecslab's own page may connect.\n")
        return await handler(request)

    def _outside(self, said: str = "") -> web.Response:
        if not self._asks:
            todo = "Open the whole address that `ecslab serve` printed; it holds a token."
            return web.Response(status=401, text=f"{todo}\n")
        return web.Response(
            status=401, text=_page("enter.html").substitute(said=said), content_type="text/html"
        )

    async def _enter(self, request: web.Request) -> web.Response:
        form = await request.post()
        return await self._let_in(str(form.get("password", "")))

    async def _let_in(self, secret: str) -> web.Response:
        session = self._door.admit(secret)
        if session is None:
            async with self._guesses:
                await asyncio.sleep(GUESS)
            return self._outside("That is not the password.")
        home = web.Response(status=303, headers={"Location": "/"})
        home.set_cookie(self._door.cookie, session, httponly=True, samesite="Strict")
        return home

    async def handle_index(self, request: web.Request) -> web.Response:
        """The page that holds the terminal."""
        text = _page("index.html").substitute(socket=f"ws://{request.headers['Host']}/ws")
        return web.Response(text=text, content_type="text/html")

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """One visitor, from connecting to leaving."""
        if self._inside >= self._visitors:
            raise web.HTTPServiceUnavailable(text="Everybody who fits is in already.\n")
        self._inside += 1
        try:
            return await super().handle_websocket(request)
        finally:
            self._inside -= 1


def local(host: str) -> bool:
    """Whether only programs on this machine can reach an address."""
    return host in LOOPBACK or host == "::1"


async def _look(request: web.Request) -> web.Response:
    return web.Response(text=_page("look.css").template, content_type="text/css")


def _page(name: str) -> Template:
    return Template(files("ecslab.web").joinpath(name).read_text())
