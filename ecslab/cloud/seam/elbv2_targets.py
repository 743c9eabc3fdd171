"""The target operations of ELBv2, from the API's spelling to the load balancers of the world and back."""

from ipaddress import IPv4Address
from typing import Any

from moto.elbv2.exceptions import ELBClientError, InvalidTargetError, TargetGroupNotFoundError

from ecslab.cloud.elb_health import NOT_REGISTERED
from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.balancing import TargetHealth
from ecslab.cloud.seam import ec2, elbv2
from ecslab.cloud.seam.binding import world
from ecslab.cloud.seam.elbv2 import GroupView


def _group(arn: str) -> GroupView:
    view = elbv2.group(arn)
    if view is None:
        raise TargetGroupNotFoundError()
    return view


def balancer_of_listener(arn: str) -> str:
    """The load balancer's ARN, from a listener's or a rule's."""
    kind, _, place = arn.partition("/")
    parts = place.split("/")
    return f"{kind.rpartition(':')[0]}:loadbalancer/{'/'.join(parts[:3])}"


def _zone(group: GroupView, target: dict[str, Any]) -> str:
    """Where a target is; a bad one is refused."""
    identity = str(target["Id"])
    if group.target_type == "instance":
        found = next((i for i in ec2.backend().all_instances() if i.id == identity), None)
        if found is None:
            raise ELBClientError("InvalidTarget", f"The following targets are not valid: [{identity}]")
        return str(found.placement.zone)
    try:
        address = str(IPv4Address(identity))
    except ValueError:
        raise ELBClientError(
            "ValidationError", f"The IP address '{identity}' is not a valid IPv4 address"
        ) from None
    if target.get("AvailabilityZone") == "all":
        return "all"
    subnet = ec2.subnet_of(group.vpc_id, address)
    if subnet is None:
        raise ELBClientError(
            "ValidationError",
            f"The IP address '{address}' is not within the CIDR block(s) of the VPC '{group.vpc_id}'. "
            "To register a target outside the VPC, specify 'all' as the Availability Zone",
        )
    return subnet.az


def register(arn: str, targets: list[dict[str, Any]]) -> None:
    group = _group(arn)
    zones = [_zone(group, target) for target in targets]
    for target, zone in zip(targets, zones, strict=True):
        world().elb.register(arn, str(target["Id"]), int(target.get("Port") or group.port), zone, "")


def deregister(arn: str, targets: list[dict[str, Any]]) -> None:
    group = _group(arn)
    for target in targets:
        port = target.get("Port")
        ports = [t.port for t in world().elb.targets_of(arn) if t.ip == target["Id"]]
        chosen = [int(port)] if port else ports or [group.port]
        for number in chosen:
            if number not in ports and group.target_type == "instance":
                raise InvalidTargetError()
            world().elb.deregister(arn, str(target["Id"]), number)


def describe(arn: str, wanted: list[dict[str, Any]]) -> list[JSON]:
    group = _group(arn)
    known = world().elb.targets_of(arn)
    if not wanted:
        return [_described(group, t.ip, t.port, t.az, t.shown) for t in known]
    answers = []
    for target in wanted:
        identity = str(target["Id"])
        port = int(target.get("Port") or 0)
        fitting = [t for t in known if t.ip == identity and port in (0, t.port)]
        answers += [_described(group, t.ip, t.port, t.az, t.shown) for t in fitting]
        if not fitting:
            answers.append(_described(group, identity, port or group.port, "", NOT_REGISTERED))
    return answers


def _described(group: GroupView, identity: str, port: int, zone: str, shown: TargetHealth) -> JSON:
    target: JSON = {"Id": identity, "Port": port}
    if zone and group.target_type != "instance":
        target["AvailabilityZone"] = zone
    state: JSON = {"State": shown.state}
    if shown.reason:
        state |= {"Reason": shown.reason, "Description": shown.description}
    check_port = group.check_port if group.check_port.isdigit() else str(port)
    return {"Target": target, "HealthCheckPort": check_port, "TargetHealth": state}
