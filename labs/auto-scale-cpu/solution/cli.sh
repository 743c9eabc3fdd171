#!/usr/bin/env bash
# Lets the CPU decide how many tasks of web-app run. Both calls overwrite what is there: running it twice changes nothing.
set -euo pipefail
resource=service/shop/web-app
dimension=ecs:service:DesiredCount

# 1. What may be changed, and between which bounds.
aws application-autoscaling register-scalable-target --service-namespace ecs \
    --resource-id "$resource" --scalable-dimension "$dimension" --min-capacity 2 --max-capacity 20

# 2. What decides: the average CPU of the service's tasks, kept near 70 %.
aws application-autoscaling put-scaling-policy --service-namespace ecs \
    --resource-id "$resource" --scalable-dimension "$dimension" \
    --policy-name cpu-target-tracking --policy-type TargetTrackingScaling \
    --target-tracking-scaling-policy-configuration '{
        "TargetValue": 70.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        "ScaleOutCooldown": 60,
        "ScaleInCooldown": 120
    }' --query 'Alarms[].AlarmName'

# 3. The two alarms that the policy made, and what they see.
aws cloudwatch describe-alarms --alarm-name-prefix TargetTracking-service/shop/web-app \
    --query 'MetricAlarms[].[AlarmName,StateValue,Threshold,EvaluationPeriods]' --output text
