"""Weights of forward actions, rewritten: what ECS does to a listener rule when it shifts traffic.

Pure: actions in, actions out. Other actions, other target groups and whatever else the forward action says
stay as they are.
"""

from collections.abc import Iterable, Mapping

from ecslab.cloud.ports.api import JSON
from ecslab.cloud.seam.elbv2 import forwards


def rewritten(actions: Iterable[JSON], weights: Mapping[str, int]) -> list[JSON]:
    """The actions, with these target groups forwarded to with these weights."""
    return [_weighted(action, weights) if action.get("Type") == "forward" else action for action in actions]


def _weighted(action: JSON, weights: Mapping[str, int]) -> JSON:
    merged = {**dict(forwards([action])), **weights}
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in merged.items()]
    kept = {key: value for key, value in action.items() if key != "TargetGroupArn"}
    return {**kept, "ForwardConfig": {**(action.get("ForwardConfig") or {}), "TargetGroups": groups}}
