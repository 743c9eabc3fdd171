#!/usr/bin/env bash
# Lets ECS tasks assume the role again that the events name. Running it twice changes nothing more.
set -euo pipefail

# 1. Which role? Only the events of the service say so.
role=$(aws ecs describe-services --cluster shop --services web-app --query 'services[0].events[].message' --output text |
    grep -oE "role/[A-Za-z]+" | head -n 1 | cut -d / -f 2)

# 2. Whom does it trust?
trusted=$(aws iam get-role --role-name "$role" \
    --query 'Role.AssumeRolePolicyDocument.Statement[0].Principal.Service' --output text)
if [ "$trusted" != ecs-tasks.amazonaws.com ]; then
    cat >trust.json <<'JSON'
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
  ]
}
JSON
    aws iam update-assume-role-policy --role-name "$role" --policy-document file://trust.json
fi

# 3. The service tries again by itself.
aws ecs wait services-stable --cluster shop --services web-app
