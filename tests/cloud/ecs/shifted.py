"""The playground with what a deployment needs that shifts traffic: two target groups, rules, a role, functions."""

import json
from collections import Counter
from typing import Any

from ecslab.cloud.seam import calls
from tests.cloud.inworld import InWorld

ROLE_NAME = "ecsInfrastructureRole"
LOAD_BALANCER_POLICY = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
INVOKE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}],
}
TEST_HEADER = {"x-env": "green"}
BLUE, GREEN = "v1.2.3", "v1.2.4"


def function(name: str) -> str:
    return f"arn:aws:lambda:us-east-1:123456789012:function:{name}"


class Shifted(InWorld):
    """Service `web-app` behind web-alb; production is a rule for /*, test one for the header `x-env: green`."""

    def __enter__(self) -> "Shifted":
        super().__enter__()
        role = self.call("iam", "CreateRole", RoleName=ROLE_NAME, AssumeRolePolicyDocument=json.dumps(TRUST))
        self.role = str(role["Role"]["Arn"])
        self.call("iam", "AttachRolePolicy", RoleName=ROLE_NAME, PolicyArn=LOAD_BALANCER_POLICY)
        self.call(
            "iam", "PutRolePolicy", RoleName=ROLE_NAME, PolicyName="i", PolicyDocument=json.dumps(INVOKE)
        )
        self.blue, self.green = self.target_group(), self._second_group()
        balancer = self.call("elbv2", "DescribeLoadBalancers", Names=["web-alb"])["LoadBalancers"][0]
        self.alb = str(balancer["LoadBalancerArn"])
        listeners = self.call("elbv2", "DescribeListeners", LoadBalancerArn=self.alb)["Listeners"]
        self.listener = str(listeners[0]["ListenerArn"])
        header = {"HttpHeaderName": "x-env", "Values": ["green"]}
        self.test = self.rule(1, {"Field": "http-header", "HttpHeaderConfig": header}, [(self.green, 1)])
        paths = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}
        self.production = self.rule(2, paths, [(self.blue, 1), (self.green, 0)])
        return self

    def _second_group(self) -> str:
        vpc = self.call("elbv2", "DescribeTargetGroups", Names=["web-tg"])["TargetGroups"][0]["VpcId"]
        made = self.call(
            "elbv2", "CreateTargetGroup", Name="web-tg-2", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip",
            HealthCheckPath="/health",
        )  # fmt: skip
        return str(made["TargetGroups"][0]["TargetGroupArn"])

    def rule(self, priority: int, condition: dict[str, Any], groups: list[tuple[str, int]]) -> str:
        weighted = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in groups]
        made = self.call(
            "elbv2", "CreateRule", ListenerArn=self.listener, Priority=priority, Conditions=[condition],
            Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}],
        )  # fmt: skip
        return str(made["Rules"][0]["RuleArn"])

    def balancer(self, **advanced: Any) -> dict[str, Any]:
        given = {
            "alternateTargetGroupArn": self.green, "productionListenerRule": self.production,
            "testListenerRule": self.test, "roleArn": self.role, **advanced,
        }  # fmt: skip
        return {
            "targetGroupArn": self.blue,
            "containerName": "app",
            "containerPort": 8080,
            "advancedConfiguration": {key: value for key, value in given.items() if value is not None},
        }

    def started(self, strategy: str = "BLUE_GREEN", tag: str = BLUE, desired: int = 2, **more: Any) -> None:
        """The service with its first revision deployed."""
        configuration = {"strategy": strategy, "bakeTimeInMinutes": 5, **more}
        self.service(
            tag, desired=desired, loadBalancers=[self.balancer()], deploymentConfiguration=configuration
        )
        assert self.steady(within=3 * 3600)

    def deploy(self, tag: str = GREEN, **more: Any) -> None:
        self.update(taskDefinition=self.register(tag), **more)

    # --- looking ---

    def _read(self, operation: str, **params: Any) -> dict[str, Any]:
        """As boto3 gives it, without the wire: it is asked often."""
        return calls.read(self.world, "ecs", operation, params)

    def described(self) -> dict[str, Any]:
        return dict(self._read("DescribeServices", cluster="prod", services=["web-app"])["services"][0])

    def deployments(self) -> list[dict[str, Any]]:
        """Service deployments, the newest first."""
        listed = self._read("ListServiceDeployments", cluster="prod", service="web-app")
        arns = [brief["serviceDeploymentArn"] for brief in listed["serviceDeployments"]]
        found = self._read("DescribeServiceDeployments", serviceDeploymentArns=arns)
        return sorted(found["serviceDeployments"], key=lambda d: arns.index(d["serviceDeploymentArn"]))

    def deployment(self) -> dict[str, Any]:
        return self.deployments()[0]

    def stage(self) -> str:
        return str(self.deployment().get("lifecycleStage", ""))

    def until(self, stage: str, within: float = 7200) -> None:
        """Goes on, second by second, until the newest deployment is in a stage."""
        end = self.world.now + within * 1000
        while self.stage() != stage:
            assert self.world.now < end, f"never in {stage}: {self.deployment()}"
            self.advance(1)

    def weights(self, rule: str | None = None) -> dict[str, int]:
        """Of a rule's target groups: `blue` is web-tg, `green` web-tg-2, whoever is there."""
        found = self.call("elbv2", "DescribeRules", RuleArns=[rule or self.production])["Rules"][0]
        groups = found["Actions"][-1]["ForwardConfig"]["TargetGroups"]
        names = {self.blue: "blue", self.green: "green"}
        return {names.get(g["TargetGroupArn"], "other"): int(g["Weight"]) for g in groups}

    def asked(self, count: int = 100, **headers: str) -> Counter[str]:
        """What `count` requests through the load balancer get: the last word of the answer, or the status."""
        answers: Counter[str] = Counter()
        for _ in range(count):
            answer = self.world.browse(self.alb, 80, "GET", "/", {"host": "web-alb", **headers}, b"")
            assert answer is not None
            answers[answer.body.decode().split()[-1] if answer.status == 200 else str(answer.status)] += 1
        return answers

    def stages(self) -> list[str]:
        """The stages that the event log has of the newest deployment, in order."""
        newest = self.described()["deployments"][0]["id"]
        return [
            event.detail["stage"]
            for event in self.world.events
            if event.source == "deployment"
            and event.detail.get("deployment") == newest
            and "stage" in event.detail
            and "hook" not in event.detail
        ]
