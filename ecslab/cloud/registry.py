"""Where images are pulled from: this account's ECR and the public registries of the world document.

A private image is whatever moto's ECR holds under the reference now; a public one is found by
Docker's naming rules. It knows what an image does (its program) and starts it; it runs nothing.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ecslab.cloud.containers import ContainerRun
from ecslab.cloud.containers_needs import Surroundings
from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.images import Image
from ecslab.cloud.ports.network import Eni
from ecslab.cloud.ports.world import World
from ecslab.cloud.registry_limit import PullLimit
from ecslab.cloud.seam import ecr

_ECR_HOST = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com")
_VERSION = re.compile(
    r"\d+(\.\d+)*(-?(alpine|slim|bookworm|bullseye|debian|perl|stable)[\w.]*)*|alpine|stable|mainline|slim"
)
"""Tags a well-known public image has beside `latest`."""
_HUB = {"docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"}

DEFAULT_SIZE = 50
DEFAULT_ARCHITECTURES = ("X86_64",)


@dataclass(frozen=True)
class Reference:
    """An image reference taken apart: `host/path:tag@digest`."""

    host: str
    path: str
    tag: str | None
    digest: str | None

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, text: str) -> "Reference":
        rest, _, digest = text.partition("@")
        head, slash, tail = rest.partition("/")
        host = head if slash and ("." in head or ":" in head or head == "localhost") else ""
        path = tail if host else rest
        name, colon, tag = path.rpartition(":")
        if colon and "/" not in tag:
            path = name
        else:
            tag = ""
        return cls(host, path, tag or (None if digest else "latest"), digest or None)

    def public_name(self) -> str:
        """Docker Hub's long name of the repository, for whatever spelling."""
        host, path = self.host or "docker.io", self.path
        if host in _HUB:
            host = "docker.io"
        if host == "public.ecr.aws" and path.startswith("docker/library/"):
            host, path = "docker.io", path.removeprefix("docker/")
        if host == "docker.io" and "/" not in path:
            path = f"library/{path}"
        return f"{host}/{path}"


def _content(key: str, program: JSON) -> str:
    """The digest of an image's configuration: stable, and different for each entry of the document."""
    text = key + json.dumps(program, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _manifest(config: str, size: int) -> JSON:
    layer = "sha256:" + hashlib.sha256(f"layer {config}".encode()).hexdigest()
    return {
        "schemaVersion": 2,
        "mediaType": ecr.MANIFEST_TYPE,
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "size": 1512,
            "digest": config,
        },
        "layers": [
            {
                "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
                "size": size * 1_000_000,
                "digest": layer,
            }
        ],
    }


class ImageRegistry:
    def __init__(self, world: World, images: Mapping[str, JSON], repositories: Sequence[str]) -> None:
        self._world = world
        self._repositories = list(repositories)
        self._programs: dict[str, JSON] = {}
        self._public: dict[tuple[str, str], str] = {}
        self._private: list[tuple[str, str, str]] = []
        self._limit: PullLimit | None = None
        for key, program in images.items():
            config = _content(key, program)
            self._programs[config] = program
            reference = Reference.parse(key)
            if not reference.host and reference.path in self._repositories:
                self._private.append((reference.path, reference.tag or "latest", config))
            else:
                self._public[reference.public_name(), reference.tag or "latest"] = config

    def seed(self) -> None:
        """Puts the document's private images into ECR; to be called once the template is built."""
        for name in self._repositories:
            ecr.ensure_repository(name)
        for repository, tag, config in self._private:
            if tag not in ecr.tags(repository):
                ecr.put(repository, tag, _manifest(config, self._size(config)))

    def _size(self, config: str) -> int:
        return int(self._programs[config].get("size", DEFAULT_SIZE))

    def is_ecr(self, reference: str) -> bool:
        return _ECR_HOST.fullmatch(Reference.parse(reference).host) is not None

    def repository_arn(self, reference: str) -> str:
        parsed = Reference.parse(reference)
        match = _ECR_HOST.fullmatch(parsed.host)
        account, region = match.groups() if match else (self._world.account, self._world.region)
        return f"arn:aws:ecr:{region}:{account}:repository/{parsed.path}"

    def find(self, reference: str) -> Image | None:
        return self._world.decisions.get(("image", reference), lambda: self._find(reference))

    def _find(self, reference: str) -> Image | None:
        parsed = Reference.parse(reference)
        match = _ECR_HOST.fullmatch(parsed.host)
        if match is None:
            config = self._find_public(parsed)
            return self._image(reference, config, config) if config else None
        if match.groups() != (self._world.account, self._world.region):
            return None
        stored = ecr.image(parsed.path, parsed.tag, parsed.digest)
        if stored is None or stored.config not in self._programs:
            return None
        return self._image(reference, stored.digest, stored.config)

    def _find_public(self, reference: Reference) -> str | None:
        name = reference.public_name()
        if reference.digest is not None:
            known = [config for (public, _), config in self._public.items() if public == name]
            return reference.digest if reference.digest in known else None
        tag = reference.tag or "latest"
        found = self._public.get((name, tag))
        if found is None and _VERSION.fullmatch(tag):
            found = self._public.get((name, "latest"))
        return found

    def _image(self, reference: str, digest: str, config: str) -> Image:
        program = self._programs[config]
        return Image(
            reference=reference,
            digest=digest,
            size=self._size(config),
            architectures=tuple(program.get("arch") or DEFAULT_ARCHITECTURES),
            program=program,
            content=config,
        )

    def limit_pulls(self, pulls: int | None, per: int) -> None:
        self._limit = PullLimit(pulls, per) if pulls is not None else None

    def admits_pull(self, reference: str, eni: Eni | None) -> bool:
        if self._limit is None or Reference.parse(reference).host not in {"", *_HUB}:
            return True
        address = self._world.vpc.seen_as(eni) if eni is not None else ""
        return self._limit.admits(address, self._world.now)

    def program(self, image: Image) -> JSON:
        return self._programs[image.content]

    def alter(self, image: Image, changes: JSON) -> None:
        self._programs[image.content] = {**self._programs[image.content], **changes}

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
    ) -> ContainerRun:
        world = self._world

        def reaches(host: str, port: int) -> bool:
            return eni is None or world.vpc.reaches_host(eni, host, port)

        def reaches_service(service: str, port: int) -> bool:
            members = world.ecs.members(service)
            return eni is None or (members is not None and world.vpc.reaches_members(eni, *members, port))

        def refusal(action: str, resource: str) -> str:
            return world.iam.refusal(task_role or "", action, resource)

        role = task_role.rpartition("/")[2] if task_role else "none"
        caller = f"arn:aws:sts::{world.account}:assumed-role/{role}/{key.partition('/')[0]}"
        around = Surroundings(secrets, reaches, reaches_service, refusal, caller)
        return ContainerRun(
            self.program(image),
            environment=environment,
            command=command,
            memory_limit=memory_limit,
            surroundings=around,
        )
