"""What goes wrong before a container runs on an EC2 instance, in the words of Docker and the ECS agent.

Texts only. Source: amazon-ecs-agent, "agent/api/errormessages"; the developer guide's "task_cannot_pull_image".
"""

_PULL = "CannotPullContainerError: The task can’t pull the image. "
_DAEMON = "Error response from daemon: "


def pull_denied(image: str, denied: str) -> str:
    return (
        f"{_PULL}Check that the role has the permissions to pull images from the registry. {_DAEMON}pull access "
        f"denied for {image}, repository does not exist or may require 'docker login': denied: {denied}"
    )


def not_found(image: str) -> str:
    repository, _, tag = image.partition(":") if image.count(":") == 1 else image.rpartition(":")
    if ".dkr.ecr." in image and tag:
        return (
            f"{_PULL}Check whether the image exists. {_DAEMON}manifest for {image} not found: manifest unknown: "
            "Requested image not found"
        )
    return (
        f"{_PULL}Check whether the image exists. {_DAEMON}pull access denied for {repository or image}, repository "
        "does not exist or may require 'docker login': denied: requested access to the resource is denied"
    )


def unreachable(image: str) -> str:
    host = image.split("/", 1)[0]
    host = host if "." in host else "registry-1.docker.io"
    return (
        f"{_PULL}Check your network configuration. {_DAEMON}Get https://{host}/v2/: net/http: request canceled "
        "while waiting for connection (Client.Timeout exceeded while awaiting headers)"
    )


def wrong_architecture(platform: str) -> str:
    return (
        f"CannotPullContainerError: {_DAEMON}no matching manifest for {platform} in the manifest list entries"
    )


def registry_denied(denied: str) -> str:
    return f"CannotPullECRContainerError: AccessDeniedException: {denied}"


def registry_unreachable(region: str, address: str) -> str:
    return (
        "CannotPullECRContainerError: RequestError: send request failed caused by: Post "
        f'"https://api.ecr.{region}.amazonaws.com/": dial tcp {address}:443: i/o timeout'
    )


_LOG = f"CannotStartContainerError: {_DAEMON}failed to initialize logging driver: failed to create Cloudwatch log "


def log_group_missing() -> str:
    return f"{_LOG}stream: ResourceNotFoundException: The specified log group does not exist."


def log_denied(what: str, denied: str) -> str:
    return f"{_LOG}{what}: AccessDeniedException: {denied}"


def logs_unreachable(region: str) -> str:
    return (
        f"{_LOG}stream: RequestError: send request failed caused by: Post "
        f'"https://logs.{region}.amazonaws.com/": dial tcp: i/o timeout'
    )
