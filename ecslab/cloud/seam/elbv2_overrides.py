"""What moto's ELBv2 does differently here: targets that behave, AWS's checks and defaults.

Installed once a process, before the first request.
"""

from hashlib import blake2b
from typing import Any

import moto.elb.urls
import moto.elbv2.urls
from moto.core.responses import ActionResult, EmptyResult
from moto.elbv2.exceptions import (
    DuplicateListenerError,
    DuplicateLoadBalancerName,
    ELBClientError,
    LoadBalancerNotFoundError,
    TargetGroupNotFoundError,
)
from moto.elbv2.models import (
    ELBv2Backend,
    FakeAction,
    FakeListener,
    FakeLoadBalancer,
    FakeRule,
    FakeTargetGroup,
    elbv2_backends,
)
from moto.elbv2.responses import ELBV2Response

from ecslab.cloud.seam import elbv2, elbv2_attributes, elbv2_interfaces, elbv2_limits, elbv2_targets
from ecslab.cloud.seam.binding import world

APPLICATION_ATTRIBUTES = {
    "idle_timeout.timeout_seconds": "60",
    "client_keep_alive.seconds": "3600",
    "load_balancing.cross_zone.enabled": "true",
    "routing.http2.enabled": "true",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.desync_mitigation_mode": "defensive",
    "access_logs.s3.enabled": "false",
    "waf.fail_open.enabled": "false",
}


class Elbv2(ELBv2Backend):
    @property
    def _url_module(self) -> Any:
        return moto.elbv2.urls

    # --- load balancers --------------------------------------------------------------------------

    def create_load_balancer(
        self,
        name: str,
        security_groups: list[str],
        subnet_ids: list[str],
        subnet_mappings: list[dict[str, str]] | None = None,
        scheme: str = "internet-facing",
        loadbalancer_type: str | None = None,
        ip_address_type: str = "ipv4",
        tags: list[dict[str, str]] | None = None,
    ) -> FakeLoadBalancer:
        scheme = scheme or "internet-facing"
        subnet_ids = list(subnet_ids or [])
        security_groups = list(security_groups or [])
        elbv2_limits.check_name(name)
        same = next((lb for lb in self.load_balancers.values() if lb.name == name), None)
        if same is not None:
            wanted = (scheme, set(subnet_ids), set(security_groups) or set(same.security_groups))
            if wanted == (same.scheme, {subnet.id for subnet in same.subnets}, set(same.security_groups)):
                return same
            raise DuplicateLoadBalancerName()
        application = (loadbalancer_type or "application") == "application"
        chosen = subnet_ids + [m["SubnetId"] for m in subnet_mappings or []]
        zones = [self.ec2_backend.get_subnet(subnet).availability_zone for subnet in chosen]
        if application and chosen:
            if len(set(zones)) < 2:
                raise ELBClientError(
                    "ValidationError",
                    "At least two subnets in two different Availability Zones must be specified",
                )
            if len(set(zones)) < len(zones):
                raise ELBClientError(
                    "InvalidConfigurationRequest",
                    "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
                )
        for group in security_groups:
            if self.ec2_backend.get_security_group_from_id(group) is None:
                raise ELBClientError("InvalidSecurityGroup", f"Security group {group} does not exist")
        made = super().create_load_balancer(
            name,
            security_groups,
            subnet_ids,
            subnet_mappings,
            scheme,
            loadbalancer_type,
            ip_address_type,
            tags,
        )
        if application and not security_groups:
            default = self.ec2_backend.get_default_security_group(made.vpc_id)
            made.security_groups = [default.id] if default else []
        if application:
            made.attrs.update(APPLICATION_ATTRIBUTES)
        if made.type == "network":
            elbv2.rename(self, made)
        digits = world().draws.digits(10, "elb-dns", made.arn)
        prefix = "internal-" if scheme == "internal" else ""
        made.dns_name = f"{prefix}{name}-{digits}.{self.region_name}.elb.amazonaws.com"
        made.canonical_hosted_zone_id = "Z35SXDOTRQ7X7K"
        if world().elb.provision(made.arn):
            made.state = "active"
        elbv2_interfaces.fit(made)
        return made

    def set_subnets(self, arn: str, *args: Any, **kwargs: Any) -> Any:
        zones = super().set_subnets(arn, *args, **kwargs)
        elbv2_interfaces.fit(self.load_balancers[arn])
        return zones

    def set_security_groups(self, arn: str, sec_groups: list[str]) -> None:
        super().set_security_groups(arn, sec_groups)
        elbv2_interfaces.fit(self.load_balancers[arn])

    def describe_load_balancers(
        self, arns: list[str] | None, names: list[str] | None
    ) -> list[FakeLoadBalancer]:
        everything = list(self.load_balancers.values())
        if not arns and not names:
            return everything
        found = [lb for lb in everything if lb.arn in (arns or []) or lb.name in (names or [])]
        if len(found) < len(set(arns or [])) + len(set(names or [])):
            raise LoadBalancerNotFoundError()
        return found

    def modify_load_balancer_attributes(self, arn: str, attrs: dict[str, Any]) -> dict[str, Any]:
        elbv2_limits.check_balancer(attrs)
        return super().modify_load_balancer_attributes(arn, attrs)

    def delete_load_balancer(self, arn: str) -> None:
        found = self.load_balancers.get(arn)
        if found is not None and found.attrs.get("deletion_protection.enabled") == "true":
            raise ELBClientError(
                "OperationNotPermitted",
                f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
            )
        super().delete_load_balancer(arn)
        if found is not None:
            elbv2_interfaces.remove(found)

    # --- listeners and rules ---------------------------------------------------------------------

    def create_listener(
        self, load_balancer_arn: str, protocol: str, port: str, *args: Any, **kwargs: Any
    ) -> FakeListener:
        balancer = self.load_balancers.get(load_balancer_arn)
        if balancer is not None and any(str(held.port) == str(port) for held in balancer.listeners.values()):
            raise DuplicateListenerError()
        actions = kwargs["actions"] if "actions" in kwargs else args[2]
        elbv2_attributes.check_protocols(self, balancer, port, protocol, actions)
        self._not_shared(load_balancer_arn, actions)
        return super().create_listener(
            load_balancer_arn, protocol, int(port) if port else port, *args, **kwargs
        )

    def create_rule(
        self,
        listener_arn: str,
        conditions: list[dict[str, Any]],
        priority: int,
        actions: list[dict[str, Any]],
        tags: list[dict[str, str]] | None = None,
    ) -> Any:
        priority = int(priority)
        if not 1 <= priority <= 50_000:
            raise ELBClientError("ValidationError", "The priority must be between 1 and 50000")
        self._not_shared(elbv2_targets.balancer_of_listener(listener_arn), actions)
        return super().create_rule(listener_arn, conditions, priority, actions, tags)

    def modify_rule(self, rule_arn: str, conditions: list[Any], actions: list[dict[str, Any]]) -> Any:
        self._not_shared(elbv2_targets.balancer_of_listener(rule_arn), actions)
        return super().modify_rule(rule_arn, conditions, actions)

    def modify_listener(self, arn: str, *args: Any, **kwargs: Any) -> FakeListener:
        actions = kwargs["actions"] if "actions" in kwargs else args[4] if len(args) > 4 else None
        if actions:
            self._validate_actions([FakeAction(action) for action in actions])
            self._not_shared(elbv2_targets.balancer_of_listener(arn), actions)
        return super().modify_listener(arn, *args, **kwargs)

    def _not_shared(self, load_balancer_arn: str, actions: list[dict[str, Any]] | None) -> None:
        """A target group serves one load balancer."""
        elbv2_attributes.check_stickiness(actions or [])
        for arn, _ in elbv2.forwards(actions or []):
            if any(user != load_balancer_arn for user in elbv2.users_of(arn)):
                raise ELBClientError(
                    "TargetGroupAssociationLimit",
                    "The following target groups cannot be associated with more than one load balancer: "
                    f"{arn}",
                )

    def convert_and_validate_properties(self, properties: dict[str, Any]) -> list[dict[str, Any]]:
        """moto's loses `ForwardConfig`."""
        return self.convert_and_validate_action_properties({"Actions": properties["DefaultActions"]})

    # --- target groups ---------------------------------------------------------------------------

    def create_target_group(self, name: str, **kwargs: Any) -> FakeTargetGroup:
        same = next((tg for tg in self.target_groups.values() if tg.name == name), None)
        if same is not None:
            wanted = (
                kwargs.get("vpc_id"),
                kwargs.get("protocol"),
                str(kwargs.get("port")),
                kwargs.get("target_type") or "instance",
            )
            if wanted == (same.vpc_id, same.protocol, str(same.port), same.target_type):
                return same
        made = super().create_target_group(name, **kwargs)
        made.attributes = {**elbv2_attributes.HEALTHY_TARGETS, **made.attributes}
        return made

    def modify_target_group_attributes(self, target_group_arn: str, attributes: dict[str, Any]) -> None:
        group = self.target_groups.get(target_group_arn)
        if group is not None:
            elbv2_attributes.check_attributes(group, attributes)
        checked = {k: v for k, v in attributes.items() if k not in elbv2_attributes.RANGES}
        super().modify_target_group_attributes(target_group_arn, checked)
        if group is not None:
            group.attributes.update(attributes)

    def describe_target_groups(
        self, load_balancer_arn: str | None, target_group_arns: list[str], names: list[str] | None
    ) -> list[FakeTargetGroup]:
        if load_balancer_arn in self.load_balancers and not target_group_arns and not names:
            used = [tg for tg in self.target_groups.values() if load_balancer_arn in tg.load_balancer_arns]
            return sorted(used, key=lambda group: str(group.name))
        return list(super().describe_target_groups(load_balancer_arn, target_group_arns, names))


class Elbv2Response(ELBV2Response):
    def create_rule(self) -> ActionResult:
        self._require("Conditions", "A condition must be specified")
        self._require("Actions", "An action must be specified")
        return super().create_rule()

    def modify_listener_attributes(self) -> ActionResult:
        self._require("Attributes", "An attribute must be specified")
        return super().modify_listener_attributes()

    def _require(self, name: str, message: str) -> None:
        """A list that is empty is not sent at all, and moto takes it for granted."""
        if not self._get_param(name):
            raise ELBClientError("ValidationError", message)

    def register_targets(self) -> ActionResult:
        elbv2_targets.register(self._get_param("TargetGroupArn"), self._get_param("Targets", []))
        return EmptyResult()

    def deregister_targets(self) -> ActionResult:
        elbv2_targets.deregister(self._get_param("TargetGroupArn"), self._get_param("Targets", []))
        return EmptyResult()

    def describe_target_health(self) -> ActionResult:
        arn = self._get_param("TargetGroupArn")
        found = elbv2_targets.describe(arn, self._get_param("Targets", []))
        return ActionResult({"TargetHealthDescriptions": found})

    def _check_health(self, protocol: str | None, target_type: str | None) -> None:
        names = (*elbv2_limits.HEALTH, "HealthCheckEnabled", "Matcher")
        elbv2_limits.check_health({name: self._get_param(name) for name in names}, protocol, target_type)

    def create_target_group(self) -> ActionResult:
        self._check_health(self._get_param("Protocol"), self._get_param("TargetType"))
        return super().create_target_group()

    def modify_target_group_attributes(self) -> ActionResult:
        super().modify_target_group_attributes()
        return self.describe_target_group_attributes()

    def modify_target_group(self) -> ActionResult:
        arn = self._get_param("TargetGroupArn")
        group = self.elbv2_backend.target_groups.get(arn)
        if group is None:
            raise TargetGroupNotFoundError()
        self._check_health(group.protocol, group.target_type)
        interval = self._get_int_param("HealthCheckIntervalSeconds") or group.health_check_interval_seconds
        timeout = self._get_int_param("HealthCheckTimeoutSeconds") or group.health_check_timeout_seconds
        if int(timeout) >= int(interval):
            raise ELBClientError(
                "ValidationError",
                f"Health check timeout '{timeout}' must be smaller than the interval '{interval}'",
            )
        return super().modify_target_group()


def _rule_init(
    rule: FakeRule, listener_arn: str, conditions: Any, priority: Any, actions: Any, is_default: bool
) -> None:
    """As moto's, with an ARN that is not the address of a Python object."""
    rule.listener_arn = listener_arn
    number = blake2b(listener_arn.encode(), digest_size=8).hexdigest()
    rule.arn = f"{listener_arn.replace(':listener/', ':listener-rule/')}/{number}"
    rule.conditions, rule.priority = conditions, priority
    rule.actions, rule.is_default = actions, is_default


_action_init = FakeAction.__init__


def _action(action: FakeAction, data: dict[str, Any]) -> None:
    """As AWS shows a forward action: with its one target group in both spellings."""
    if data.get("Type") == "forward":
        targets = elbv2.forwards([data])
        groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in targets]
        data = {**data, "ForwardConfig": {**(data.get("ForwardConfig") or {}), "TargetGroups": groups}}
        if len(targets) == 1:
            data["TargetGroupArn"] = targets[0][0]
    _action_init(action, data)


def _pairs(properties: dict[str, Any], key: str) -> dict[str, str]:
    return {str(pair["Key"]): str(pair["Value"]) for pair in properties.get(key) or []}


def _install_stack_properties() -> None:
    """CloudFormation properties that moto's classes drop: attributes, tags, types."""
    plain_balancer = FakeLoadBalancer.create_from_cloudformation_json
    plain_group = FakeTargetGroup.create_from_cloudformation_json

    def balancer(name: str, json: Any, account: str, region: str, **kwargs: Any) -> FakeLoadBalancer:
        properties = json["Properties"]
        made = plain_balancer(name, json, account, region, **kwargs)
        made.attrs.update(_pairs(properties, "LoadBalancerAttributes"))
        elbv2_backends[account][region].tagging_service.tag_resource(made.arn, properties.get("Tags") or [])
        return made

    def group(name: str, json: Any, account: str, region: str, **kwargs: Any) -> FakeTargetGroup:
        properties = json["Properties"]
        made = plain_group(name, json, account, region, **kwargs)
        made.attributes.update(_pairs(properties, "TargetGroupAttributes"))
        elbv2_backends[account][region].tagging_service.tag_resource(made.arn, properties.get("Tags") or [])
        for target in properties.get("Targets") or []:
            elbv2_targets.register(made.arn, [target])
        return made

    FakeLoadBalancer.create_from_cloudformation_json = staticmethod(balancer)
    FakeTargetGroup.create_from_cloudformation_json = staticmethod(group)


def _balancer_attribute(balancer: FakeLoadBalancer, name: str) -> Any:
    """`Fn::GetAtt` of a load balancer; moto has two of the five."""
    known = {
        "DNSName": balancer.dns_name,
        "LoadBalancerName": balancer.name,
        "LoadBalancerFullName": balancer.arn.partition(":loadbalancer/")[2],
        "CanonicalHostedZoneID": balancer.canonical_hosted_zone_id,
        "SecurityGroups": balancer.security_groups,
        "LoadBalancerArn": balancer.arn,
    }
    return known[name]


def _group_attribute(group: FakeTargetGroup, name: str) -> Any:
    known = {
        "TargetGroupName": group.name,
        "TargetGroupFullName": group.arn.rpartition(":")[2],
        "TargetGroupArn": group.arn,
        "LoadBalancerArns": group.load_balancer_arns,
    }
    return known[name]


def _install_attributes() -> None:
    balancer = {
        "DNSName",
        "LoadBalancerName",
        "LoadBalancerFullName",
        "CanonicalHostedZoneID",
        "SecurityGroups",
    }
    group = {"TargetGroupName", "TargetGroupFullName", "TargetGroupArn", "LoadBalancerArns"}
    FakeLoadBalancer.has_cfn_attr = staticmethod((balancer | {"LoadBalancerArn"}).__contains__)
    FakeLoadBalancer.get_cfn_attribute = _balancer_attribute
    FakeTargetGroup.has_cfn_attr = staticmethod(group.__contains__)
    FakeTargetGroup.get_cfn_attribute = _group_attribute


def _users(group: FakeTargetGroup) -> list[str]:
    return elbv2.users_of(group.arn)


def _ignore(group: FakeTargetGroup, value: list[str]) -> None:
    """moto only ever adds to this list; who uses a group is read off the listeners instead."""


def install() -> None:
    elbv2_backends.backend = Elbv2
    moto.elb.urls.ELBV2Response = Elbv2Response
    FakeTargetGroup.load_balancer_arns = property(_users, _ignore)
    FakeRule.__init__ = _rule_init
    FakeAction.__init__ = _action
    _install_stack_properties()
    _install_attributes()
