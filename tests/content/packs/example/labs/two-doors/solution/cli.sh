aws ecs update-service --service ${NAME}-app
