"""Which rule of a listener a request meets, and the answers that a load balancer makes itself.

Pure: a request and a listener in, an action or a finished answer out. It knows no target.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import parse_qsl, urlsplit

from ecslab.cloud.iam_policy import like
from ecslab.cloud.ports.api import JSON
from ecslab.cloud.seam.elbv2 import ListenerView, RuleView

PHRASES = {
    301: "Moved Permanently",
    302: "Found",
    400: "Bad Request",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}
SERVER = ("Server", "awselb/2.0")


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    """Path and query as sent."""
    headers: Mapping[str, str]
    """Names in lower case."""
    port: int
    source: str
    secure: bool = False

    @property
    def path(self) -> str:
        return urlsplit(self.target).path or "/"

    @property
    def query(self) -> str:
        return urlsplit(self.target).query

    @property
    def host(self) -> str:
        return self.headers.get("host", "").rpartition("@")[2].partition(":")[0].lower()


def page(status: int, *notes: str) -> bytes:
    """The HTML page an ALB makes for a status of its own."""
    title = f"{status} {PHRASES[status]}"
    lines = [
        "<html>",
        f"<head><title>{title}</title></head>",
        "<body>",
        f"<center><h1>{title}</h1></center>",
        *(f"<center>{note}</center>" for note in notes),
        "</body>",
        "</html>",
        "",
    ]
    return "\r\n".join(lines).encode()


def _values(condition: JSON, config: str) -> list[str]:
    return list((condition.get(config) or {}).get("Values") or condition.get("Values") or [])


def _within(source: str, networks: list[str]) -> bool:
    try:
        return any(ip_address(source) in ip_network(network, strict=False) for network in networks)
    except ValueError:
        return False


def _query_matches(condition: JSON, query: str) -> bool:
    pairs = parse_qsl(query, keep_blank_values=True)
    for wanted in (condition.get("QueryStringConfig") or {}).get("Values") or []:
        key, value = wanted.get("Key"), str(wanted.get("Value", ""))
        for name, held in pairs:
            if (key is None or like(str(key), name, ignore_case=True)) and like(
                value, held, ignore_case=True
            ):
                return True
    return False


def _condition_holds(condition: JSON, request: Request) -> bool:
    field = condition.get("Field")
    if field == "host-header":
        patterns = _values(condition, "HostHeaderConfig")
        return any(like(p, request.host, ignore_case=True) for p in patterns)
    if field == "path-pattern":
        return any(like(p, request.path) for p in _values(condition, "PathPatternConfig"))
    if field == "http-request-method":
        return request.method in _values(condition, "HttpRequestMethodConfig")
    if field == "source-ip":
        return _within(request.source, _values(condition, "SourceIpConfig"))
    if field == "query-string":
        return _query_matches(condition, request.query)
    if field == "http-header":
        config = condition.get("HttpHeaderConfig") or {}
        held = request.headers.get(str(config.get("HttpHeaderName", "")).lower())
        return held is not None and any(like(p, held, ignore_case=True) for p in config.get("Values") or [])
    return False


def rule_for(listener: ListenerView, request: Request) -> RuleView:
    """The first rule whose conditions all hold; the default rule has none."""
    for rule in listener.rules:
        if all(_condition_holds(condition, request) for condition in rule.conditions):
            return rule
    return listener.rules[-1]


def final_action(rule: RuleView) -> JSON:
    """What is done in the end: `forward`, `redirect` or `fixed-response` (authentication is taken for granted)."""
    for action in sorted(rule.actions, key=lambda action: int(action.get("Order") or 0)):
        if action.get("Type") in ("forward", "redirect", "fixed-response"):
            return action
    return {}


@dataclass(frozen=True)
class Made:
    """An answer that the load balancer makes itself."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def error(status: int, *notes: str) -> Made:
    return Made(status, (SERVER, ("Content-Type", "text/html")), page(status, *notes))


def unconnected(status: int = 502) -> Made:
    """What stands for a connection through a Network Load Balancer that is reset (502) or times out (504).

    It passes bytes on and makes no HTTP of its own: this is the sandbox's proxy speaking.
    """
    what = "timed out" if status == 504 else "was reset"
    line = f"ecslab: the connection to the target {what}\n"
    return Made(status, (("Content-Type", "text/plain; charset=utf-8"),), line.encode())


def fixed(action: JSON) -> Made:
    config = action.get("FixedResponseConfig") or {}
    kind = config.get("ContentType") or "text/plain"
    body = str(config.get("MessageBody") or "").encode()
    return Made(
        int(config.get("StatusCode", 503)), (SERVER, ("Content-Type", f"{kind}; charset=utf-8")), body
    )


_PLACEHOLDER = re.compile(r"#\{(protocol|host|port|path|query)\}")


def redirect(action: JSON, listener: ListenerView, request: Request) -> Made:
    config = action.get("RedirectConfig") or {}
    now = {
        "protocol": listener.protocol.lower(),
        "host": request.host,
        "port": str(request.port),
        "path": request.path.removeprefix("/"),
        "query": request.query,
    }

    def filled(key: str, default: str) -> str:
        text = str(config.get(key) or default)
        return _PLACEHOLDER.sub(lambda match: now[match[1]], text)

    protocol = filled("Protocol", "#{protocol}").lower()
    path = filled("Path", "/#{path}")
    query = filled("Query", "#{query}")
    host, port = filled("Host", "#{host}"), filled("Port", "#{port}")
    location = f"{protocol}://{host}:{port}{path if path.startswith('/') else '/' + path}"
    location += f"?{query}" if query else ""
    status = 301 if "301" in str(config.get("StatusCode", "HTTP_302")) else 302
    headers = (SERVER, ("Content-Type", "text/html"), ("Location", location))
    return Made(status, headers, page(status))


_SHORT = {
    "host-header": ("host", "HostHeaderConfig"),
    "path-pattern": ("path", "PathPatternConfig"),
    "http-request-method": ("method", "HttpRequestMethodConfig"),
    "source-ip": ("source", "SourceIpConfig"),
}


def describe_conditions(rule: RuleView) -> str:
    """`path /api/*`, for the screen."""
    parts = []
    for condition in rule.conditions:
        field = str(condition.get("Field"))
        if field in _SHORT:
            word, config = _SHORT[field]
            parts.append(f"{word} {', '.join(_values(condition, config))}")
        else:
            parts.append(field)
    return " and ".join(parts) or "default"
