"""A service's tasks in target groups: registering, watching and taking them out.

Tells the load balancer what ECS wants; what the checks find is the load balancer's business.
"""

from collections import Counter

from ecslab.cloud.ecs import deployments, listeners, messages, messages_shift
from ecslab.cloud.ecs.events import complain, say
from ecslab.cloud.ecs.lifecycle import REGISTERING
from ecslab.cloud.ecs.model import Deployment, Service, Status, Target, Task
from ecslab.cloud.ecs.state import State


def observe(state: State, service: Service) -> None:
    """Notes the health of every target as it is now."""
    for task in service.tasks.values():
        for target in task.registered:
            look(state, target)


def look(state: State, target: Target) -> None:
    elb = state.world.elb
    health = elb.health(target.group_arn, target.ip, target.port)
    if health is None or health.state == "draining":
        found = "lost"
        target.description = "TARGET" if elb.has_target_group(target.group_arn) else "TARGET GROUP"
    else:
        found = str(health.state)
        target.description = health.description
    if found != target.state:
        target.state = found
        target.since = state.world.now


def register(state: State, service: Service) -> list[Task]:
    """Puts tasks whose containers are up into the service's target groups; answers with those tasks."""
    world = state.world
    ready = [t for t in service.tasks.values() if t.step == REGISTERING and not t.stopping_or_stopped]
    if not ready:
        return []
    counts: Counter[str] = Counter()
    done = []
    for task in ready:
        deployment = task.deployment
        assert deployment is not None
        if not _may_register(state, service, deployment):
            continue
        done.append(task)
        task.targets = []
        for balancer in deployment.attached:
            arn = balancer["targetGroupArn"]
            address, port = place(task, balancer["containerName"], balancer["containerPort"])
            if not world.elb.has_target_group(arn):
                text = messages.lost_target(deployment.id, task.id, arn, "TARGET GROUP")
                complain(state, service, text)
                continue
            target = Target(arn, balancer["containerName"], port, address, task.az, since=world.now)
            task.targets.append(target)
            world.elb.register(arn, target.ip, port, task.az, task.id)
            look(state, target)
            counts[arn] += 1
    for arn, count in counts.items():
        deployments.unsettle(service)
        say(state, service, messages.registered(count, arn))
    return done


def _may_register(state: State, service: Service, deployment: Deployment) -> bool:
    """ECS registers with its service-linked role, or with the infrastructure role where traffic is shifted."""
    for balancer in listeners.shifted(deployment):
        first = str(balancer["targetGroupArn"])
        group = deployment.groups.get(first, first)
        role = str(balancer["advancedConfiguration"]["roleArn"])
        why = listeners.denial(state, role, "RegisterTargets", group, "ecs-service-scheduler")
        if why:
            complain(state, service, messages_shift.targets_not_registered(group, why))
            return False
    return True


def place(task: Task, container: str, port: int) -> tuple[str, int]:
    """The task's own address and port, or those of its instance that lead to it."""
    if task.eni is not None or task.instance is None:
        return task.eni.private_ip if task.eni is not None else "", port
    bindings = next(c.bindings for c in task.containers if c.name == container)
    outside = next((b.host_port for b in bindings if b.container_port == port), port)
    return task.instance.ec2_id or task.instance.id, outside


def release(state: State, service: Service) -> list[Task]:
    """Takes stopping tasks out of their target groups; answers with those that wait for it."""
    leaving = [t for t in service.tasks.values() if t.stopping_or_stopped and t.registered]
    if not leaving:
        return []
    groups: Counter[str] = Counter()
    owners: Counter[str] = Counter()
    waiting = []
    for task in leaving:
        for target in task.registered:
            target.released = True
            state.world.elb.deregister(target.group_arn, target.ip, target.port)
            groups[target.group_arn] += 1
        owners[task.started_by or ""] += 1
        if task.last == Status.DEACTIVATING:
            waiting.append(task)
    for arn, count in groups.items():
        say(state, service, messages.deregistered(count, arn))
    for owner, count in owners.items():
        say(state, service, messages.draining(count), task_set=owner)
    return waiting
