#!/usr/bin/env bash
# The same decisions with the AWS CLI, for all three candidates. Changes nothing when v1.3.1 is out already.
set -euo pipefail
address=http://$(aws elbv2 describe-load-balancers --names web-alb --query 'LoadBalancers[0].DNSName' --output text)

runs() {
    aws ecs describe-services --cluster shop --services web-app --query 'services[0].taskDefinition' --output text
}
start() {
    aws ecs describe-task-definition --task-definition "$(runs)" --query 'taskDefinition.{family: family,
        networkMode: networkMode, requiresCompatibilities: requiresCompatibilities, cpu: cpu, memory: memory,
        executionRoleArn: executionRoleArn, taskRoleArn: taskRoleArn,
        containerDefinitions: containerDefinitions}' --output json |
        sed "s|/my-app:[^\"]*|/my-app:$1|" >web-app.json
    revision=$(aws ecs register-task-definition --cli-input-json file://web-app.json \
        --query 'taskDefinition.taskDefinitionArn' --output text)
    aws ecs update-service --cluster shop --service web-app --task-definition "$revision" --query 'service.status'
}
look() {
    aws ecs describe-service-deployments --service-deployment-arns "$deployment" \
        --query "serviceDeployments[0].[status,lifecycleHookDetails[?status=='AWAITING_ACTION'] | [0].hookId]" --output text
}
failed() {
    aws ecs describe-services --cluster shop --services web-app \
        --query 'services[0].deployments[0].failedTasks' --output text
}
good() {
    while read -r page; do
        curl -sf -o /dev/null -H 'x-env: green' "$address$page" || return 1
    done <pages.txt
}

image=$(aws ecs describe-task-definition --task-definition "$(runs)" \
    --query 'taskDefinition.containerDefinitions[0].image' --output text)
if [ "${image##*:}" = v1.3.1 ]; then exit; fi

for tag in v1.3.0-rc1 v1.3.0 v1.3.1; do
    # 1. The deployment is a thing of its own, and the newest one.
    start "$tag"
    deployment=$(aws ecs list-service-deployments --cluster shop --service web-app \
        --query 'serviceDeployments[0].serviceDeploymentArn' --output text)

    # 2. Until it is over: is somebody waited for? Do its tasks stay?
    decided=
    while read -r status hook < <(look) && [[ ! $status =~ ^(SUCCESSFUL|STOPPED|ROLLBACK_SUCCESSFUL|ROLLBACK_FAILED)$ ]]; do
        if [ -z "$decided" ] && [ "$hook" != None ]; then
            if good; then action=CONTINUE; else action=ROLLBACK; fi
            aws ecs continue-service-deployment --service-deployment-arn "$deployment" --hook-id "$hook" --action "$action"
            decided=yes
        elif [ -z "$decided" ] && [ "$(failed)" -ge 4 ]; then
            aws ecs stop-service-deployment --service-deployment-arn "$deployment" --stop-type ROLLBACK
            decided=yes
        fi
        sleep 0.3
    done

    # 3. What has come of it.
    echo "$tag $status" | tee -a releases.txt
done
