"""What a Fargate task needs before its containers run, and what goes wrong without it.

Looks at the world as it is now and answers with a `Trouble` in AWS's words; it changes nothing but the
secrets and images that it hands to the containers, and the log streams it creates.
Source of the texts: Amazon ECS developer guide, "stopped-task-error-codes", and real captures.
"""

from dataclasses import dataclass
from typing import Any

from ecslab.cloud.ecs import envfiles, instances_link, instances_pull, messages_launch, messages_pull
from ecslab.cloud.ecs.model import Container, LogStream, Task
from ecslab.cloud.ecs.state import SECOND, State
from ecslab.cloud.ports.images import Image

Patience = tuple[int, int]
QUICK: Patience = (4 * SECOND, 9 * SECOND)
RETRIED: Patience = (90 * SECOND, 140 * SECOND)
NETWORK: Patience = (240 * SECOND, 290 * SECOND)
"""How long the agent goes on trying: refused, retried seven times, waiting for packets (4-5 min)."""


@dataclass(frozen=True)
class Trouble:
    text: str
    patience: Patience
    container: Container | None = None
    """The one that shows the text as its `reason`."""


def role_arn(state: State, role: str) -> str:
    return role if role.startswith("arn:") else f"arn:aws:iam::{state.world.account}:role/{role}"


def refused_role(state: State, *roles: str | None) -> str | None:
    """The first of the roles that ECS can't assume for a task."""
    for role in roles:
        if role and not state.world.iam.can_assume(role_arn(state, role)):
            return role
    return None


def prepare(state: State, task: Task) -> Trouble | None:
    """Registry auth, secrets, environment files: before the pull."""
    return _registry_auth(state, task) or _secrets(state, task) or _environment_files(state, task)


def _registry_auth(state: State, task: Task) -> Trouble | None:
    world = state.world
    if not any(world.registry.is_ecr(container.definition["image"]) for container in task.containers):
        return None
    words = messages_launch if task.instance is None else instances_pull
    if not instances_link.reaches(state, task, "ecr.api"):
        return Trouble(words.registry_unreachable(world.region, _address(state, "ecr.api")), NETWORK)
    denied = _denial(state, task, "ecr:GetAuthorizationToken", "*")
    return Trouble(words.registry_denied(denied), QUICK) if denied else None


def _secrets(state: State, task: Task) -> Trouble | None:
    for container in task.containers:
        secrets = container.definition.get("secrets", [])
        options = container.definition.get("logConfiguration", {}).get("secretOptions", [])
        for secret in [*secrets, *options]:
            answer = _secret(state, task, container, secret)
            if isinstance(answer, Trouble):
                return answer
            if secret in secrets:
                container.secrets[secret["name"]] = answer
    return None


def _secret(state: State, task: Task, container: Container, secret: dict[str, Any]) -> Trouble | str:
    """The secret's value."""
    world = state.world
    value_from = secret["valueFrom"]
    answer = world.secrets.fetch(value_from)
    if not instances_link.reaches(state, task, answer.service):
        return Trouble(messages_launch.secret_unreachable(answer.service), NETWORK)
    denied = _denial(state, task, answer.action, answer.arn)
    if not denied and answer.found and answer.kms_key_arn:
        denied = _denial(state, task, "kms:Decrypt", answer.kms_key_arn)
    if denied:
        request = world.draws.uuid("ecs-request", task.id, container.name, secret["name"])
        return Trouble(messages_launch.secret_denied(answer.service, value_from, denied, request), QUICK)
    if not answer.found:
        return Trouble(messages_launch.secret_missing(answer.service, value_from, world.region), QUICK)
    if answer.missing_key is not None:
        return Trouble(messages_launch.secret_key_missing(answer.missing_key), QUICK)
    return answer.value or ""


def _environment_files(state: State, task: Task) -> Trouble | None:
    for container in task.containers:
        texts: list[str] = []
        for file in container.definition.get("environmentFiles", []):
            text = _environment_file(state, task, file["value"])
            if isinstance(text, Trouble):
                return text
            texts.append(text)
        container.from_files = envfiles.variables(texts)
    return None


def _environment_file(state: State, task: Task, arn: str) -> Trouble | str:
    """What the file holds. Whoever may not list the bucket is not told that an object is missing (S3)."""
    bucket = arn.partition("/")[0]
    if not instances_link.reaches(state, task, "s3"):
        return Trouble(messages_launch.ENV_FILE_UNREACHABLE, NETWORK)
    if _denial(state, task, "s3:GetBucketLocation", bucket):
        return Trouble(messages_launch.ENV_FILE_BUCKET_DENIED, QUICK)
    if _denial(state, task, "s3:GetObject", arn):
        return Trouble(messages_launch.ENV_FILE_DENIED, QUICK)
    text = state.world.secrets.environment_file(arn)
    if text is None:
        hidden = _denial(state, task, "s3:ListBucket", bucket)
        return Trouble(messages_launch.ENV_FILE_DENIED if hidden else messages_launch.ENV_FILE_MISSING, QUICK)
    return text


def pull(state: State, task: Task) -> Trouble | None:
    """Finds the image of every container."""
    for container in task.containers:
        image = _image(state, task, container)
        if isinstance(image, Trouble):
            return image
        container.image = image
        if task.deployment is not None and container.definition.get("versionConsistency") != "disabled":
            task.deployment.digests.setdefault(container.name, image.digest)
    return None


def _image(state: State, task: Task, container: Container) -> Image | Trouble:
    world = state.world
    reference = container.definition["image"]
    ecr = world.registry.is_ecr(reference)
    blocked = _pull_unreachable(state, task, reference, ecr)
    if blocked is not None:
        return Trouble(blocked, NETWORK, container)
    if ecr:
        repository = world.registry.repository_arn(reference)
        for action in ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"):
            if denied := _denial(state, task, action, repository):
                words = messages_launch if task.instance is None else instances_pull
                return Trouble(words.pull_denied(reference, denied), QUICK, container)
    image = _pinned(state, task, container) or world.registry.find(reference)
    if image is None:
        if task.instance is not None:
            return Trouble(instances_pull.not_found(reference), QUICK, container)
        return Trouble(messages_launch.image_not_found(canonical(reference)), RETRIED, container)
    architecture = task.definition.architecture
    if architecture not in image.architectures:
        platform = "linux/arm64" if architecture == "ARM64" else "linux/amd64"
        words = messages_launch if task.instance is None else instances_pull
        return Trouble(words.wrong_architecture(platform), RETRIED, container)
    if _rate_limited(state, task, container):
        if task.instance is not None:
            return Trouble(messages_pull.rate_limited_on_instance(), QUICK, container)
        return Trouble(messages_pull.rate_limited(canonical(reference), image.digest), RETRIED, container)
    return image


def _rate_limited(state: State, task: Task, container: Container) -> bool:
    """Docker Hub refuses one more anonymous pull. What this task has already is not pulled again."""
    if container.image is not None or container.definition.get("repositoryCredentials"):
        return False
    eni = instances_link.agent_interface(task)
    return not state.world.registry.admits_pull(container.definition["image"], eni)


def _pull_unreachable(state: State, task: Task, reference: str, ecr: bool) -> str | None:
    needed = ("ecr.dkr", "s3") if ecr else ("internet",)
    blocked = next((n for n in needed if not instances_link.reaches(state, task, n)), None)
    if blocked is None:
        return None
    if task.instance is not None:
        return instances_pull.unreachable(reference)
    if ecr:
        return messages_launch.ecr_unreachable(reference, _address(state, blocked))
    full = canonical(reference)
    host = full.split("/", 1)[0]
    host = "registry-1.docker.io" if host == "docker.io" else host
    return messages_launch.public_unreachable(full, host, _address(state, host))


def _pinned(state: State, task: Task, container: Container) -> Image | None:
    """The digest that the deployment's first task resolved, if the registry still has it."""
    digest = task.deployment.digests.get(container.name) if task.deployment is not None else None
    reference = container.definition["image"]
    if digest is None or "@" in reference:
        return None
    head, slash, last = reference.rpartition("/")
    return state.world.registry.find(f"{head}{slash}{last.split(':', 1)[0]}@{digest}")


def canonical(reference: str) -> str:
    """As containerd names it: `nginx` is `docker.io/library/nginx:latest`."""
    head = reference.split("/", 1)[0]
    if "/" not in reference:
        reference = f"docker.io/library/{reference}"
    elif "." not in head and ":" not in head and head != "localhost":
        reference = f"docker.io/{reference}"
    last = reference.rsplit("/", 1)[-1]
    return reference if ":" in last or "@" in last else f"{reference}:latest"


def pull_time(state: State, task: Task) -> int:
    """ms that pulling takes: all images at about 40 MB/s and some overhead."""
    size = sum(container.image.size for container in task.containers if container.image is not None)
    return round((1500 + size * 25) * state.world.draws.uniform(0.85, 1.3, "ecs-pull", task.id))


def log_driver(state: State, task: Task, container: Container) -> Trouble | None:
    """Creates the container's log stream when it logs with awslogs."""
    config = container.definition.get("logConfiguration", {})
    if config.get("logDriver") != "awslogs" or container.log is not None:
        return None
    world = state.world
    options = config.get("options", {})
    group = options.get("awslogs-group", "")
    region = options.get("awslogs-region", world.region)
    hosted = task.instance is not None
    prefix = options.get("awslogs-stream-prefix")
    stream = f"{prefix or ''}/{container.name}/{task.id}".lstrip("/")
    if hosted and not prefix:
        stream = world.draws.hex(64, "ecs-docker", container.key)
    if not instances_link.reaches(state, task, "logs"):
        text = instances_pull.logs_unreachable(region) if hosted else messages_launch.LOGS_UNREACHABLE
        return Trouble(text, NETWORK, container if hosted else None)
    words = instances_pull if hosted else messages_launch
    arn = f"arn:aws:logs:{region}:{world.account}:log-group:{group}"
    here = region == world.region
    if options.get("awslogs-create-group") == "true" and here and not world.logs.has_group(group):
        if denied := _denial(state, task, "logs:CreateLogGroup", arn):
            # CloudWatch Logs asks about the group and speaks of its streams.
            return Trouble(words.log_denied("group", denied.replace(arn, f"{arn}:log-stream:")), QUICK)
        world.logs.create_group(group)
    stream_arn = f"{arn}:log-stream:{stream}"
    if denied := _denial(state, task, "logs:CreateLogStream", stream_arn):
        return Trouble(words.log_denied("stream", denied), QUICK)
    if not here or not world.logs.has_group(group):
        if hosted:
            return Trouble(instances_pull.log_group_missing(), QUICK, container)
        request = world.draws.uuid("ecs-request", task.id, container.name, "logs")
        return Trouble(messages_launch.log_group_missing(request), QUICK)
    world.logs.create_stream(group, stream)
    writable = not _denial(state, task, "logs:PutLogEvents", stream_arn)
    container.log = LogStream(group, stream, writable)
    return None


def _denial(state: State, task: Task, action: str, resource: str) -> str:
    """What IAM says when the agent may not do this for the task; empty when it may.

    Without an execution role the agent uses what its instance may do.
    """
    given, instance = task.execution_role, task.instance
    if given or instance is None:
        role = role_arn(state, given) if given else None
        return state.world.iam.denial(role, task.id, action, resource)
    if instance.ec2_id is None:
        return ""
    return state.world.iam.denial(instances_link.role(instance), instance.ec2_id, action, resource)


def _address(state: State, endpoint: str) -> str:
    """An address for an endpoint in an error text; the same for every task."""
    octets = [state.world.draws.integer(1, 254, "endpoint", endpoint, n) for n in range(3)]
    return f"{(3, 18, 44, 52, 54)[octets[0] % 5]}." + ".".join(str(octet) for octet in octets)
