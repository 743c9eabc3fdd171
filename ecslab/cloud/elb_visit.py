"""One request to an Application Load Balancer, where stickiness is concerned: whom its cookies name, which it gets."""

from collections.abc import Sequence
from typing import TypeVar

from ecslab.cloud import elb_sticky as sticky
from ecslab.cloud.elb_routing import Request
from ecslab.cloud.elb_targets import Target
from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.images import Answer
from ecslab.cloud.ports.world import World
from ecslab.cloud.seam import elbv2
from ecslab.cloud.seam.elbv2 import GroupView

T = TypeVar("T")


class Visit:
    def __init__(self, world: World, action: JSON, request: Request) -> None:
        self._world = world
        self._groups = [arn for arn, _ in elbv2.forwards([action])]
        self._group_for = sticky.group_duration(action)
        self._sent = sticky.sent(request.headers)
        self._secure = request.secure

    def group(self) -> str | None:
        """The target group that the client is bound to; its weight no longer matters."""
        if not self._group_for:
            return None
        keys = {arn: arn for arn in self._groups}
        return self._meant(sticky.GROUP, keys)

    def target(self, group: GroupView, candidates: Sequence[Target]) -> Target | None:
        """The target that the client is bound to, if it can get requests."""
        name = sticky.target_cookie(group)
        return None if name is None else self._meant(name, {target.key: target for target in candidates})

    def _meant(self, name: str, keys: dict[str, T]) -> T | None:
        cookie = self._sent.get(name) or self._sent.get(f"{name}CORS")
        return sticky.meant(self._world.seed, name, cookie, keys, self._world.now)

    def cookies(self, group: GroupView, target: Target, answer: Answer) -> list[tuple[str, str]]:
        """`Set-Cookie` headers of the answer: the application's own and those of the load balancer."""
        own = [answer.set_cookie] if answer.set_cookie else []
        found = [("Set-Cookie", line) for line in own]
        if self._group_for:
            found += self._cookie(sticky.GROUP, group.arn, self._group_for)
        name = sticky.target_cookie(group)
        if name is not None and sticky.begins(group, own):
            found += self._cookie(name, target.key, group.sticky_for)
        return found

    def _cookie(self, name: str, key: str, lasts: int) -> list[tuple[str, str]]:
        ends = self._world.now + lasts
        cookie = sticky.value(self._world.seed, name, key, ends)
        return sticky.headers(name, cookie, self._world.epoch_seconds(ends), secure=self._secure)
