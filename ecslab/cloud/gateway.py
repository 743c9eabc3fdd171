"""Who may ask what: sorts an HTTP request to the control routes, a load balancer or the AWS API.

The Host header must be loopback or a load balancer of this world; AWS requests must carry a key that
this world issued. It opens no socket.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from ecslab.cloud.control import Control
from ecslab.cloud.engine import Call, Engine, is_waiter
from ecslab.cloud.seam import operations, template
from ecslab.cloud.seam.dispatch import HttpAnswer

CONTROL = "/_ecslab"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
MOTO_ROUTES = ("/moto-api", "/latest/meta-data", "/latest/api", "/favicon.ico")


@dataclass(frozen=True)
class Origin:
    """Where a request was sent to."""

    host: str
    port: int


class Gateway:
    def __init__(self, engine: Engine, control: Control, *, any_key: bool, port: int) -> None:
        self.engine = engine
        self.control = control
        self.any_key = any_key
        self.port = port

    def answer(self, call: Call, connection: str) -> HttpAnswer:
        """The answer to one request; `connection` names the TCP connection it came over."""
        origin, path = self._origin(call)
        if origin is None:
            return text(400, "the request has no valid Host header")
        if origin.host not in LOOPBACK:
            return self._balancer(Call(call.method, path, call.headers, call.body), origin)
        plain = Call(call.method, path, call.headers, call.body)
        if path == CONTROL or path.startswith((f"{CONTROL}/", f"{CONTROL}?")):
            return self.control.answer(plain, path.removeprefix(CONTROL))
        if path.startswith(MOTO_ROUTES):
            return self._moto_route(plain)
        return self._aws(plain, connection)

    def is_local(self, call: Call) -> bool:
        """Whether the client addressed the sandbox itself, not a load balancer or another host."""
        origin, _ = self._origin(call)
        return origin is not None and origin.host in LOOPBACK

    def connect(self, target: str) -> HttpAnswer | Origin:
        """A proxy's CONNECT: the HTTPS listener of a load balancer, or a refusal. Nothing outside this
        world is reachable."""
        host, _, port = target.rpartition(":")
        elb = self.engine.world.elb
        self.engine.now()
        balancer = elb.balancer_at(host)
        if balancer is None:
            return text(403, f"ecslab: {host} is outside this sandbox and is not reachable from it")
        origin = Origin(host.lower(), int(port) if port.isdigit() else 443)
        protocol = elb.protocol_at(balancer, origin.port)
        if protocol == "HTTPS":
            return origin
        if protocol is None:
            return text(502, f"ecslab: {host} has no listener on port {port} (connection refused)")
        return text(502, f"ecslab: the listener of {host} on port {port} speaks {protocol}, not HTTPS")

    def tunnelled(self, call: Call, origin: Origin) -> HttpAnswer:
        """The answer to a request that came in TLS, through a tunnel to `origin`."""
        return self._balancer(call, origin, secure=True)

    def _origin(self, call: Call) -> tuple[Origin | None, str]:
        """The host that the client meant and the path on it: a proxy client sends the whole URL."""
        path = call.path
        authority = call.headers.get("host", "")
        default = self.port
        if "://" in path.split("?", 1)[0]:
            parts = urlsplit(path)
            authority, default = parts.netloc, 80
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            parsed = urlsplit(f"//{authority}")
            host, port = parsed.hostname, parsed.port
        except ValueError:
            return None, path
        if not host:
            return None, path
        if port is None:
            port = default if host in LOOPBACK else 80
        return Origin(host.rstrip("."), port), path

    def _balancer(self, call: Call, origin: Origin, *, secure: bool = False) -> HttpAnswer:
        balancer = self.engine.world.elb.balancer_at(origin.host)
        if balancer is None:
            return text(403, f"ecslab: {origin.host} is outside this sandbox and is not reachable from it")
        answer = self.engine.browse(call, balancer, origin.port, secure=secure)
        if answer is None:
            return text(
                502, f"ecslab: {origin.host} has no listener on port {origin.port} (connection refused)"
            )
        return HttpAnswer(answer.status, answer.headers, answer.body)

    def _moto_route(self, call: Call) -> HttpAnswer:
        if call.path.split("?")[0] == "/moto-api/reset" and call.method == "POST":
            self.engine.reset()
            return HttpAnswer(200, (("content-type", "application/json"),), b'{"status": "ok"}')
        return text(404, "of moto's own routes only POST /moto-api/reset exists here")

    def _aws(self, call: Call, connection: str) -> HttpAnswer:
        operation = operations.identify(call.method, call.path, dict(call.headers), call.body)
        refusal = self._refusal(operation)
        if refusal is not None:
            return refusal
        if is_waiter(call.headers.get("user-agent", "")):
            self.engine.waiter_polled(connection, operation, call.body)
        return self.engine.request(call, operation)

    def _refusal(self, operation: operations.Operation) -> HttpAnswer | None:
        if not operation.access_key:
            code, message, status = "MissingAuthenticationToken", "Missing Authentication Token", 403
        elif not self.any_key and not template.known_access_key(self.engine.world, operation.access_key):
            code = (
                "InvalidClientTokenId"
                if operation.service in ("sts", "iam", "ec2")
                else "UnrecognizedClientException"
            )
            message, status = "The security token included in the request is invalid.", 403
        elif not operation.name:
            code, message, status = "UnknownOperationException", "ecslab does not know this operation", 400
        else:
            return None
        status, headers, body = operations.error_answer(operation, code, message, status)
        return HttpAnswer(status, tuple(headers.items()), body)


def text(status: int, line: str) -> HttpAnswer:
    return HttpAnswer(status, (("content-type", "text/plain; charset=utf-8"),), f"{line}\n".encode())
