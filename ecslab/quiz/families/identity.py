"""Names and permissions: which ARN is well formed, and which role is the one."""

from collections.abc import Mapping
from random import Random
from typing import Any

from ecslab.quiz.families.family import Family, Question, Slip, question

REGIONS = ("us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-2")
NAMES = ("shop", "press", "web-app", "orders", "billing", "search")


def _arn(draw: Random, params: Mapping[str, Any]) -> Question:
    region, account = draw.choice(REGIONS), f"{draw.randrange(10**11, 10**12)}"
    cluster, name = draw.sample(NAMES, 2)
    long, short = f"{draw.getrandbits(128):032x}", f"{draw.getrandbits(64):016x}"
    ecs, elb = f"arn:aws:ecs:{region}:{account}", f"arn:aws:elasticloadbalancing:{region}:{account}"
    revision = draw.randint(2, 40)
    kinds: dict[str, tuple[str, str, list[Slip]]] = {
        "cluster": (
            f"{ecs}:cluster/{cluster}",
            "`cluster/` and its name.",
            [
                Slip(
                    "a colon",
                    f"{ecs}:cluster:{cluster}",
                    "Type and name of an ECS resource are parted by a slash.",
                ),
            ],
        ),
        "service": (
            f"{ecs}:service/{cluster}/{name}",
            "`service/`, its cluster and its name.",
            [
                Slip(
                    "the cluster as a prefix",
                    f"{ecs}:cluster/{cluster}/service/{name}",
                    "The type of the resource comes first, and here that is `service`.",
                ),
                Slip(
                    "a revision",
                    f"{ecs}:service/{cluster}/{name}:{revision}",
                    "Revisions belong to task definitions; a service's ARN ends with its name.",
                ),
            ],
        ),
        "task": (
            f"{ecs}:task/{cluster}/{long}",
            "`task/`, its cluster and an id of 32 hexadecimal digits.",
            [
                Slip(
                    "the service in it",
                    f"{ecs}:task/{cluster}/{name}/{long}",
                    "A task's ARN names its cluster and its id; the service is in its `group`.",
                ),
                Slip(
                    "a revision",
                    f"{ecs}:task/{name}:{revision}",
                    "Family and revision name a task definition, not a task.",
                ),
            ],
        ),
        "task definition": (
            f"{ecs}:task-definition/{name}:{revision}",
            "`task-definition/`, family and revision.",
            [
                Slip(
                    "a cluster in it",
                    f"{ecs}:task-definition/{cluster}/{name}:{revision}",
                    "A task definition belongs to no cluster.",
                ),
                Slip(
                    "a slash before the revision",
                    f"{ecs}:task-definition/{name}/{revision}",
                    "Family and revision are parted by a colon.",
                ),
            ],
        ),
        "target group": (
            f"{elb}:targetgroup/{name}/{short}",
            "`targetgroup/`, its name and an id of 16 hexadecimal digits.",
            [
                Slip(
                    "as the CLI spells it",
                    f"{elb}:target-group/{name}/{short}",
                    "In the ARN it is one word: `targetgroup`.",
                ),
                Slip(
                    "the service ecs",
                    f"{ecs}:targetgroup/{name}/{short}",
                    "Target groups belong to Elastic Load Balancing, not to ECS.",
                ),
            ],
        ),
        "IAM role": (
            f"arn:aws:iam::{account}:role/{name}-task",
            "IAM is global: the region is empty, the account is not.",
            [
                Slip(
                    "a region",
                    f"arn:aws:iam:{region}:{account}:role/{name}-task",
                    "IAM is global: between `iam` and the account there is nothing.",
                ),
                Slip(
                    "no account",
                    f"arn:aws:iam:::role/{name}-task",
                    "A role belongs to an account, which is always named; without one are S3 buckets.",
                ),
            ],
        ),
    }
    kind = draw.choice(sorted(kinds))
    right, why, slips = kinds[kind]
    common = [
        Slip(
            "an account of 11 digits",
            right.replace(account, account[:-1]),
            "An account's number has twelve digits.",
        ),
        Slip(
            "the service is left out",
            right.replace(":ecs:", "::").replace(":elasticloadbalancing:", "::").replace(":iam:", ":aws:"),
            "After the partition (`aws`) comes the service's name.",
        ),
    ]
    stem = f"Which of these is the well-formed ARN of {'an' if kind[0] == 'I' else 'a'} {kind}?"
    told = f"{'An' if kind[0] == 'I' else 'A'} {kind} is named by {why}" if kind != "IAM role" else why
    chosen = [*slips, *draw.sample(common, 2)]
    offered = [right, *(slip.text for slip in chosen)]
    facts = {"kind": kind, "offered": offered, "answer": right}
    return question(
        stem,
        f"`{right}`",
        told,
        [Slip(slip.name, f"`{slip.text}`", slip.why) for slip in chosen],
        facts,
    )


EXECUTION, TASK, LINKED, INSTANCE = (
    "The task execution role",
    "The task role",
    "The service-linked role of ECS",
    "The container instance role",
)
WHAT = {
    EXECUTION: "It is what ECS and its agent use to start a task: pull the image, read secrets, write logs.",
    TASK: "It is what the code in the containers may do; ECS uses it for nothing but ECS Exec's channel.",
    LINKED: "`AWSServiceRoleForECS` is what the service scheduler acts with: interfaces, targets, capacity.",
    INSTANCE: "It is for the agent of an EC2 instance: to register with a cluster and report. Fargate has none.",
}
SITUATIONS = (
    (
        (
            "{app} on Fargate cannot pull its image from a private ECR repository: `ecr:GetAuthorizationToken` "
            "is denied."
        ),
        EXECUTION,
    ),
    (
        (
            "A Fargate task of {app} stops before it starts, because `secretsmanager:GetSecretValue` is denied "
            "for a secret in `secrets` of its container definition."
        ),
        EXECUTION,
    ),
    ("{app} uses `awslogs`, and no log stream appears: `logs:CreateLogStream` is denied.", EXECUTION),
    (
        (
            "An SSM parameter named in `secrets` of {app}'s container definition cannot be read when its task "
            "starts."
        ),
        EXECUTION,
    ),
    ("The code of {app} calls `s3:PutObject` with the AWS SDK and gets AccessDenied.", TASK),
    (
        (
            "{app} reads from an SQS queue with the AWS SDK; its tasks run, and each `sqs:ReceiveMessage` is "
            "denied."
        ),
        TASK,
    ),
    ("The code of {app} itself calls `secretsmanager:GetSecretValue` while it runs, and is denied.", TASK),
    (
        (
            "`aws ecs execute-command` into {app} fails: the container cannot open its channel with "
            "`ssmmessages:CreateDataChannel`."
        ),
        TASK,
    ),
    ("ECS has to register the IP addresses of {app}'s new tasks with a target group.", LINKED),
    ("ECS has to create the elastic network interface of a new Fargate task of {app}.", LINKED),
    (
        "An EC2 instance of {app}'s cluster starts its agent, and `ecs:RegisterContainerInstance` is denied.",
        INSTANCE,
    ),
    ("The agent of an EC2 instance is to poll ECS for {app}'s tasks: `ecs:Poll` is denied.", INSTANCE),
)
"""Source: Amazon ECS developer guide, "security-iam-roles"."""


def _role(draw: Random, params: Mapping[str, Any]) -> Question:
    text, right = draw.choice(SITUATIONS)
    app = f"`{draw.choice(NAMES)}`"
    slips = [Slip(name, name, WHAT[name]) for name in draw.sample([n for n in WHAT if n != right], 3)]
    stem = f"{text.format(app=app)} Which role's permissions decide?"
    return question(stem, right, WHAT[right], slips, {"situation": text, "answer": right})


FAMILIES = (
    Family("arn-shape", "which ARN is well formed", _arn),
    Family("which-role", "which role's permissions decide", _role),
)
