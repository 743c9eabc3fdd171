#!/usr/bin/env bash
# Two tasks instead of one. Running it twice changes nothing more.
set -euo pipefail

# 1. Ask for two tasks.
aws ecs update-service --cluster harbour --service beacon --desired-count 2 --query 'service.desiredCount'

# 2. Wait until they run.
aws ecs wait services-stable --cluster harbour --services beacon
