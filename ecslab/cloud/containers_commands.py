"""The exit status of a container's healthCheck command: a few lines of shell, read rather than run.

It understands what health checks are made of: `curl`, `wget`, `nc -z`, `exit N`, `true`, `false`,
`echo`, joined by `||`, `&&` and `;`. Any other command has the result that the image declares.
It never runs anything and knows no container: requests go through the callback it is given.
"""

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ecslab.cloud.ports.images import Answer

Fetch = Callable[[int, str, str, bool], Answer]
"""(port, path, method, loopback) -> what the request gives."""

NOT_FOUND = 127
LONGEST_WAIT = 60_000
"""The longest `timeout` a healthCheck may have: nothing waits longer."""

_LOOPBACK = {"localhost", "127.0.0.1", "0.0.0.0", "::1", "ip6-localhost"}
_REDIRECTION = re.compile(r"\s*(?:\d|&)?>{1,2}\s*(?:&\d|\S+)")
_JOINT = re.compile(r"\s*(\|\||&&|;|\|)\s*")
_CURL_VALUES = {
    "-m", "--max-time", "--connect-timeout", "-o", "--output", "-H", "--header", "-A", "--user-agent", "-X",
    "--request", "-d", "--data", "-u", "--user", "--retry", "--retry-delay", "--retry-max-time", "-w",
    "--write-out", "--url", "--max-redirs", "-e", "--referer",
}  # fmt: skip
_WGET_VALUES = {
    "-O", "--output-document", "-T", "--timeout", "-t", "--tries", "--header", "-U", "--user-agent", "-o",
    "--output-file", "--waitretry", "-Y", "--proxy", "-P",
}  # fmt: skip


@dataclass(frozen=True)
class Toolbox:
    """What the image has and can be asked."""

    tools: frozenset[str]
    shell: bool
    declared: bool
    """The result of commands that are not understood."""
    fetch: Fetch
    substitute: Callable[[str], str]


def status_of(command: Sequence[str], box: Toolbox) -> int:
    """Exit status of a healthCheck command as ECS writes it (`CMD` or `CMD-SHELL` first).

    Registration accepts any words; what is missing shows when the check runs: `CMD` alone has nothing to execute,
    `CMD-SHELL` alone makes `sh -c` fail for want of an argument. Without either word it is executed as it stands:
    AWS's own template for the OpenTelemetry collector on Fargate has `["/healthcheck"]` (aws-cdk#34389).
    """
    kind, words = command[0], list(command[1:])
    if kind == "CMD-SHELL":
        if not box.shell:
            return NOT_FOUND
        return _shell(box.substitute(words[0]), box) if words else 2
    direct = words if kind == "CMD" else list(command)
    if not direct or " " in direct[0]:
        return NOT_FOUND
    return _simple([box.substitute(word) for word in direct], box)


def _shell(text: str, box: Toolbox) -> int:
    text = _REDIRECTION.sub("", text.strip())
    parts = _JOINT.split(text)
    status, joint = 0, ";"
    for index in range(0, len(parts), 2):
        skip = (joint == "||" and status == 0) or (joint == "&&" and status != 0)
        if not skip and parts[index]:
            try:
                words = shlex.split(parts[index])
            except ValueError:
                return 2
            if words and words[0] == "exit":
                return _number(words[1]) if len(words) > 1 else status
            piped = joint == "|"
            result = _simple(words, box)
            status = status if piped and result == 0 else result
        joint = parts[index + 1] if index + 1 < len(parts) else ";"
    return status


def _number(text: str) -> int:
    return int(text) & 0xFF if text.lstrip("-").isdigit() else 2


def _simple(words: list[str], box: Toolbox) -> int:
    if not words:
        return 0
    name = words[0].rpartition("/")[2]
    if name in ("true", ":", "echo", "printf"):
        return 0
    if name == "false":
        return 1
    if name in ("sh", "bash", "ash") and "-c" in words and words.index("-c") + 1 < len(words):
        return _shell(words[words.index("-c") + 1], box) if box.shell else NOT_FOUND
    known = {"curl": _curl, "wget": _wget, "nc": _netcat}.get(name)
    if known is None:
        return 0 if box.declared else 1
    return known(words[1:], box) if name in box.tools else NOT_FOUND


def _options(words: list[str], with_values: set[str], letters: str) -> tuple[dict[str, str], list[str]]:
    """Options (bundled short ones taken apart) and the rest; `letters` are short ones with a value."""
    found: dict[str, str] = {}
    rest: list[str] = []
    queue = list(words)
    while queue:
        word = queue.pop(0)
        if word.startswith("--"):
            name, _, value = word.partition("=")
            found[name] = value or (queue.pop(0) if name in with_values and "=" not in word and queue else "")
        elif word.startswith("-") and len(word) > 1:
            for place, letter in enumerate(word[1:], 2):
                if letter in letters:
                    found["-" + letter] = word[place:] or (queue.pop(0) if queue else "")
                    break
                found["-" + letter] = ""
        else:
            rest.append(word)
    return found, rest


def _seconds(options: dict[str, str], *names: str) -> float:
    for name in names:
        try:
            return float(options[name]) * 1000
        except (KeyError, ValueError):
            continue
    return LONGEST_WAIT


def _get(url: str, method: str, patience: float, box: Toolbox) -> Answer:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    host = (parts.hostname or "").lower()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return Answer("refused")
    if parts.scheme != "http" or host not in _LOOPBACK:
        return Answer("refused")
    answer = box.fetch(port, path, method, True)
    late = answer.kind == "status" and answer.latency >= min(patience, LONGEST_WAIT)
    return Answer("timeout") if late else answer


_CURL_STATUS = {"refused": 7, "timeout": 28, "reset": 52}


def _curl(words: list[str], box: Toolbox) -> int:
    options, rest = _options(words, _CURL_VALUES, "moHAXduwe")
    urls = rest or ([options["--url"]] if "--url" in options else [])
    if not urls:
        return 2
    head = "-I" in options or "--head" in options
    method = options.get("-X") or options.get("--request") or ("HEAD" if head else "GET")
    patience = _seconds(options, "-m", "--max-time")
    for url in urls:
        answer = _get(url, method, patience, box)
        if answer.kind != "status":
            return _CURL_STATUS[answer.kind]
        if answer.status >= 400 and options.keys() & {"-f", "--fail", "--fail-with-body"}:
            return 22
    return 0


def _wget(words: list[str], box: Toolbox) -> int:
    options, rest = _options(words, _WGET_VALUES, "OTtUoP")
    if not rest:
        return 1
    method = "HEAD" if "--spider" in options else "GET"
    patience = _seconds(options, "-T", "--timeout")
    for url in rest:
        answer = _get(url, method, patience, box)
        if answer.kind != "status":
            return 4
        if answer.status >= 400:
            return 8
    return 0


def _netcat(words: list[str], box: Toolbox) -> int:
    _, rest = _options(words, set(), "w")
    if len(rest) < 2 or rest[0] not in _LOOPBACK or not rest[1].isdigit():
        return 1
    return 1 if box.fetch(int(rest[1]), "/", "GET", True).kind == "refused" else 0
