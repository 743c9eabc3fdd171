"""The listener rules through which a service's traffic is shifted, read and rewritten as its infrastructure role may.

Raises `Trouble` with the words of AWS; what then becomes of the deployment is not decided here.
Source of the words: Amazon ECS developer guide, "troubleshooting-blue-green".
"""

import re
from collections.abc import Mapping
from fractions import Fraction

from ecslab.cloud.ecs import messages, messages_shift, shifting
from ecslab.cloud.ecs.model import JSON, Deployment
from ecslab.cloud.ecs.shifting import Stage
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports.balancing import Forwarding

PRINCIPAL = "ecs.amazonaws.com"
READS = ("DescribeListeners", "DescribeRules", "DescribeTargetGroups", "DescribeTargetHealth")
ALB_RULE = re.compile(r"arn:aws:elasticloadbalancing:[^:]+:\d{12}:listener-rule/app/[^/]+/\w+/\w+/\w+")
NLB_LISTENER = re.compile(r"arn:aws:elasticloadbalancing:[^:]+:\d{12}:listener/net/[^/]+/\w+/\w+")


class Trouble(Exception):
    """A load balancer can't be used as the service wants; the text is a deployment's statusReason."""


def shifted(deployment: Deployment) -> list[JSON]:
    """The deployment's load balancers whose traffic ECS shifts."""
    return [balancer for balancer in deployment.load_balancers if balancer.get("advancedConfiguration")]


def pair(balancer: JSON) -> tuple[str, str]:
    return balancer["targetGroupArn"], balancer["advancedConfiguration"]["alternateTargetGroupArn"]


def other(balancer: JSON, group: str) -> str:
    first, second = pair(balancer)
    return second if group == first else first


def has_test_rule(deployment: Deployment) -> bool:
    return any(b["advancedConfiguration"].get("testListenerRule") for b in shifted(deployment))


def behind_network_balancer(deployment: Deployment) -> bool:
    rules = [b["advancedConfiguration"]["productionListenerRule"] for b in shifted(deployment)]
    return any(NLB_LISTENER.fullmatch(rule) for rule in rules)


# --- before anything is started ---


def choose(state: State, deployment: Deployment) -> None:
    """Gives the deployment the target groups that serve nothing now."""
    for balancer in shifted(deployment):
        _check_role(state, balancer["advancedConfiguration"]["roleArn"])
        serving = _serving(state, balancer)
        deployment.groups[balancer["targetGroupArn"]] = other(balancer, serving)


def _check_role(state: State, role: str) -> None:
    iam = state.world.iam
    if not iam.can_assume(role, PRINCIPAL) or not all(
        iam.allows(role, f"elasticloadbalancing:{action}") for action in READS
    ):
        raise Trouble(messages_shift.role_lacks_permissions(role))


def _serving(state: State, balancer: JSON) -> str:
    """The one target group of the pair that production traffic goes to."""
    advanced = balancer["advancedConfiguration"]
    groups = pair(balancer)
    for group in groups:
        if state.world.elb.target_group(group) is None:
            raise Trouble(messages_shift.invalid_network(f"The target group {group} does not exist."))
    production = _rule(state, advanced["productionListenerRule"])
    test = _rule(state, advanced["testListenerRule"]) if advanced.get("testListenerRule") else None
    loaded = [group for group, weight in production.weights.items() if weight]
    for group in loaded:
        if group not in groups:
            raise Trouble(messages_shift.unexpected_group(group, *groups))
    if len(loaded) != 1:
        raise Trouble(messages_shift.several_serving(production.arn, len(loaded)))
    for group in groups:
        if group not in production.weights and (test is None or group not in test.weights):
            raise Trouble(messages_shift.group_not_associated(group))
    return loaded[0]


def _rule(state: State, arn: str) -> Forwarding:
    found = state.world.elb.forwarding(arn)
    if found is None:
        raise Trouble(messages_shift.invalid_network("One or more rules not found"))
    return found


# --- shifting ---


def shift(
    state: State, deployment: Deployment, stage: Stage, *, production: Fraction, test: Fraction
) -> None:
    """Has the rules forward these percentages to the deployment's own target groups."""
    for balancer in shifted(deployment):
        advanced = balancer["advancedConfiguration"]
        green = deployment.groups.get(balancer["targetGroupArn"])
        if green is None:
            continue
        blue = other(balancer, green)
        for rule, share in (("testListenerRule", test), ("productionListenerRule", production)):
            if advanced.get(rule):
                wanted = shifting.weights(blue, green, share)
                _rewrite(state, advanced[rule], advanced["roleArn"], stage, wanted)


def _rewrite(state: State, arn: str, role: str, stage: Stage, wanted: dict[str, int]) -> None:
    """Changes one rule's weights, unless traffic goes where it is to go already."""
    found = _rule(state, arn)
    if _split(found.weights) == _split(wanted):
        return
    if not state.world.iam.can_assume(role, PRINCIPAL):
        raise Trouble(messages_shift.role_lacks_permissions(role))
    action = "ModifyListener" if found.whole_listener else "ModifyRule"
    resource = found.listener if found.whole_listener else arn
    refused = denial(state, role, action, resource, "ECSNetworkingWithELB")
    if refused is not None:
        raise Trouble(messages_shift.hooks_failed(stage, refused))
    state.world.elb.reweigh(arn, wanted)


def _split(weights: Mapping[str, int]) -> dict[str, Fraction]:
    whole = sum(weights.values())
    return {group: Fraction(weight, whole) for group, weight in weights.items() if weight}


def denial(state: State, role: str, action: str, resource: str, session: str) -> str | None:
    """What IAM says when the infrastructure role may not call an operation of Elastic Load Balancing."""
    full = f"elasticloadbalancing:{action}"
    why = state.world.iam.refusal(role, full, resource)
    if not why:
        return None
    name = role.rpartition("/")[2]
    user = f"arn:aws:sts::{state.world.account}:assumed-role/{name}/{session}"
    return messages.not_authorized(user, full, resource, why)
