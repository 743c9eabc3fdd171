#!/usr/bin/env bash
# Scales web-app to five tasks and back to two. Running it twice does the same again.
set -euo pipefail

# 1. Five. Nothing else about the service changes, so no deployment begins and the two old tasks stay.
aws ecs update-service --cluster shop --service web-app --desired-count 5 \
    --query 'service.[desiredCount,runningCount,pendingCount]'
aws ecs wait services-stable --cluster shop --services web-app

# 2. Where they are: the scheduler spreads the tasks of a service over the zones of its subnets.
for task in $(aws ecs list-tasks --cluster shop --service-name web-app --query 'taskArns' --output text); do
    aws ecs describe-tasks --cluster shop --tasks "$task" --query 'tasks[].[availabilityZone,lastStatus]' --output text
done

# 3. Two again. Three targets are drained, their tasks get SIGTERM and finish what they are working on.
aws ecs update-service --cluster shop --service web-app --desired-count 2 \
    --query 'service.[desiredCount,runningCount,pendingCount]'
aws ecs wait services-stable --cluster shop --services web-app
aws ecs describe-services --cluster shop --services web-app --query 'services[0].events[:6].message'
