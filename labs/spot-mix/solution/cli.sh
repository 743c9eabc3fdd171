#!/usr/bin/env bash
# Six tasks of web-app: two on Fargate, all others on Fargate Spot. Running it twice changes nothing more.
set -euo pipefail

# 1. The cluster may use both providers. The list replaces the one before, so it names everything.
aws ecs put-cluster-capacity-providers --cluster shop --capacity-providers FARGATE FARGATE_SPOT \
    --default-capacity-provider-strategy '[]' --query 'cluster.capacityProviders'

# 2. Another strategy needs another deployment: new tasks first, so that nobody is turned away.
current=$(aws ecs describe-services --cluster shop --services web-app \
    --query 'length(services[0].capacityProviderStrategy || `[]`)' --output text)
if [ "$current" = 0 ]; then
    aws ecs update-service --cluster shop --service web-app --desired-count 6 --force-new-deployment \
        --capacity-provider-strategy capacityProvider=FARGATE,base=2,weight=0 capacityProvider=FARGATE_SPOT,weight=1 \
        --deployment-configuration minimumHealthyPercent=100,maximumPercent=200 \
        --query 'service.deployments[].[status,rolloutState,desiredCount]'
fi
aws ecs wait services-stable --cluster shop --services web-app

# 3. Who runs where.
for task in $(aws ecs list-tasks --cluster shop --service-name web-app --query 'taskArns' --output text); do
    aws ecs describe-tasks --cluster shop --tasks "$task" \
        --query 'tasks[].[capacityProviderName,availabilityZone]' --output text
done
