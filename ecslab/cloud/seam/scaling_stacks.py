"""CloudFormation's resources around a service's size: capacity providers, scalable targets, policies, alarms.

Each is made, changed and deleted by the calls that a person would make. Source of what `Ref` and `Fn::GetAtt`
give and of which changes replace: AWS CloudFormation user guide, the page of each type.
"""

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudwatch.models import Dimension, MetricDataQuery, MetricStat
from moto.cloudwatch.models import Metric as QueryMetric

from ecslab.cloud.autoscaling_model import NAMESPACE
from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.seam import autoscaling
from ecslab.cloud.seam.binding import world
from ecslab.cloud.seam.ecs_stacks import call, put_providers, retag
from ecslab.cloud.seam.stack_spelling import parameters
from ecslab.cloud.seam.stacks import HandlerRefused, StackResource, register


class CapacityProvider(StackResource):
    TYPE = "AWS::ECS::CapacityProvider"
    NAME = "Name"
    REPLACES = frozenset({"Name"})

    @classmethod
    def made(cls, name: str, properties: JSON) -> "CapacityProvider":
        given = parameters("ecs", "CreateCapacityProvider", {**properties, "Name": name})
        made = call("CreateCapacityProvider", given)["capacityProvider"]
        return cls(made["name"], arn=made["capacityProviderArn"])

    def change(self, properties: JSON) -> None:
        provider = dict(properties.get("AutoScalingGroupProvider") or {})
        provider.pop("AutoScalingGroupArn", None)
        given = {"Name": self.id, "AutoScalingGroupProvider": provider}
        call("UpdateCapacityProvider", parameters("ecs", "UpdateCapacityProvider", given))
        retag(self.attributes["arn"], self.properties, properties)

    def remove(self) -> None:
        call("DeleteCapacityProvider", {"capacityProvider": self.id})


class Associations(StackResource):
    TYPE = "AWS::ECS::ClusterCapacityProviderAssociations"
    REPLACES = frozenset({"Cluster"})

    @classmethod
    def made(cls, name: str, properties: JSON) -> "Associations":
        cluster = str(properties["Cluster"]).rsplit("/", 1)[-1]
        put_providers(cluster, properties)
        return cls(cluster)

    def change(self, properties: JSON) -> None:
        put_providers(self.id, properties)

    def remove(self) -> None:
        put_providers(self.id, {})


# --- Application Auto Scaling ----------------------------------------------------------------------


def scale(operation: str, params: JSON) -> JSON:
    try:
        return world().scaling.call(operation, params)
    except ApiError as error:
        raise HandlerRefused("ApplicationAutoScaling", operation, error) from None


def where(properties: JSON) -> JSON:
    """What names a target in every call."""
    if properties.get("ServiceNamespace") != NAMESPACE:
        raise ValidationError(
            message=f"ecslab's stacks scale ECS services only, not {properties.get('ServiceNamespace')}"
        )
    return {
        "ServiceNamespace": NAMESPACE,
        "ResourceId": properties["ResourceId"],
        "ScalableDimension": properties["ScalableDimension"],
    }


class ScalableTarget(StackResource):
    TYPE = "AWS::ApplicationAutoScaling::ScalableTarget"
    REPLACES = frozenset({"ResourceId", "ScalableDimension", "ServiceNamespace"})
    ATTRIBUTES = frozenset({"Id"})

    @classmethod
    def made(cls, name: str, properties: JSON) -> "ScalableTarget":
        target = cls(f"{properties['ResourceId']}|{properties['ScalableDimension']}|{NAMESPACE}")
        target.attributes["Id"] = target.id
        target.change(properties)
        return target

    def change(self, properties: JSON) -> None:
        spelled = parameters(
            "application-autoscaling",
            "RegisterScalableTarget",
            {key: value for key, value in properties.items() if key != "ScheduledActions"},
        )
        scale("RegisterScalableTarget", {**spelled, **where(properties)})
        wanted = {
            action["ScheduledActionName"]: action for action in properties.get("ScheduledActions") or []
        }
        for action in self.properties.get("ScheduledActions") or []:
            if action["ScheduledActionName"] not in wanted:
                named = {"ScheduledActionName": action["ScheduledActionName"]}
                scale("DeleteScheduledAction", {**where(properties), **named})
        for action in wanted.values():
            given = parameters("application-autoscaling", "PutScheduledAction", action)
            scale("PutScheduledAction", {**where(properties), **given})

    def remove(self) -> None:
        resource, dimension, _ = self.id.split("|")
        where = {"ServiceNamespace": NAMESPACE, "ResourceId": resource, "ScalableDimension": dimension}
        _unless_gone("DeregisterScalableTarget", where)


class ScalingPolicy(StackResource):
    TYPE = "AWS::ApplicationAutoScaling::ScalingPolicy"
    REPLACES = frozenset(
        {"PolicyName", "ResourceId", "ScalableDimension", "ScalingTargetId", "ServiceNamespace"}
    )
    ATTRIBUTES = frozenset({"Arn"})

    @classmethod
    def made(cls, name: str, properties: JSON) -> "ScalingPolicy":
        arn = _put_policy(properties)
        return cls(arn, Arn=arn)

    def change(self, properties: JSON) -> None:
        _put_policy(properties)

    def remove(self) -> None:
        named = {"PolicyName": self.properties["PolicyName"]}
        _unless_gone("DeleteScalingPolicy", {**where(_targeted(self.properties)), **named})


def _targeted(properties: JSON) -> JSON:
    """A policy names its target by its parts or by the target's id."""
    if not properties.get("ScalingTargetId"):
        return properties
    resource, dimension, namespace = str(properties["ScalingTargetId"]).split("|")
    return {
        **properties, "ResourceId": resource, "ScalableDimension": dimension, "ServiceNamespace": namespace,
    }  # fmt: skip


def _put_policy(properties: JSON) -> str:
    given = {key: value for key, value in properties.items() if key != "ScalingTargetId"}
    spelled = parameters("application-autoscaling", "PutScalingPolicy", given)
    return str(scale("PutScalingPolicy", {**spelled, **where(_targeted(properties))})["PolicyARN"])


def _unless_gone(operation: str, params: JSON) -> None:
    try:
        scale(operation, params)
    except HandlerRefused as refused:
        if refused.api_code != "ObjectNotFoundException":
            raise


# --- CloudWatch ------------------------------------------------------------------------------------

SPELLINGS = {
    "AlarmName": "name", "AlarmDescription": "description", "OKActions": "ok_actions",
    "InsufficientDataActions": "insufficient_data_actions", "AlarmActions": "alarm_actions",
    "ActionsEnabled": "actions_enabled", "MetricName": "metric_name", "Namespace": "namespace",
    "Statistic": "statistic", "ExtendedStatistic": "extended_statistic", "Dimensions": "dimensions",
    "Period": "period", "Unit": "unit", "EvaluationPeriods": "evaluation_periods",
    "DatapointsToAlarm": "datapoints_to_alarm", "Threshold": "threshold",
    "ComparisonOperator": "comparison_operator", "TreatMissingData": "treat_missing_data",
    "EvaluateLowSampleCountPercentile": "evaluate_low_sample_count_percentile", "Tags": "tags",
    "ThresholdMetricId": "threshold_metric_id",
}  # fmt: skip
UNSTATED: JSON = {
    "namespace": None, "metric_name": None, "period": None, "statistic": None, "threshold": None,
    "description": None, "dimensions": [], "alarm_actions": [], "ok_actions": [],
    "insufficient_data_actions": [], "actions_enabled": True,
}  # fmt: skip


class Alarm(StackResource):
    TYPE = "AWS::CloudWatch::Alarm"
    NAME = "AlarmName"
    REPLACES = frozenset({"AlarmName"})
    ATTRIBUTES = frozenset({"Arn"})

    @classmethod
    def made(cls, name: str, properties: JSON) -> "Alarm":
        return cls(name, Arn=_put_alarm(name, properties))

    def change(self, properties: JSON) -> None:
        _put_alarm(self.id, properties)

    def remove(self) -> None:
        autoscaling.delete_alarms([self.id])


def _put_alarm(name: str, properties: JSON) -> str:
    given = parameters("cloudwatch", "PutMetricAlarm", {**properties, "AlarmName": name})
    queries = [_query(query) for query in given.pop("Metrics", [])]
    spelled = {SPELLINGS[key]: value for key, value in given.items()}
    return autoscaling.put_alarm({**UNSTATED, **spelled, "metric_data_queries": queries or None})


def _query(given: JSON) -> MetricDataQuery:
    stat: Any = given.get("MetricStat")
    if stat is not None:
        metric = stat["Metric"]
        dimensions = [Dimension(d["Name"], d["Value"]) for d in metric.get("Dimensions", [])]
        stat = MetricStat(
            metric=QueryMetric(metric["MetricName"], metric["Namespace"], dimensions),
            period=str(stat["Period"]),
            stat=stat["Stat"],
            unit=stat.get("Unit"),
        )
    return MetricDataQuery(
        query_id=given["Id"],
        label=given.get("Label"),
        period=given.get("Period"),
        return_data=given.get("ReturnData", True),
        expression=given.get("Expression"),
        metric_stat=stat,
    )


def install() -> None:
    register(CapacityProvider, Associations, ScalableTarget, ScalingPolicy, Alarm)
