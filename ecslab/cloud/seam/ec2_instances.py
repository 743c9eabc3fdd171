"""moto's EC2 instances and Auto Scaling groups, as container instances need them.

Gives typed views, tells ECS when a machine starts or ends, and makes Auto Scaling groups spread over their
subnets in a fixed order (moto uses the first subnet only, and removes from a set). It decides nothing.
"""

import base64
import binascii
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

from moto.autoscaling.models import (
    AutoScalingBackend,
    FakeAutoScalingGroup,
    InstanceState,
    TerminateInstanceActivity,
    autoscaling_backends,
)
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.models.instances import InstanceBackend
from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random

from ecslab.cloud.seam import determinism
from ecslab.cloud.seam.binding import bound, world
from ecslab.cloud.seam.ec2 import backend, held

UNKNOWN_TYPE = {"cpu": 2, "memory": 4096, "interfaces": 3}


@dataclass(frozen=True)
class Machine:
    id: str
    type: str
    arm: bool
    ami: str
    ecs_ami: bool
    """Its image brings the ECS agent with it."""
    az: str
    subnet_id: str
    vpc_id: str
    private_ip: str
    eni_id: str
    role_arn: str | None
    """Of its instance profile."""
    user_data: str
    state: str
    """EC2's: running, stopped, terminated …"""
    group_arn: str | None
    """Its Auto Scaling group."""
    vcpus: int
    memory: int
    interfaces: int


@dataclass(frozen=True)
class Group:
    """An Auto Scaling group."""

    arn: str
    name: str
    desired: int
    minimum: int
    maximum: int
    instance_type: str
    machines: tuple[str, ...]
    protects: bool


def machine(identity: str) -> Machine | None:
    if not bound():
        return None
    found = next((i for i in backend().all_instances() if i.id == identity), None)
    return _machine(found) if found is not None else None


def machines() -> list[Machine]:
    return [_machine(i) for i in backend().all_instances()]


def size_of(kind: str) -> tuple[int, int, int]:
    """(vCPUs, MiB, network interfaces) of an instance type."""
    known = INSTANCE_TYPES.get(kind)
    if known is None:
        return UNKNOWN_TYPE["cpu"], UNKNOWN_TYPE["memory"], UNKNOWN_TYPE["interfaces"]
    return (
        int(known["VCpuInfo"]["DefaultVCpus"]),
        int(known["MemoryInfo"]["SizeInMiB"]),
        int(known["NetworkInfo"]["MaximumNetworkInterfaces"]),
    )


def _machine(instance: Any) -> Machine:
    vcpus, memory, interfaces = size_of(instance.instance_type)
    processor = INSTANCE_TYPES.get(instance.instance_type, {}).get("ProcessorInfo", {})
    eni = instance.nics.get(0) if instance.nics else None
    ami = backend().amis.get(instance.image_id)
    named = f"{instance.image_id} {getattr(ami, 'name', '')}".lower()
    group = getattr(instance, "autoscaling_group", None)
    return Machine(
        id=str(instance.id),
        type=str(instance.instance_type),
        arm="arm64" in processor.get("SupportedArchitectures", []),
        ami=str(instance.image_id),
        ecs_ami="ecs" in named,
        az=str(instance.placement.zone),
        subnet_id=str(eni.subnet.id) if eni is not None else str(instance.subnet_id or ""),
        vpc_id=str(eni.subnet.vpc_id) if eni is not None else "",
        private_ip=str(instance.private_ip or ""),
        eni_id=str(eni.id) if eni is not None else "",
        role_arn=_role(_profile(instance)),
        user_data=_plain(instance.user_data),
        state=str(instance._state.name),
        group_arn=str(group.arn) if group is not None else None,
        vcpus=vcpus,
        memory=memory,
        interfaces=interfaces,
    )


def _plain(data: Any) -> str:
    """User data as the machine sees it; the API has it in base64, stacks sometimes as it is."""
    raw = data if isinstance(data, bytes) else str(data or "").encode()
    try:
        return base64.b64decode(raw, validate=True).decode()
    except (binascii.Error, ValueError):
        return raw.decode("utf-8", "replace")


def _profile(instance: Any) -> str | None:
    """Name or ARN of the instance profile: of the association, the request, or the template it came from."""
    made = backend().iam_instance_profile_associations.get(instance.id)
    if made is not None:
        return str(made.iam_instance_profile.arn)
    group = getattr(instance, "autoscaling_group", None)
    given = instance.iam_instance_profile or _template(instance).get("IamInstanceProfile")
    if not given and group is not None and group.launch_config is not None:
        given = group.launch_config.iam_instance_profile
    if isinstance(given, dict):
        given = given.get("Arn") or given.get("Name")
    return str(given) if given else None


def _template(instance: Any) -> dict[str, Any]:
    tags = {tag["key"]: tag["value"] for tag in instance.get_tags()}
    template = backend().launch_templates.get(tags.get("aws:ec2launchtemplate:id"))
    if template is None:
        return {}
    return dict(template.get_version(tags["aws:ec2launchtemplate:version"]).data)


def _role(profile: str | None) -> str | None:
    found = _named(profile)
    return str(found.roles[0].arn) if found is not None and found.roles else None


def _named(profile: str | None) -> Any | None:
    """The instance profile of a name or ARN."""
    name = (profile or "").rpartition("/")[2]
    known = iam_backends[world().account]["aws"].instance_profiles.values()
    return next((found for found in known if name and found.name == name), None)


def _wear_profile(instance: Any) -> None:
    """Has DescribeInstances show the profile of a template: moto knows it from there, and does not tell."""
    found = _named(_profile(instance))
    if found is not None:
        instance.iam_instance_profile = {"Arn": found.arn, "Id": found.id}


# --- Auto Scaling groups -------------------------------------------------------------------------


def _group(found: FakeAutoScalingGroup) -> Group:
    return Group(
        arn=str(found.arn),
        name=str(found.name),
        desired=int(found.desired_capacity or 0),
        minimum=int(found.min_size or 0),
        maximum=int(found.max_size or 0),
        instance_type=str(found.instance_type),
        machines=tuple(sorted(state.instance.id for state in found.instance_states)),
        protects=bool(found.new_instances_protected_from_scale_in),
    )


def groups() -> list[Group]:
    if not bound():
        return []
    return [_group(g) for g in held(autoscaling_backends).autoscaling_groups.values()]


@contextmanager
def _drawing(key: tuple[object, ...]) -> Iterator[None]:
    """Draws of its own for what ECS does by itself, between two requests."""
    state = mock_random.getstate()
    determinism.reseed(world().seed, "ecs", *key)
    yield
    mock_random.setstate(state)


def set_desired(name: str, capacity: int, key: tuple[object, ...]) -> None:
    """Sets a group's desired capacity; `key` names the draws of new machines."""
    with _drawing(key):
        held(autoscaling_backends).set_desired_capacity(name, capacity)


def remove(machine_id: str, key: tuple[object, ...]) -> None:
    """Terminates one machine of a group and makes the group smaller by it."""
    with _drawing(key):
        held(autoscaling_backends).terminate_instance(machine_id, True)


def _fill(self: Any, count_needed: int, propagated_tags: dict[str, str]) -> None:
    """One machine after the other, each in the subnet that has fewest of the group's."""
    subnets = [s for s in (self.vpc_zone_identifier or "").split(",") if s]
    chosen = self.vpc_zone_identifier
    try:
        for _ in range(count_needed):
            if subnets:
                there = Counter(str(state.instance.subnet_id) for state in self.instance_states)
                self.vpc_zone_identifier = min(subnets, key=lambda s: (there[s], subnets.index(s)))
            before = len(self.instance_states)
            _replace(self, 1, propagated_tags)
            for state in self.instance_states[before:]:
                _wear_profile(state.instance)
    finally:
        self.vpc_zone_identifier = chosen


_replace = FakeAutoScalingGroup.replace_autoscaling_group_instances
_set_desired = FakeAutoScalingGroup.set_desired_capacity


def _told(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        answer = method(*args, **kwargs)
        world().ecs.machines_changed()
        return answer

    return wrapped


WAITING = "Terminating:Wait"


def _shrink(self: Any, new_capacity: int | None) -> None:
    """Instances that ECS drains leave the group's count at once and the group when they are empty."""
    wanted = self.min_size if new_capacity is None else new_capacity
    surplus = max(0, len(self.active_instances()) - int(wanted or 0))
    for state in [s for s in self.active_instances() if not s.protected_from_scale_in][:surplus]:
        if world().ecs.draining.takes(str(state.instance.id)):
            state.lifecycle_state = WAITING
    before = list(self.instance_states)
    self.instance_states = [s for s in before if s.lifecycle_state != WAITING]
    _set_desired(self, new_capacity)
    kept = set(map(id, self.instance_states))
    fresh = [s for s in self.instance_states if s not in before]
    self.instance_states = [s for s in before if id(s) in kept or s.lifecycle_state == WAITING] + fresh


def _terminate(self: Any, instance_id: str, should_decrement: bool) -> Any:
    found = next(
        (
            s
            for g in self.autoscaling_groups.values()
            for s in g.instance_states
            if s.instance.id == instance_id
        ),
        None,
    )
    if found is None or not world().ecs.draining.takes(instance_id):
        return _terminate_at_once(self, instance_id, should_decrement)
    group, size = found.auto_scaling_group, found.auto_scaling_group.desired_capacity
    found.lifecycle_state = WAITING
    group.set_desired_capacity(size - 1 if should_decrement else size)
    return TerminateInstanceActivity(found.instance, size)


_terminate_at_once = AutoScalingBackend.terminate_instance


def complete_termination(machine_id: str, key: tuple[object, ...]) -> None:
    """An instance that was held back by its group's lifecycle hook goes."""
    groups = held(autoscaling_backends).autoscaling_groups.values()
    for group in groups:
        group.instance_states = [s for s in group.instance_states if s.instance.id != machine_id]
    with _drawing(key):
        backend().terminate_instances([machine_id])


def set_hook(group: str, name: str, seconds: int, *, wanted: bool) -> None:
    """The lifecycle hook that holds instances back which a group terminates."""
    there = held(autoscaling_backends)
    if wanted:
        transition = "autoscaling:EC2_INSTANCE_TERMINATING"
        there.create_lifecycle_hook(name, group, transition, seconds, "CONTINUE")
    else:
        there.delete_lifecycle_hook(group, name)


def _protected(self: Any) -> bool:
    """What ECS has decided, where a capacity provider manages termination protection."""
    managed = world().ecs.draining.protects(str(self.instance.id)) if bound() else None
    return bool(self.__dict__.get("protected")) if managed is None else managed


def _protect(self: Any, value: bool | None) -> None:
    self.__dict__["protected"] = value


def install() -> None:
    for name in ("run_instances", "start_instances", "stop_instances", "terminate_instances"):
        setattr(InstanceBackend, name, _told(getattr(InstanceBackend, name)))
    FakeAutoScalingGroup.replace_autoscaling_group_instances = _fill
    FakeAutoScalingGroup.set_desired_capacity = _shrink
    AutoScalingBackend.terminate_instance = _terminate
    InstanceState.protected_from_scale_in = property(_protected, _protect)
