"""Images, and what a container does while it runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.network import Eni


@dataclass(frozen=True)
class Answer:
    """What a TCP connection with one HTTP request to a container gives.

    `refused`: RST, nothing listens there. `timeout`: accepted and never answered. `reset`: closed
    while the request was outstanding. `status`: an HTTP response after `latency` ms.
    """

    kind: Literal["status", "refused", "timeout", "reset"]
    status: int = 0
    latency: int = 0
    body: str = ""
    content_type: str = "text/plain"
    set_cookie: str = ""


@dataclass(frozen=True)
class Ending:
    """How a container ends by itself: `after` ms from its start."""

    after: int
    code: int
    reason: str | None = None
    """The container's `reason`, such as `OutOfMemoryError: Container killed due to memory usage`."""


class Run(Protocol):
    """One container while it runs: everything it will do, decided when it starts.

    `at` is always milliseconds since the container started. A stopping container (SIGTERM sent at
    `stopping`, ms since start, or None) may still answer.
    """

    def ending(self) -> Ending | None: ...

    def changes(self) -> Sequence[int]:
        """Offsets at which answers or health-check results change by themselves."""
        ...

    def answer(
        self,
        port: int,
        path: str,
        at: int,
        *,
        method: str = "GET",
        loopback: bool = False,
        stopping: int | None = None,
    ) -> Answer: ...

    def healthy(self, command: Sequence[str], at: int) -> bool:
        """The result of a container healthCheck command."""
        ...

    def stop(self) -> tuple[int | None, int]:
        """On SIGTERM: (ms until it exits by itself or None when it ignores the signal, exit code)."""
        ...

    def lines(self, start: int, end: int) -> Sequence[tuple[int, str]]:
        """Log lines in [start, end), offsets from the container's start."""
        ...

    def cpu(self, requests_per_second: float) -> float:
        """CPU units used."""
        ...

    def memory(self, at: int) -> float: ...

    @property
    def drains(self) -> bool:
        """Whether requests that are under way when SIGTERM comes get their answer."""
        ...

    def altered(self, program: JSON, at: int) -> "Run":
        """This run when its image's program becomes another one `at` ms after the start."""
        ...


@dataclass(frozen=True)
class Image:
    reference: str
    digest: str
    """`sha256:…`, stable for the image's content."""
    size: int
    """Compressed MB; decides how long a pull takes."""
    architectures: tuple[str, ...]
    """`X86_64`, `ARM64`."""
    program: JSON
    """The behaviour, as resolved from images.yaml: all durations in ms."""
    content: str = ""
    """What the image is, in whatever repository: the digest of its configuration."""


class Registry(Protocol):
    def is_ecr(self, reference: str) -> bool:
        """A private ECR registry (`<account>.dkr.ecr.<region>.amazonaws.com/…`)."""
        ...

    def repository_arn(self, reference: str) -> str: ...

    def find(self, reference: str) -> Image | None:
        """The image behind a reference, as the registry stands now, or None: no such repository,
        tag or digest. Docker Hub short names (`nginx`, `nginx:1.27`) resolve as Docker does."""
        ...

    def limit_pulls(self, pulls: int | None, per: int) -> None:
        """Docker Hub allows so many pulls in so many ms from one public address; None: any number."""
        ...

    def admits_pull(self, reference: str, eni: Eni | None) -> bool:
        """Whether a pull without credentials is allowed now; if so, it counts."""
        ...

    def program(self, image: Image) -> JSON:
        """What the image does now: its own program, or what a fault has made of it."""
        ...

    def alter(self, image: Image, changes: JSON) -> None:
        """Keys of the image's program that are others from now on, wherever the image runs."""
        ...

    def run(
        self,
        image: Image,
        *,
        environment: Mapping[str, str],
        secrets: Mapping[str, str],
        command: Sequence[str] | None,
        memory_limit: int | None,
        eni: Eni | None,
        task_role: str | None,
        key: str,
    ) -> Run:
        """Starts the simulated application. `key` names its draws (container id)."""
        ...
