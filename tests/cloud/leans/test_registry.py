"""What a pull finds: ECR as it stands now, and public images by Docker's names."""

from typing import Any

import pytest

from ecslab.cloud.registry import ImageRegistry

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
IMAGES: dict[str, Any] = {
    "my-app:v1": {"routes": {"/": 200}, "size": 80, "arch": ["ARM64"]},
    "my-app:v2": {"routes": {"/": 200}, "size": 80},
    "nginx:latest": {"listen": [{"port": 80}]},
    "public.ecr.aws/docker/library/redis:7": {},
    "bitnami/redis:latest": {},
}


@pytest.fixture
def registry(world: Any) -> ImageRegistry:
    world.registry = ImageRegistry(world, IMAGES, ["my-app", "empty"])
    world.registry.seed()
    return world.registry  # type: ignore[no-any-return]


def test_private_images_are_seen_in_ecr(world: Any, registry: ImageRegistry) -> None:
    names = {r["repositoryName"] for r in world.read("ecr", "DescribeRepositories")["repositories"]}
    assert names == {"my-app", "empty"}
    shown = world.read("ecr", "DescribeImages", repositoryName="my-app")["imageDetails"]
    assert sorted(tag for image in shown for tag in image["imageTags"]) == ["v1", "v2"]
    assert shown[0]["imageSizeInBytes"] == 80_000_000
    image = registry.find(f"{HOST}/my-app:v1")
    assert image is not None
    assert image.digest in {shown[0]["imageDigest"], shown[1]["imageDigest"]}
    assert (image.size, image.architectures) == (80, ("ARM64",))


def test_two_tags_are_two_images_and_digests_are_stable(world: Any, registry: ImageRegistry) -> None:
    first, second = registry.find(f"{HOST}/my-app:v1"), registry.find(f"{HOST}/my-app:v2")
    assert first and second and first.digest != second.digest
    assert registry.find(f"{HOST}/my-app@{first.digest}") is not None
    assert ImageRegistry(world, IMAGES, ["my-app"]).find(f"{HOST}/my-app:v1") == first


@pytest.mark.parametrize(
    "reference",
    [
        f"{HOST}/my-app",
        f"{HOST}/my-app:v9",
        f"{HOST}/other:v1",
        f"{HOST}/my-app@sha256:{'0' * 64}",
        "999999999999.dkr.ecr.us-east-1.amazonaws.com/my-app:v1",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-app:v1",
        "my-app:v1",
        "nginx:nosuchtag",
        "nosuchimage",
        "quay.io/nginx",
    ],
)
def test_what_is_not_there(registry: ImageRegistry, reference: str) -> None:
    assert registry.find(reference) is None


@pytest.mark.parametrize(
    "reference",
    [
        "nginx",
        "nginx:latest",
        "nginx:1.27",
        "nginx:1.27-alpine",
        "library/nginx",
        "docker.io/nginx",
        "docker.io/library/nginx:stable",
        "public.ecr.aws/docker/library/nginx:latest",
        "redis:7",
        "bitnami/redis",
    ],
)
def test_public_names(registry: ImageRegistry, reference: str) -> None:
    assert registry.find(reference) is not None
    assert not registry.is_ecr(reference)


def test_a_deleted_tag_can_no_longer_be_pulled(world: Any, registry: ImageRegistry) -> None:
    world.call("ecr", "BatchDeleteImage", repositoryName="my-app", imageIds=[{"imageTag": "v1"}])
    assert registry.find(f"{HOST}/my-app:v1") is None
    assert registry.find(f"{HOST}/my-app:v2") is not None
    world.call("ecr", "DeleteRepository", repositoryName="my-app", force=True)
    assert registry.find(f"{HOST}/my-app:v2") is None


def test_a_tag_put_on_another_image_pulls_that_one(world: Any, registry: ImageRegistry) -> None:
    before = registry.find(f"{HOST}/my-app:v1")
    (image,) = world.read("ecr", "BatchGetImage", repositoryName="my-app", imageIds=[{"imageTag": "v2"}])[
        "images"
    ]
    for tag in ("stable", "v1"):
        world.call(
            "ecr", "PutImage", repositoryName="my-app", imageTag=tag, imageManifest=image["imageManifest"]
        )
    second = registry.find(f"{HOST}/my-app:v2")
    assert before and second
    for tag in ("stable", "v1"):
        found = registry.find(f"{HOST}/my-app:{tag}")
        assert found is not None
        assert (found.digest, found.program) == (second.digest, second.program)


def test_a_pushed_manifest_that_nobody_knows_is_not_an_image(world: Any, registry: ImageRegistry) -> None:
    refused = world.error("ecr", "PutImage", repositoryName="my-app", imageTag="x", imageManifest="{")
    assert refused == "InvalidParameterException"
    missing = world.error("ecr", "PutImage", repositoryName="nope", imageTag="x", imageManifest="{}")
    assert missing == "RepositoryNotFoundException"


def test_ecr_references(registry: ImageRegistry) -> None:
    assert registry.is_ecr(f"{HOST}/team/my-app:v1")
    arn = "arn:aws:ecr:us-east-1:123456789012:repository/team/my-app"
    assert registry.repository_arn(f"{HOST}/team/my-app:v1") == arn
