"""moto's ECR: where the images of the world are kept, and plain views of them.

Images are found by what is in moto, so deleting a tag or a repository, or putting a tag on another
digest, changes what a pull gives.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import moto.ecr.urls
from moto.ecr.exceptions import RepositoryNotFoundException
from moto.ecr.models import ECRBackend, Image, Repository, ecr_backends

from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.seam.ec2 import held

MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json"


@dataclass(frozen=True)
class StoredImage:
    digest: str
    config: str
    """Digest of the image's configuration: what the image *is*, in whatever repository."""


class Ecr(ECRBackend):
    """ECR that answers a bad PutImage with a client error."""

    @property
    def _url_module(self) -> Any:
        return moto.ecr.urls

    def put_registry_scanning_configuration(self, scan_type: str, rules: Any) -> None:
        super().put_registry_scanning_configuration(scan_type, rules or [])

    def put_image(
        self,
        repository_name: str,
        image_manifest: str,
        image_tag: str,
        image_manifest_mediatype: str | None = None,
        digest: str | None = None,
    ) -> Image:
        if repository_name not in self.repositories:
            raise RepositoryNotFoundException(repository_name, self.account_id)
        try:
            parsed = json.loads(image_manifest)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            raise ApiError(
                "InvalidParameterException",
                "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'",
            )
        return super().put_image(repository_name, image_manifest, image_tag, image_manifest_mediatype, digest)


def _digest_of_manifest(image: Image) -> None:
    image._image_digest = "sha256:" + hashlib.sha256(image.image_manifest.encode()).hexdigest()


def _size_of_layers(image: Image) -> int:
    layers = json.loads(image.image_manifest).get("layers") or []
    return sum(int(layer.get("size", 0)) for layer in layers)


def install() -> None:
    ecr_backends.backend = Ecr
    overrides: dict[str, Callable[..., Any]] = {
        "_create_digest": _digest_of_manifest,
        "get_image_size_in_bytes": _size_of_layers,
    }
    for name, method in overrides.items():
        setattr(Image, name, method)


def _backend() -> ECRBackend:
    return held(ecr_backends)


def _repository(name: str) -> Repository | None:
    return _backend().repositories.get(name)


def ensure_repository(name: str) -> None:
    if _repository(name) is None:
        _backend().create_repository(name, None, {}, None, "", [])


def has_repository(name: str) -> bool:
    return _repository(name) is not None


def tags(repository: str) -> set[str]:
    found = _repository(repository)
    return {tag for image in found.images for tag in image.image_tags} if found else set()


def put(repository: str, tag: str, manifest: JSON) -> None:
    _backend().put_image(repository, json.dumps(manifest), tag, MANIFEST_TYPE)


def image(repository: str, tag: str | None, digest: str | None) -> StoredImage | None:
    found = _repository(repository)
    for candidate in found.images if found else []:
        if (tag is None or tag in candidate.image_tags) and digest in (None, candidate.get_image_digest()):
            manifest = json.loads(candidate.image_manifest)
            config = (manifest.get("config") or {}).get("digest", "")
            return StoredImage(candidate.get_image_digest(), config)
    return None
