"""The interfaces of a load balancer: one in each of its subnets, as `describe-network-interfaces` shows them.

They hold an address of the subnet and keep their security groups from being deleted.
"""

from moto.ec2.exceptions import EC2ClientError
from moto.elbv2.models import FakeLoadBalancer

from ecslab.cloud.ports.network import NoFreeAddress
from ecslab.cloud.seam import ec2
from ecslab.cloud.seam.binding import world


def _description(balancer: FakeLoadBalancer) -> str:
    return f"ELB {balancer.arn.partition(':loadbalancer/')[2]}"


def _own(balancer: FakeLoadBalancer) -> list[str]:
    description = _description(balancer)
    return [eni.id for eni in ec2.backend().enis.values() if eni.description == description]


def remove(balancer: FakeLoadBalancer) -> None:
    for eni in _own(balancer):
        ec2.delete_interface(eni)


def fit(balancer: FakeLoadBalancer) -> None:
    """Makes and takes away interfaces so that they are those of the load balancer's subnets and groups."""
    wanted = {subnet.id for subnet in balancer.subnets}
    held = ec2.backend().enis
    groups = [ec2.backend().get_security_group_from_id(group) for group in balancer.security_groups or []]
    for eni_id in _own(balancer):
        if held[eni_id].subnet.id not in wanted:
            ec2.delete_interface(eni_id)
            continue
        held[eni_id]._group_set = groups
        wanted.discard(held[eni_id].subnet.id)
    for subnet in sorted(wanted):
        _make(balancer, subnet)


def _make(balancer: FakeLoadBalancer, subnet: str) -> None:
    draws, key = world().draws, f"{balancer.arn}/{subnet}"
    number = draws.hex(10, "elb-mac", key)
    host = [draws.integer(1, 254, "elb-public", key, place) for place in range(3)]
    ids = ec2.InterfaceIds(
        eni=f"eni-0{draws.hex(16, 'elb-eni', key)}",
        attachment=f"ela-attach-0{draws.hex(16, 'elb-attach', key)}",
        mac=":".join(["0e", *(number[i : i + 2] for i in range(0, 10, 2))]),
        public_ip=".".join(map(str, [54, *host])) if balancer.scheme == "internet-facing" else None,
    )
    try:
        ec2.create_interface(subnet, tuple(balancer.security_groups or ()), _description(balancer), ids)
    except NoFreeAddress:
        message = f"Not enough IP space available in {subnet}. ELB requires at least 8 free IP addresses in each subnet."
        raise EC2ClientError("InvalidSubnet", message) from None
