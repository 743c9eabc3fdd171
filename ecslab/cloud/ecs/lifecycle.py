"""A task from PROVISIONING to STOPPED: the steps, how long each takes, and how it can fail.

Timings are draws within what was measured on real Fargate; a step that fails is tried again until its
patience is over. Who wanted the task, and what follows from its end, is the service's business.
"""

from ecslab.cloud.ecs import launch, messages
from ecslab.cloud.ecs.containers import Containers
from ecslab.cloud.ecs.model import Container, Status, StopCode, Task
from ecslab.cloud.ecs.state import SECOND, State
from ecslab.cloud.ports.network import NoFreeAddress

REMEMBERED = 3600 * SECOND
"""How long a stopped task can still be described."""

RETRY = 30 * SECOND

REGISTERING = "registering"
"""The step of a task whose containers are up and which waits for its service to register it."""

Range = tuple[int, int]
DELAYS: dict[str, Range] = {
    "attach": (3000, 6000),
    "pending": (2000, 4000),
    "prepare": (2000, 4000),
    "pull": (4000, 7000),
    "launch": (2000, 5000),
    "running": (300, 1500),
    "deprovision after a stop": (10_000, 13_000),
    "stopped after a stop": (16_000, 20_000),
    "deprovision after an end": (1000, 3000),
    "stopped after an end": (11_000, 16_000),
    "stopped on an instance": (500, 2000),
}
"""ms before the step is taken."""

PACE = (0.65, 1.5)
"""How slowly one task comes up compared with another."""


class Lifecycle:
    def __init__(self, state: State) -> None:
        self.state = state
        self.containers = Containers(state, self._container_ended)
        state.world.timeline.on("ecs-task", self._on_step)
        state.world.timeline.on("ecs-forget", self._on_forget)

    def start(self, task: Task) -> None:
        """Takes on a new task."""
        self.state.tasks[task.id] = task
        task.cluster.tasks[task.id] = task
        placed = task.instance is not None
        if placed and task.definition.network_mode != "awsvpc":
            task.last = Status.PENDING
            task.connected = self.state.world.now
        self.state.task_changed(task)
        task.version = 1
        if placed or task.launch_type != "EC2":
            self._then(task, "prepare" if task.last == Status.PENDING else "attach")

    def placed(self, task: Task) -> None:
        """A task that waited in PROVISIONING for capacity has its instance now."""
        bridged = task.definition.network_mode != "awsvpc"
        if bridged:
            task.connected = self.state.world.now
            self._enter(task, Status.PENDING)
        self._then(task, "prepare" if bridged else "attach")

    def lose(self, task: Task, reason: str) -> None:
        """The machine below the task is gone: its containers end at once, without a signal."""
        if task.last == Status.STOPPED:
            return
        self.containers.vanish(task)
        if task.desired != "STOPPED":
            task.desired, task.stopped_reason = "STOPPED", reason
            task.stopping = self.state.world.now
        if task.execution_stopped is None:
            task.execution_stopped = self.state.world.now
        task.step = ""
        self._stopped(task)

    def _then(self, task: Task, step: str, delay: int | None = None) -> None:
        world = self.state.world
        if delay is None:
            delay = world.draws.integer(*DELAYS[step], "ecs-step", task.id, step)
            if task.started is None and not task.stopping_or_stopped:
                if task.pace is None:
                    task.pace = world.draws.uniform(*PACE, "ecs-pace", task.id)
                delay = round(delay * task.pace)
        task.step = step.split(" ", maxsplit=1)[0]
        task.patience = None
        world.timeline.at(world.now + delay, "ecs-task", task.id, task.step)

    def _on_step(self, entity: str, step: str) -> None:
        task = self.state.tasks[entity]
        if step == task.step:
            getattr(self, f"_{step}")(task)

    def _enter(self, task: Task, status: Status) -> None:
        task.last = status
        self.state.task_changed(task)

    # --- up ---

    def _attach(self, task: Task) -> None:
        world = self.state.world
        subnets = task.network["subnets"]
        public = task.network.get("assignPublicIp") == "ENABLED"
        subnet = world.vpc.subnet(subnets[0])
        if subnet is None:
            self._fail(task, messages.bad_subnet(subnets[0]))
            return
        groups = task.network.get("securityGroups") or [world.vpc.default_group(subnet.vpc_id)]
        try:
            task.eni = world.vpc.create_eni(
                subnet.id, groups, public=public, description=self._eni_description(task), key=task.id
            )
        except NoFreeAddress:
            self._fail(task, messages.no_free_address(subnet.id, public))
            return
        self.state.addresses[task.eni.private_ip] = task
        task.attachment = "ATTACHED"
        task.connected = world.now
        self.state.task_changed(task, "network interface attached")
        self._then(task, "pending")

    def _eni_description(self, task: Task) -> str:
        return self.state.arn("attachment", task.attachment_id)

    def _pending(self, task: Task) -> None:
        self._enter(task, Status.PENDING)
        self._then(task, "prepare")

    def _prepare(self, task: Task) -> None:
        if not self._troubled(task, launch.prepare(self.state, task)):
            self._then(task, "pull")

    def _pull(self, task: Task) -> None:
        if task.pull_started is None:
            task.pull_started = self.state.world.now
            self.state.task_changed(task, "pulling images")
        if not self._troubled(task, launch.pull(self.state, task)):
            self._then(task, "pulled", launch.pull_time(self.state, task))

    def _pulled(self, task: Task) -> None:
        task.pull_stopped = self.state.world.now
        self.state.task_changed(task, "images pulled")
        self._then(task, "launch")

    def _launch(self, task: Task) -> None:
        for container in task.containers:
            trouble = launch.log_driver(self.state, task, container)
            if self._troubled(task, trouble):
                return
        self._start_containers(task)

    def _start_containers(self, task: Task) -> None:
        hopeless = self.containers.start_ready(task)
        if hopeless is not None:
            self._fail(task, hopeless)
        elif self.containers.all_up(task) and task.last == Status.PENDING and not task.stopping_or_stopped:
            self._enter(task, Status.ACTIVATING)
            self._then(task, "running")

    def _running(self, task: Task) -> None:
        """A task behind a load balancer stays ACTIVATING until its service has registered it (section 3.1)."""
        if task.deployment is not None and task.deployment.load_balancers and task.targets is None:
            task.step = REGISTERING
            self.state.wake(task.service)
        else:
            self.registered(task)

    def registered(self, task: Task) -> None:
        """Everything that has to happen before RUNNING has happened."""
        task.step = ""
        task.started = self.state.world.now
        self._enter(task, Status.RUNNING)
        self.state.wake(task.service)

    def _troubled(self, task: Task, trouble: launch.Trouble | None) -> bool:
        """Whether the step in hand can't be taken; it is tried again while there is patience."""
        if trouble is None:
            return False
        world = self.state.world
        if task.patience is None:
            wait = world.draws.integer(*trouble.patience, "ecs-patience", task.id, task.step)
            task.patience = world.now + wait
        if world.now >= task.patience:
            if trouble.container is not None:
                trouble.container.reason = trouble.text
            self._fail(task, trouble.text)
        else:
            again = min(world.now + RETRY, task.patience)
            world.timeline.at(again, "ecs-task", task.id, task.step)
        return True

    def _fail(self, task: Task, reason: str) -> None:
        self.stop(task, StopCode.FAILED_TO_START, reason)

    # --- containers end ---

    def _container_ended(self, task: Task, container: Container) -> None:
        if task.stopping_or_stopped:
            if task.last == Status.STOPPING:
                self._stop_containers(task)
            elif task.last == Status.DEACTIVATING and not any(c.alive for c in task.containers):
                self.terminate(task)
            return
        if container.status == "STOPPED" and container.essential:
            if self.containers.all_up(task) and task.started is None:
                task.started = container.started
            self.stop(task, StopCode.ESSENTIAL_EXITED, messages.ESSENTIAL_EXITED)
        elif not self.containers.all_up(task):
            self._start_containers(task)

    # --- down ---

    def stop(self, task: Task, code: StopCode, reason: str) -> None:
        """Begins the end of a task. One that is in target groups is taken out of them first."""
        if task.stopping_or_stopped:
            return
        task.desired = "STOPPED"
        task.stop_code, task.stopped_reason = code, reason
        task.stopping = self.state.world.now
        task.step = ""
        if code == StopCode.NOTICE:
            self.state.task_changed(task, messages.SPOT_INTERRUPTED)
        serving = any(container.alive for container in task.containers)
        if task.registered:
            self.state.wake(task.service)
        if task.registered and serving and code != StopCode.ESSENTIAL_EXITED:
            self._enter(task, Status.DEACTIVATING)
        else:
            self.terminate(task)

    def terminate(self, task: Task) -> None:
        """SIGTERM, and SIGKILL when stopTimeout is over."""
        self._enter(task, Status.STOPPING)
        self._stop_containers(task)

    def _stop_containers(self, task: Task) -> None:
        if self.containers.stop_ready(task) and task.execution_stopped is None:
            world = self.state.world
            task.execution_stopped = world.now
            if task.instance is not None and task.eni is None:
                self._then(task, "stopped on an instance")
            else:
                self._then(task, f"deprovision {self._manner(task)}")
            self.state.wake(task.service)

    def _manner(self, task: Task) -> str:
        """A task that was taken down takes longer to clear away than one that ended or never began."""
        told = (StopCode.USER, StopCode.SCHEDULER, StopCode.NOTICE)
        ordered = task.stop_code in told and task.started is not None
        return "after a stop" if ordered else "after an end"

    def _deprovision(self, task: Task) -> None:
        task.attachment = "DETACHING" if task.eni is not None else "DELETED"
        self._enter(task, Status.DEPROVISIONING)
        self._then(task, f"stopped {self._manner(task)}")

    def _stopped(self, task: Task) -> None:
        world = self.state.world
        for target in task.registered:
            target.released = True
            world.elb.deregister(target.group_arn, target.ip, target.port)
        if task.eni is not None:
            world.vpc.delete_eni(task.eni.id)
            self.state.addresses.pop(task.eni.private_ip, None)
            world.elb.refresh(task.eni.private_ip)
        task.attachment = "DELETED"
        task.stopped = world.now
        if task.stop_code == StopCode.NOTICE:
            task.stop_code = StopCode.SPOT
        self._enter(task, Status.STOPPED)
        self.state.wake(task.service)
        if task.instance is not None:
            del task.instance.held[task.id]
            self.state.room_changed(task.cluster)
        world.timeline.at(world.now + REMEMBERED, "ecs-forget", task.id)

    def _on_forget(self, entity: str, data: None) -> None:
        task = self.state.tasks.pop(entity)
        task.cluster.tasks.pop(entity, None)
        self.state.world.touch()
