"""The situations that families tell of, played in a running world: it shows what the family says."""

import pytest

from ecslab.content.packs import builtin
from ecslab.content.probes import client_probe, faults
from ecslab.content.resolve import resolve_world
from ecslab.quiz.families.failures import HISTORIES, TROUBLES
from ecslab.quiz.trial import scratch

pytestmark = pytest.mark.slow

SERVICE = "--cluster shop --service web-app"
STOPPED = (
    "aws ecs describe-tasks --cluster shop --query 'tasks[{filter}].stopCode' --output text --tasks "
    "$(aws ecs list-tasks --cluster shop --desired-status STOPPED --query taskArns --output text)"
)
NETWORK = (
    "awsvpcConfiguration={subnets=[$(aws ec2 describe-subnets --query 'Subnets[0].SubnetId' --output text)]}"
)
STOP = (
    "aws ecs stop-task --cluster shop --task "
    "$(aws ecs list-tasks --cluster shop --query taskArns[0] --output text)"
)
SPOT = (
    "aws ecs put-cluster-capacity-providers --cluster shop --capacity-providers FARGATE FARGATE_SPOT "
    "--default-capacity-provider-strategy capacityProvider=FARGATE_SPOT,weight=1 && "
    "aws ecs create-service --cluster shop --service-name spot --task-definition web-app --desired-count 1 "
    "--capacity-provider-strategy capacityProvider=FARGATE_SPOT,weight=1 --network-configuration "
    f'"{NETWORK}"'
)
# case -> (faults of the world's past, what is done then)
ENDINGS: dict[str, tuple[list, str]] = {
    "bad-image": ([{"set_image": {"service": "web-app", "tag": "v9.9.9"}}], ""),
    "no-secret": (
        [{"revoke_permission": {"role": "ecsTaskExecutionRole", "action": "secretsmanager:GetSecretValue"}}],
        f"aws ecs update-service {SERVICE} --force-new-deployment",
    ),
    "crash": ([{"crash_app": {"service": "web-app", "after": "10s", "code": 1}}], ""),
    "stop": ([], STOP),
    "scale-in": ([{"call": "ecs update-service --cluster shop --service web-app --desired-count 1"}], ""),
    "health": ([{"stop_listening": "web-app"}], ""),
    "rollout": ([{"call": "ecs update-service --cluster shop --service web-app --force-new-deployment"}], ""),
    "spot": ([], SPOT),
}  # fmt: skip


def world(*then, settle: int = 300_000):
    return resolve_world(builtin(), "shop-web") | {"then": faults(list(then)), "settle": settle}


@pytest.mark.parametrize(("code", "case"), [(code, case) for _, code, case in HISTORIES])
def test_a_history_leaves_its_stop_code(code: str, case: str) -> None:
    past, then = ENDINGS[case]
    with scratch(world(*past)) as bench:
        if then:
            assert bench.run(then).status == 0
            bench.settle(180_000)
        if case == "spot":
            ask = [
                {"id": "a", "kind": "state", "service": "ecs", "operation": "ListTasks",
                 "params": {"cluster": "shop", "desiredStatus": "STOPPED", "serviceName": "spot"}}
            ]  # fmt: skip
            arns = bench.sandbox.whatif(faults([{"interrupt_spot": "spot"}]), "4m", ask)["values"][0][
                "taskArns"
            ]
            ask[0] |= {"operation": "DescribeTasks", "params": {"cluster": "shop", "tasks": arns}}
            seen = bench.sandbox.whatif(faults([{"interrupt_spot": "spot"}]), "4m", ask)["values"][0]["tasks"]
            codes = {task["stopCode"] for task in seen}
        else:
            # The shop stops its old tasks first: of a failed start the new ones tell.
            never = "?!startedAt" if code == "TaskFailedToStart" else ""
            codes = set(bench.run(STOPPED.replace("{filter}", never)).output.split())
    assert codes == {code}


REQUESTS: dict[str, list] = {
    "scaled-to-zero": [{"call": "ecs update-service --cluster shop --service web-app --desired-count 0"}],
    "wrong-port": [{"change_port": {"service": "web-app", "port": 9090}}],
    "stopped-listening": [{"stop_listening": "web-app"}],
    "closed-group": [{"close_security_group": {"group": "app", "port": 8080}}],
    "too-slow": [{"slow_app": {"service": "web-app", "by": "65s"}}],
    "wrong-health-path": [],
}
HEALTH_PATH = (
    "aws elbv2 modify-target-group --health-check-path /nowhere --target-group-arn "
    "$(aws elbv2 describe-target-groups --names web-tg --query TargetGroups[0].TargetGroupArn --output text)"
)


@pytest.mark.parametrize(("status", "case"), [(status, case) for _, status, _, case in TROUBLES])
def test_a_situation_gives_its_status(status: str, case: str) -> None:
    with scratch(world(*REQUESTS[case], settle=180_000 if case == "scaled-to-zero" else 20_000)) as bench:
        if case == "wrong-health-path":
            assert bench.run(HEALTH_PATH).status == 0
            bench.sandbox.clock(advance="65s")
        seen = bench.sandbox.whatif([], "0s", [client_probe("a", "web-alb", 80, "/")])["values"][0]
    assert seen["status"] == int(status)
