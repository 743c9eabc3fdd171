"""Lets the CPU decide how many tasks of web-app run. Both calls overwrite what is there."""

import boto3

WHAT = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/shop/web-app",
    "ScalableDimension": "ecs:service:DesiredCount",
}

scaling, cloudwatch = boto3.client("application-autoscaling"), boto3.client("cloudwatch")

scaling.register_scalable_target(**WHAT, MinCapacity=2, MaxCapacity=20)
policy = scaling.put_scaling_policy(
    **WHAT,
    PolicyName="cpu-target-tracking",
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": 70.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        "ScaleOutCooldown": 60,
        "ScaleInCooldown": 120,
    },
)
names = [alarm["AlarmName"] for alarm in policy["Alarms"]]
for alarm in cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]:
    print(alarm["AlarmName"], alarm["StateValue"], alarm["Threshold"], alarm["EvaluationPeriods"])
