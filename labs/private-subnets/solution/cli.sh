#!/usr/bin/env bash
# Gives the private subnets a way to the five services that a start needs, and to nothing else. Idempotent.
set -euo pipefail
vpc=$(aws ec2 describe-vpcs --filters Name=tag:Name,Values=playground --query 'Vpcs[0].VpcId' --output text)
routes=$(aws ec2 describe-route-tables --filters Name=tag:Name,Values=private \
    --query 'RouteTables[0].RouteTableId' --output text)
subnets=$(aws ec2 describe-subnets --filters Name=tag:Name,Values=private-a,private-b \
    --query 'Subnets[].SubnetId' --output text)
app=$(aws ec2 describe-security-groups --filters Name=group-name,Values=app \
    --query 'SecurityGroups[0].GroupId' --output text)

# 1. A group for the endpoints: HTTPS from the tasks.
group=$(aws ec2 describe-security-groups --filters Name=group-name,Values=endpoints \
    --query 'SecurityGroups[0].GroupId' --output text)
if [ "$group" = None ]; then
    group=$(aws ec2 create-security-group --group-name endpoints --description 'HTTPS from the tasks' \
        --vpc-id "$vpc" --query GroupId --output text)
    aws ec2 authorize-security-group-ingress --group-id "$group" --protocol tcp --port 443 --source-group "$app"
fi

# 2. Interface endpoints in both zones: the registry's two names, the logs, the secrets.
there=$(aws ec2 describe-vpc-endpoints --query 'VpcEndpoints[].ServiceName' --output text)
for service in ecr.api ecr.dkr logs secretsmanager; do
    case " ${there//$'\t'/ } " in *" com.amazonaws.us-east-1.$service "*) continue ;; esac
    # The ids are separate words of the command.
    # shellcheck disable=SC2086
    aws ec2 create-vpc-endpoint --vpc-id "$vpc" --vpc-endpoint-type Interface \
        --service-name "com.amazonaws.us-east-1.$service" --subnet-ids $subnets \
        --security-group-ids "$group" --private-dns-enabled --query 'VpcEndpoint.[ServiceName,State]' --output text
done

# 3. A gateway endpoint for S3, where ECR keeps the layers: an entry in the route table, free of charge.
case " ${there//$'\t'/ } " in
*" com.amazonaws.us-east-1.s3 "*) ;;
*) aws ec2 create-vpc-endpoint --vpc-id "$vpc" --vpc-endpoint-type Gateway \
    --service-name com.amazonaws.us-east-1.s3 --route-table-ids "$routes" \
    --query 'VpcEndpoint.[ServiceName,State]' --output text ;;
esac
