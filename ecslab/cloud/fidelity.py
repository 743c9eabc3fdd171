"""How close this mock AWS is to AWS, as a table: every operation of ECS, and each part that ECS leans on.

Data and the text made of it; `python -m ecslab.cloud.fidelity` prints docs/fidelity.md. It simulates nothing.
"""

from enum import StrEnum

from ecslab.cloud.ecs import absent


class Level(StrEnum):
    SIMULATED = "simulated"
    SIMPLIFIED = "simplified"
    ABSENT = "absent"


S, P, A = Level.SIMULATED, Level.SIMPLIFIED, Level.ABSENT

ECS: dict[str, tuple[Level, str]] = {
    "CreateCapacityProvider": (P, "Auto Scaling group providers; Managed Instances are refused"),
    "CreateCluster": (S, "a second call gives the cluster that exists"),
    "ContinueServiceDeployment": (S, "of pause hooks"),
    "CreateService": (P, ("rolling, blue/green, linear and canary deployments by ECS; no CodeDeploy or external "
                         "controller, early success criteria, Service Connect, service discovery, volumes "
                         "configured at launch, VPC Lattice, Classic Load Balancers")),
    "DeleteAccountSetting": (P, "as PutAccountSetting"),
    "DeleteAttributes": (S, ""),
    "DeleteCapacityProvider": (S, ""),
    "DeleteCluster": (S, "with what it must not contain"),
    "DeleteService": (S, "drains, then INACTIVE"),
    "DeleteTaskDefinitions": (S, "gone when no task and no service uses the revision; looked at every ten minutes"),
    "DeregisterContainerInstance": (S, ""),
    "DeregisterTaskDefinition": (P, "INACTIVE at once: no window of ten minutes in which it can still be used"),
    "DescribeCapacityProviders": (S, ""),
    "DescribeClusters": (S, "statistics are computed from what is there"),
    "DescribeContainerInstances": (S, ""),
    "DescribeServiceDeployments": (S, "rolling deployments show PRE_SCALE_UP (with hooks), SCALE_UP and BAKE_TIME"),
    "DescribeServiceRevisions": (S, ""),
    "DescribeServices": (S, ""),
    "DescribeTaskDefinition": (S, "requiresAttributes covers the common capabilities"),
    "DescribeTaskSets": (P, "a service that ECS rolls out has none"),
    "DescribeTasks": (S, "stopped tasks for an hour"),
    "DiscoverPollEndpoint": (P, "an address that nothing answers at"),
    "ExecuteCommand": (P, "everything up to the session: role, permissions, network, agent; no session"),
    "GetTaskProtection": (S, ""),
    "ListAccountSettings": (P, "as PutAccountSetting"),
    "ListAttributes": (S, ""),
    "ListClusters": (S, ""),
    "ListContainerInstances": (S, ""),
    "ListServiceDeployments": (S, ""),
    "ListServices": (S, ""),
    "ListServicesByNamespace": (P, "always empty: Service Connect is not simulated"),
    "ListTagsForResource": (S, ""),
    "ListTaskDefinitionFamilies": (S, ""),
    "ListTaskDefinitions": (S, ""),
    "ListTasks": (S, ""),
    "PutAccountSetting": (P, "kept and shown; only containerInsights and guardDutyActivate are used"),
    "PutAccountSettingDefault": (P, "as PutAccountSetting"),
    "PutAttributes": (S, ""),
    "PutClusterCapacityProviders": (S, ""),
    "RegisterContainerInstance": (P, "without the instance identity document's signature"),
    "RegisterTaskDefinition": (S, "with the rules of Fargate; Windows containers and GPUs are kept, not run"),
    "RunTask": (S, ""),
    "StartTask": (S, ""),
    "StopServiceDeployment": (S, "ROLLBACK, the one valid value (API reference); ABORT is refused, as by AWS"),
    "StopTask": (S, ""),
    "TagResource": (S, ""),
    "UntagResource": (S, ""),
    "UpdateCapacityProvider": (S, ""),
    "UpdateCluster": (P, "Service Connect defaults are kept and have no effect"),
    "UpdateClusterSettings": (S, ""),
    "UpdateContainerAgent": (P, "nothing is installed"),
    "UpdateContainerInstancesState": (S, "DRAINING replaces service tasks"),
    "UpdateService": (P, "as CreateService"),
    "UpdateTaskProtection": (S, ""),
}  # fmt: skip
"""Operation -> level and what to know. The others are in `absent`, and absent."""

SUBSYSTEMS: dict[str, list[tuple[Level, str]]] = {
    "Tasks and containers": [
        (S, ("states, timings of real Fargate, stop codes and reasons, exit codes, dependencies, health checks, "
            "restart policies, start and stop timeouts, overrides, Spot interruption, log streams, environment files "
            "in S3")),
        (P, "what an image does is declared by its world: routes, needs, logs, memory, exits"),
        (A, "EFS and EBS volumes, FireLens routing, GPU, Windows"),
    ],
    "Services": [
        (S, ("scheduling with minimum and maximum, replacement of unhealthy tasks, throttling, circuit breaker, "
            "deployment alarms and bake time, rollback, task protection, AZ rebalancing on Fargate, events")),
        (S, ("blue/green, linear and canary deployments: lifecycle stages, test and production traffic by listener "
            "rule or Network Load Balancer listener with the rights of the infrastructure role, bake times, rollback "
            "with traffic first, reconciling when another deployment begins, the errors of the troubleshooting page")),
        (S, "lifecycle hooks: pauses with ContinueServiceDeployment; Lambda functions that the world declares"),
        (P, ("a Lambda function is not run: it gives the world's answers in turn; one that the world does not name "
            "fails, also when Lambda has it. hookDetails are kept and passed to nobody")),
        (P, ("each stage lasts one look of the scheduler, about ten seconds, unless it waits for something; a fraction "
            "of a percent makes the weights add up to 1000; which revision is kept when a deployment overtakes another "
            "(the last one that succeeded) and hooks of a rolling deployment other than PRE_SCALE_UP (none is run) "
            "are not documented by AWS")),
        (P, "the waits between attempts and the phase of the scheduler are plausible, not documented by AWS"),
        (A, "CodeDeploy and external deployment controllers, traffic shifts by Service Connect, early success criteria"),
    ],
    "EC2 launch type (ec2, autoscaling)": [
        (S, ("container instances, resources and ports, placement strategies and constraints, draining; managed "
            "scaling, draining and termination protection of Auto Scaling groups")),
        (P, "an instance with an ECS AMI, profile and ECS_CLUSTER in its user data joins by itself"),
        (A, "external instances, Managed Instances"),
    ],
    "Load balancing (elbv2)": [
        (S, ("health checks as probes of the application, target states and reasons, draining, fail-open, listener "
            "rules, the ALB's own 502, 503 and 504")),
        (S, ("sticky sessions of targets (lb_cookie, app_cookie) and of target groups, slow start, ranges of target "
            "groups' attributes, what protocols go together")),
        (S, ("Network Load Balancers in front of TCP services: registration, TCP and HTTP health checks, weighted "
            "listeners, unhealthy.draining; tasks see the load balancer's subnets, or its security groups")),
        (P, ("weights are kept by turns, evenly, not by chance; slow start goes up in ten steps; the world's own "
            "clients bring no cookies")),
        (P, ("a request to a Network Load Balancer is passed on as HTTP through the sandbox's proxy, which answers 502 "
            "for a connection that is reset and 504 for one that times out; UDP and TLS listeners carry nothing")),
        (P, "one health check result a target, not one for each load balancer node"),
        (P, ("a request of your own is answered by how its target stands when it arrives, or ends by itself; one whose "
            "target is stopped meanwhile is lost only among the requests of the world's own clients")),
        (A, "authentication actions, Lambda targets, Gateway Load Balancers, Classic Load Balancers"),
    ],
    "Network (vpc)": [
        (S, ("routes, internet and NAT gateways, public addresses, endpoints with groups and private DNS, security "
            "groups, network ACLs; each decides whether a pull, a secret, a log or a request gets there")),
        (P, "a lost zone ends what runs there; NAT gateways and endpoints in it go on working"),
        (A, "IPv6, peering, transit gateways, flow logs"),
    ],
    "Permissions (iam)": [
        (S, ("trust policies, execution and task roles, managed and inline policies, Deny, patterns, conditions "
            "that matter here")),
        (P, ("the learner's own permissions and iam:PassRole are checked in worlds that say `enforce_iam`; resources "
            "are exact for ECS and `*` for most other operations")),
        (A, "service control policies, resource policies, session policies"),
    ],
    "CloudWatch Logs (logs)": [
        (S, "groups, streams and lines at their simulated times; awslogs-create-group"),
        (P, "lines that repeat arrive once a minute"),
        (A, "Logs Insights queries, subscription filters"),
    ],
    "ECR and other registries (ecr)": [
        (S, "repositories, tags, digests, architectures, pull permissions"),
        (P, ("Docker Hub limits pulls by public address (Docker's manual, \"Docker Hub pull usage and limits\") in worlds "
            "that say so with the fault `limit_pulls`; with repositoryCredentials there is no limit")),
        (A, "pushing and pulling layers, scanning, replication"),
    ],
    "Secrets Manager and SSM (secrets)": [
        (S, "values, JSON keys, versions, KMS keys and the permissions for them when a task starts"),
        (A, "rotation"),
    ],
    "Application Auto Scaling (autoscaling)": [
        (S, ("scalable targets on ecs:service:DesiredCount; target tracking with its two alarms; step scaling; "
            "scheduled actions; suspension; cooldowns; activities and why nothing was scaled")),
        (P, "how far a scale-in goes at once (a quarter of the tasks, at least one) is not documented by AWS"),
        (A, "predictive scaling, metric math in a policy, what other namespaces' policies would do"),
    ],
    "EventBridge": [
        (P, ("the world's event log has what ECS sends, with detail types, names, levels and reasons: task, "
            "container instance and deployment state changes, service actions; rules deliver nothing")),
        (A, "service discovery's actions, SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED"),
    ],
    "CloudWatch (cloudwatch)": [
        (S, ("statistics, metric math and alarms with their states, reasons and history; CPU and memory of services, "
            "requests, answers, response times and hosts of Application Load Balancers, one value a minute")),
        (P, "load is the world's own clients and single requests; one value a task, not one a second"),
        (A, "anomaly detection, composite alarms' states, dashboards' drawings, metric streams, Container Insights"),
    ],
    "CloudFormation (cloudformation)": [
        (S, ("clusters, task definitions, services, capacity providers and their associations, scalable targets, "
            "scaling policies and CloudWatch alarms with all their properties; a stack waits until its services are "
            "steady, fails with the circuit breaker or after three hours, and rolls back; replacement and cleanup; "
            "events, outputs, exports, change sets, OnFailure, DisableRollback")),
        (P, ("other types are made as moto makes them; the texts of a refused request and of a failed alarm are "
            "plausible, not documented by AWS; capabilities are not asked for")),
        (A, "drift, nested stacks' waiting, CancelUpdateStack, ContinueUpdateRollback, rollback triggers, imports"),
    ],
}  # fmt: skip

INTRODUCTION = """\
# How close this is to AWS

*simulated*: behaves as AWS does, as far as it is documented or was seen. *simplified*: answers and behaves, with
the difference named. *absent*: a list is empty, a lookup finds nothing, anything else is one clear client error.

Operations of other services that are not mentioned keep what they are given and show it back; they have no
effect on tasks, targets or requests.

This page is made from `ecslab/cloud/fidelity.py`; a test holds it against the models of botocore.
"""


def level(operation: str) -> tuple[Level, str]:
    """Of an ECS operation."""
    if operation in ECS:
        return ECS[operation]
    if operation in absent.NOT_MADE:
        return A, f"refused: {absent.NOT_MADE[operation]}"
    if operation in absent.EMPTY or operation in absent.MISSING:
        return A, "finds nothing"
    if operation in absent.NOT_FOUND:
        return A, f"answers {absent.NOT_FOUND[operation][0]}"
    return A, "refused"


def document(operations: list[str]) -> str:
    """docs/fidelity.md."""
    lines = [
        INTRODUCTION,
        f"## The {len(operations)} operations of ECS\n",
        "| Operation | | |",
        "|---|---|---|",
    ]
    for name in sorted(operations):
        kind, note = level(name)
        lines.append(f"| {name} | {kind} | {note} |")
    lines.append("\n## The parts\n")
    for title, rows in SUBSYSTEMS.items():
        lines += [f"### {title}\n", *(f"- *{kind}*: {text}" for kind, text in rows), ""]
    return "\n".join(lines)


def main() -> None:
    import botocore.session

    operations = botocore.session.Session().get_service_model("ecs").operation_names
    print(document(list(operations)), end="")


if __name__ == "__main__":
    main()
