"""The words of a lab as data, each with a line of help: checks, expectations, modes, shared keys, faults.

Schema, lint, documentation and the graders read these tables. They hold no behaviour.
"""

CHECK_WORDS = {
    "state": "what one read operation of AWS answers now",
    "gone": "something that existed in this attempt no longer does",
    "event": "a line in the events of a service, a task, a log or scaling",
    "http": "what a load balancer answers a client now",
    "allowed": "whether a role may do something",
    "called": "an operation was called",
    "whatif": "what happens on a copy of the world after a fault",
    "program": "what the learner's program does in worlds that the learner has not seen",
    "answer": "the learner answers a question",
    "file": "a file in the learner's workspace",
}
"""What a check looks at; a check has exactly one of them."""

COMPOUNDS = {
    "all": "every one of these parts, each looking at one thing",
    "any": "at least one of these parts",
}
"""What a check has instead of a word when it looks at several things."""

EXPECTATIONS = {
    "is": "equal to this",
    "in": "equal to one of these",
    "not": "not equal to this",
    "matches": "text in which this regular expression is found",
    "at_least": "this number or more",
    "at_most": "this number or less",
    "contains": "a list with this item, or text with this in it",
    "absent": "true: null, empty or an AWS error that there is no such thing; false: anything else",
    "unchanged": "as it was when the attempt began; {except: [keys]} leaves those keys out, wherever they are",
}

COMBINATIONS = {
    "all": "every one of these expectations",
    "any": "at least one of these expectations",
}

MODES = {
    "hold": "must be true now; it may turn false again",
    "latch": "once is enough",
}

SHARED_KEYS = {
    "id": "unique in the lab",
    "goal": "what the learner reads; the check and this text are one thing",
    "needs": "checks that must pass before this one is judged",
    "mode": "hold or latch",
    "for": "how long in simulated time it must have been true without a break",
    "points": "what passing it is worth",
    "optional": "passing it is an extra; failing it costs nothing",
    "hidden": "the learner sees neither goal nor verdict until the lab releases its solution",
    "feedback": "known mistakes, each with a message of its own",
}
"""Keys that every check may have."""

EVENT_SOURCES = {
    "service": "service events, as describe-services shows them, or by EventBridge's name for them "
    "(`SERVICE_STEADY_STATE`); `of` is the service",
    "task": "task and container instance state changes; `of` is the service, the task or the instance",
    "log": "lines of CloudWatch Logs; `of` is the log group or group/stream",
    "scaling": "scaling activities; `of` is the resource",
    "target": "targets of a target group that flip; `of` is the group",
    "deployment": "deployment state changes (`SERVICE_DEPLOYMENT_FAILED`) and service actions without an event of "
    "their own (`SERVICE_DESIRED_COUNT_UPDATED`); `of` is the service",
}

ANSWER_KINDS = {
    "text": "a line of text",
    "number": "a number",
    "choice": "one of the options",
}

FAULT_WORDS = {
    "set_image": "rolls a service out with another image tag: {service, tag, container}",
    "stop_task": "stops the oldest running task of a service",
    "interrupt_spot": "reclaims the Fargate Spot tasks of a service (true: all)",
    "exhaust_fargate": "no capacity for FARGATE, FARGATE_SPOT or true (both): {provider, for}",
    "restore_fargate": "capacity for FARGATE, FARGATE_SPOT or true (both) is back",
    "limit_vcpus": "the account's quota of Fargate vCPUs that run at once (true: no limit)",
    "limit_pulls": "Docker Hub lets one public address pull so much without credentials: {pulls, per} (true: all)",
    "lose_az": "everything in an Availability Zone ends, and nothing can be started there",
    "restore_az": "a lost Availability Zone is back",
    "traffic": "clients send more or less, such as 20/s or 0/s: {rate, load_balancer, path, port}",
    "slow_app": "a service's application answers late: {service, by, path}",
    "answer_500": "a service's application answers 500: {service, path}",
    "crash_app": "a service's application exits, and again after each start: {service, after, code}",
    "leak_memory": "a service's application needs more and more memory: {service, per_minute}",
    "stop_listening": "a service's application accepts no connections any more",
    "change_port": "a service's application listens on another port: {service, port}",
    "remove_route": "takes a route out of a route table: {route_table, to}",
    "close_security_group": "takes rules out of a security group: {group, port, direction}",
    "revoke_permission": "denies an action or detaches a policy: {role or user, action or policy}",
    "distrust_role": "ECS tasks may assume the role no more",
    "forget_service_linked_role": "true: as in an account that has never used ECS",
    "delete_image": "deletes an image with all its tags: {repository, tag}",
    "delete_tag": "takes a tag off an image: {repository, tag}",
    "delete_log_group": "deletes a log group",
    "throttle_api": "refuses an operation such as ecs:UpdateService for a while: {operation, for}",
    "call": "any operation, in AWS CLI spelling; {run, find} where it needs an id: @NAME stands for it",
}
"""What a world's past (`then`) and a `whatif` may do to a world."""

LAB_KINDS = {
    "guided": "step by step, with every command explained",
    "build": "from a goal, without steps",
    "break-fix": "something is broken: find out why and repair it",
    "drill": "a hidden fault, against the clock",
}

ITEM_TYPES = {
    "single": "one option is right",
    "multiple": "several options are right",
    "ordering": "the options, in the right order",
    "matching": "options, each with its match",
    "numeric": "a number, within a tolerance",
    "short": "a few words",
    "command": "a shell line, run in a scratch world and judged by its effect",
    "spot": "the line of a document that is wrong",
    "diagnose": "the cause of what recorded evidence shows",
    "generated": "a question of a family, with new values each time",
}
