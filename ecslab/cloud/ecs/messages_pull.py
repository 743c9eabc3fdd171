"""What a task says when Docker Hub refuses one more pull without credentials. Texts only."""

RATE_LIMIT = (
    "toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and "
    "upgrading: https://www.docker.com/increase-rate-limit"
)
"""Docker Hub's own words (developer guide, "task_cannot_pull_image")."""


def rate_limited(image: str, digest: str) -> str:
    """On Fargate, as containerd passes it on (apptension/saas-boilerplate#204)."""
    name = image.partition("@")[0].removeprefix("docker.io/")
    repository = name.rpartition(":")[0] or name
    return (
        "CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to copy: httpReadSeeker: "
        f"failed open: unexpected status code https://registry-1.docker.io/v2/{repository}/manifests/{digest}: "
        f"429 Too Many Requests - Server message: {RATE_LIMIT}"
    )


def rate_limited_on_instance() -> str:
    return f"CannotPullContainerError: Error response from daemon: {RATE_LIMIT}"
