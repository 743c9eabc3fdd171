"""What a Fargate task says when it does not get as far as its containers. Texts only.

Source: Amazon ECS developer guide, "stopped-task-error-codes", and real captures.
"""

_AUTH = "ResourceInitializationError: unable to pull secrets or registry auth: "


def registry_unreachable(region: str, address: str) -> str:
    return (
        f"{_AUTH}The task cannot pull registry auth from Amazon ECR: There is a connection issue between "
        "the task and Amazon ECR. Check your task network configuration. operation error ECR: "
        "GetAuthorizationToken, exceeded maximum number of attempts, 3, https response error StatusCode: 0, "
        f'RequestID: , request send failed, Post "https://api.ecr.{region}.amazonaws.com/": dial tcp '
        f"{address}:443: i/o timeout"
    )


def registry_denied(denied: str) -> str:
    """`denied`, here and below: what IAM says."""
    return (
        f"{_AUTH}execution resource retrieval failed: unable to retrieve ecr registry auth: service call "
        f"has been retried 1 time(s): AccessDeniedException: {denied}"
    )


def secret_unreachable(service: str) -> str:
    if service == "ssm":
        return (
            f"{_AUTH}unable to retrieve secrets from ssm: The task cannot pull secrets from AWS Systems "
            "Manager. There is a connection issue between the task and AWS Systems Manager Parameter "
            "Store. Check your task network configuration. RequestCanceled: request context canceled "
            "caused by: context deadline exceeded"
        )
    return (
        f"{_AUTH}unable to retrieve secret from asm: The task can't pull secrets from AWS Secrets Manager. "
        "There is a connection issue between the task and Secrets Manager. Check your task network "
        "configuration. RequestCanceled: request context canceled caused by: context deadline exceeded"
    )


def secret_denied(service: str, arn: str, denied: str, request: str) -> str:
    if service == "ssm":
        return (
            f"{_AUTH}execution resource retrieval failed: unable to retrieve secrets from ssm: service call "
            f"has been retried 1 time(s): AccessDeniedException: {denied} status code: 400, request id: {request}"
        )
    return (
        f"{_AUTH}execution resource retrieval failed: unable to retrieve secret from asm: service call has "
        f"been retried 1 time(s): failed to fetch secret {arn} from secrets manager: AccessDeniedException: "
        f"{denied} status code: 400, request id: {request}"
    )


def secret_missing(service: str, value_from: str, region: str) -> str:
    if service == "ssm":
        return (
            f"{_AUTH}execution resource retrieval failed: unable to retrieve secrets from ssm: service call "
            f"has been retried 1 time(s): invalid ssm parameters: {value_from}"
        )
    return (
        f"{_AUTH}execution resource retrieval failed: unable to retrieve secret from asm: "
        "ResourceNotFoundException: The task can't retrieve the secret with ARN "
        f"'{value_from}' from AWS Secrets Manager. Check whether the secret exists in the specified Region. "
        f"ResourceNotFoundException: Fetching secret data from AWS Secrets Manager in region {region}: "
        f"secret {value_from}: ResourceNotFoundException: Secrets Manager can't find the specified secret."
    )


def secret_key_missing(key: str) -> str:
    return (
        f"{_AUTH}execution resource retrieval failed: unable to retrieve secret from asm: service call has "
        f"been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key {key}"
    )


ENV_FILE_UNREACHABLE = (
    "ResourceInitializationError: failed to download env files: The task can't download the environment "
    "variable files from Amazon S3. There is a connection issue between the task and Amazon S3. Check your "
    "task network configuration. : signal: killed"
)


_ENV_FILE = (
    "ResourceInitializationError: failed to download env files: service call has been retried 1 time(s): "
    "operation error S3: HeadObject, https response error StatusCode: "
)
ENV_FILE_BUCKET_DENIED = (
    "ResourceInitializationError: failed to download env files: service call has been retried 1 time(s): "
    "operation error S3: GetBucketLocation, https response error StatusCode: 403, api error AccessDenied: "
    "Access Denied."
)
ENV_FILE_DENIED = f"{_ENV_FILE}403, api error Forbidden: Forbidden."
ENV_FILE_MISSING = f"{_ENV_FILE}404, api error NotFound: Not Found."


_RETRIED = "CannotPullContainerError: pull image manifest has been retried 7 time(s): "


def image_not_found(image: str) -> str:
    return f"{_RETRIED}failed to resolve ref {image}: {image}: not found"


def wrong_architecture(platform: str) -> str:
    return f"{_RETRIED}image Manifest does not contain descriptor matching platform '{platform}'"


def ecr_unreachable(image: str, address: str) -> str:
    registry = image.split("/", 1)[0]
    return (
        f"CannotPullContainerError: The task cannot pull {image} from the registry {registry}. There is a "
        "connection issue between the task and the registry. Check your task network configuration. : "
        "failed to copy: httpReadSeeker: failed open: failed to do request: Get "
        f"{registry}: dial tcp {address}:443: i/o timeout"
    )


def public_unreachable(image: str, host: str, address: str) -> str:
    repository, _, tag = image.partition("/")[2].rpartition(":")
    return (
        f"{_RETRIED}failed to resolve ref {image}: failed to do request: Head "
        f'"https://{host}/v2/{repository}/manifests/{tag}": dial tcp {address}:443: i/o timeout'
    )


def pull_denied(image: str, denied: str) -> str:
    return (
        "CannotPullContainerError: The task can't pull the image. Check that the role has the permissions to "
        f"pull images from the registry. pull access denied for {image}, repository does not exist or may "
        f"require authorization: {denied}"
    )


_LOGGER = "ResourceInitializationError: failed to validate logger args: "


def log_group_missing(request: str) -> str:
    return (
        f"{_LOGGER}create stream has been retried 1 times: failed to create Cloudwatch log stream: operation "
        "error CloudWatch Logs: CreateLogStream, https response error StatusCode: 400, RequestID: "
        f"{request}, ResourceNotFoundException: The specified log group does not exist. : exit status 1"
    )


def log_denied(what: str, denied: str) -> str:
    """`what`: the `group` or the `stream` that was to be created."""
    return (
        f"{_LOGGER}create {what} has been retried 1 times: failed to create Cloudwatch log {what}: "
        f"AccessDeniedException: {denied}"
    )


LOGS_UNREACHABLE = (
    f"{_LOGGER}The task cannot find the Amazon CloudWatch log group defined in the task definition. There is "
    "a connection issue between the task and Amazon CloudWatch. Check your network configuration. : "
    "signal: killed"
)
