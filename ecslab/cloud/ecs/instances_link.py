"""What ties a container instance to its EC2 instance: the interface, and whether the agent reaches ECS.

Reads the world as it is now. An instance that was registered by hand, without an EC2 instance of this world, is taken
to be connected and to reach everything.
"""

from ecslab.cloud.ecs.instances_model import ContainerInstance
from ecslab.cloud.ecs.model import Task
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports.ecs import Application
from ecslab.cloud.ports.network import Eni
from ecslab.cloud.seam import ec2, ec2_instances


def interface(instance: ContainerInstance) -> Eni | None:
    if instance.ec2_id is None:
        return None
    machine = ec2_instances.machine(instance.ec2_id)
    return ec2.interface(machine.eni_id) if machine is not None else None


def role(instance: ContainerInstance) -> str | None:
    """ARN of the role in its instance profile."""
    machine = ec2_instances.machine(instance.ec2_id) if instance.ec2_id is not None else None
    return machine.role_arn if machine is not None else None


def connected(state: State, instance: ContainerInstance) -> bool:
    """Whether the agent is in touch with ECS: its machine runs, has the network and the permission."""
    if not instance.connected or instance.ec2_id is None:
        return instance.connected
    machine = ec2_instances.machine(instance.ec2_id)
    if machine is None:
        return True
    if machine.role_arn is None:
        return False
    eni = ec2.interface(machine.eni_id)
    world = state.world
    return (
        eni is not None
        and world.vpc.reaches(eni, "ecs")
        and world.iam.allows(machine.role_arn, "ecs:Poll", instance.arn)
    )


def agent_interface(task: Task) -> Eni | None:
    """The interface through which images, secrets and log lines travel; None: through one that reaches all."""
    return interface(task.instance) if task.instance is not None else task.eni


def own_interface(task: Task) -> Eni | None:
    """The interface of the task's own calls."""
    return task.eni if task.eni is not None or task.instance is None else interface(task.instance)


def addresses(task: Task) -> list[str]:
    """What a target group may know it by: its own address, or its instance's id and address."""
    if task.eni is not None:
        return [task.eni.private_ip]
    if task.instance is None:
        return []
    eni = interface(task.instance)
    name = task.instance.ec2_id or task.instance.id
    return [name] if eni is None else [name, eni.private_ip]


def reaches(state: State, task: Task, service: str) -> bool:
    """Whether the agent gets to an AWS service for this task."""
    eni = agent_interface(task)
    return eni is None or state.world.vpc.reaches(eni, service)


def applications(instance: ContainerInstance) -> list[Application]:
    """What answers on the instance's own address: the containers of its bridge and host tasks."""
    eni = interface(instance)
    return [
        Application(
            container.run,
            container.started,
            container.stopping,
            eni.id if eni is not None else "",
            task.id,
            {binding.host_port: binding.container_port for binding in container.bindings},
        )
        for task in instance.tasks
        if task.eni is None
        for container in task.containers
        if container.alive and container.run is not None and container.started is not None
    ]
