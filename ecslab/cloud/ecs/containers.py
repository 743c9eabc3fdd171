"""The containers of a task while they run: start order, exits, health, restarts, stopping, log lines.

It tells the lifecycle when all containers are up and when one has ended; what that means for the task
is decided there.
"""

from collections.abc import Callable

from ecslab.cloud.ecs import health, instances_link, launch, messages
from ecslab.cloud.ecs.model import Container, Health, Task
from ecslab.cloud.ecs.state import SECOND, State
from ecslab.cloud.ports.images import Run
from ecslab.terms import fargate

KILLED = 137
MINUTE = 60 * SECOND
CHATTY = 20
"""Lines in its first minute from which a container's log is put once a minute only."""
DAY = 24 * 60 * MINUTE


class Containers:
    def __init__(self, state: State, exited: Callable[[Task, Container], None]) -> None:
        self.state = state
        self.exited = exited
        timeline = state.world.timeline
        timeline.on("ecs-container-exit", self._on_exit)
        timeline.on("ecs-container-health", self._on_health)
        timeline.on("ecs-container-change", self._on_change)
        timeline.on("ecs-container-log", self._on_log)
        timeline.on("ecs-container-restart", self._on_restart)

    # --- starting ---

    def start_ready(self, task: Task) -> str | None:
        """Starts every container whose dependencies hold. A text: one never will."""
        progress = True
        while progress:
            progress = False
            for container in task.containers:
                if container.status != "PENDING":
                    continue
                verdict = self._dependencies(task, container)
                if isinstance(verdict, str):
                    return verdict
                if verdict:
                    self._start(task, container)
                    progress = True
        return None

    def all_up(self, task: Task) -> bool:
        return all(container.status != "PENDING" for container in task.containers)

    def _dependencies(self, task: Task, container: Container) -> bool | str:
        """Whether all dependencies hold; a text when one can't any more."""
        for dependency in container.definition.get("dependsOn", []):
            other = next(c for c in task.containers if c.name == dependency["containerName"])
            condition = dependency["condition"]
            ended = other.status == "STOPPED"
            held = {
                "START": other.started is not None,
                "COMPLETE": ended,
                "SUCCESS": ended and other.exit_code == 0,
                "HEALTHY": other.alive and other.health == Health.HEALTHY,
            }[condition]
            if held:
                continue
            lost = condition in ("SUCCESS", "HEALTHY") and (ended or other.health == Health.UNHEALTHY)
            if lost or self._too_late(other):
                return messages.dependency_failed(other.name, condition)
            return False
        return True

    def _too_late(self, container: Container) -> bool:
        timeout = container.definition.get("startTimeout")
        if timeout is None or container.started is None:
            return False
        return self.state.world.now >= container.started + int(timeout) * SECOND

    def _start(self, task: Task, container: Container) -> None:
        world = self.state.world
        assert container.image is not None
        definition = container.definition
        memory = definition.get("memory") or (int(task.memory) if task.memory else None)
        container.status = "RUNNING"
        container.started = world.now
        self._set_health(task, container, Health.UNKNOWN)
        run = world.registry.run(
            container.image,
            environment=container.from_files
            | {pair["name"]: pair.get("value", "") for pair in definition.get("environment", [])},
            secrets=container.secrets,
            command=definition.get("command"),
            memory_limit=memory,
            eni=instances_link.own_interface(task),
            task_role=launch.role_arn(self.state, task.task_role) if task.task_role else None,
            key=f"{container.key}/{container.restarts}",
        )
        container.run = run
        if container.log is not None:
            container.log.position = 0
        self._foresee(task, container, run)
        self.state.container_changed(task, container, "RUNNING")
        self._changed_behind(task)

    def _changed_behind(self, task: Task) -> None:
        """What a load balancer meets at the task's address is another."""
        self.state.world.elb.refresh(*instances_link.addresses(task))

    def _foresee(self, task: Task, container: Container, run: Run) -> None:
        """Schedules what a run does by itself from now on."""
        past = self._age(container)
        ending = run.ending()
        if ending is not None:
            self._at(task, container, ending.after, "exit", (ending.code, ending.reason))
        for offset in run.changes():
            if offset > past and (ending is None or offset != ending.after):
                self._at(task, container, offset, "change")
        if container.checked:
            for offset, status in health.flips(run, container.definition["healthCheck"]):
                if offset > past:
                    self._at(task, container, offset, "health", status)
        patience = SECOND * int(container.definition.get("startTimeout") or 0)
        if patience > past:
            self._at(task, container, patience, "change")
        if container.log is not None:
            self._schedule_log(task, container)

    def follow_image(self, task: Task, container: Container) -> None:
        """The program of a running container's image has changed; one that is stopping goes on as it was."""
        if container.run is None or container.image is None or container.stopping is not None:
            return
        for event in container.events:
            self.state.world.timeline.cancel(event)
        container.events.clear()
        program = self.state.world.registry.program(container.image)
        container.run = container.run.altered(program, self._age(container))
        self._foresee(task, container, container.run)

    def _at(self, task: Task, container: Container, offset: int, kind: str, data: object = None) -> None:
        assert container.started is not None
        time = max(container.started + offset, self.state.world.now)
        event = self.state.world.timeline.at(
            time, f"ecs-container-{kind}", f"{task.id}/{container.name}", (task, container, data)
        )
        container.events.append(event)

    # --- what happens to one by itself ---

    def _on_change(self, entity: str, data: tuple[Task, Container, None]) -> None:
        task, container, _ = data
        self._changed_behind(task)
        if not task.stopping_or_stopped and not self.all_up(task):
            self.exited(task, container)

    def _on_health(self, entity: str, data: tuple[Task, Container, Health]) -> None:
        task, container, status = data
        self._set_health(task, container, status)
        self.state.container_changed(task, container, f"health {status}")
        self.state.wake(task.service)
        if not task.stopping_or_stopped and not self.all_up(task):
            self.exited(task, container)

    def _set_health(self, task: Task, container: Container, status: Health) -> None:
        container.health = status
        before = task.health
        task.health = health.of_task(task.containers)
        if task.health != before:
            task.unhealthy_since = self.state.world.now if task.health == Health.UNHEALTHY else None

    def _on_exit(self, entity: str, data: tuple[Task, Container, tuple[int, str | None]]) -> None:
        task, container, (code, reason) = data
        self._end(task, container, code, reason)
        if self._restarts(task, container):
            container.restarts += 1
            self._at(task, container, self._age(container) + 2 * SECOND, "restart")
            return
        self.exited(task, container)

    def _age(self, container: Container) -> int:
        assert container.started is not None
        return self.state.world.now - container.started

    def _restarts(self, task: Task, container: Container) -> bool:
        policy = container.definition.get("restartPolicy") or {}
        if not policy.get("enabled") or task.stopping_or_stopped:
            return False
        if container.exit_code in policy.get("ignoredExitCodes", []):
            return False
        return self._age(container) >= SECOND * int(policy.get("restartAttemptPeriod", 300))

    def _on_restart(self, entity: str, data: tuple[Task, Container, None]) -> None:
        task, container, _ = data
        if task.stopping_or_stopped:
            return
        container.exit_code = container.reason = container.stopped = None
        self._start(task, container)

    def _end(self, task: Task, container: Container, code: int | None, reason: str | None) -> None:
        world = self.state.world
        for event in container.events:
            world.timeline.cancel(event)
        container.events.clear()
        self._put_lines(container, world.now + 1)
        container.status = "STOPPED"
        container.exit_code = code
        container.reason = reason
        container.stopped = world.now
        text = "STOPPED" if code is None else f"STOPPED (exit code {code})"
        self.state.container_changed(task, container, f"{text}: {reason}" if reason else text)
        if container.run is not None:
            self._changed_behind(task)

    def kill_all(self, task: Task) -> None:
        """What runs them is gone, all at once."""
        ended = [container for container in task.containers if container.alive]
        for container in ended:
            self._end(task, container, KILLED, None)
        for container in ended:
            self.exited(task, container)

    # --- stopping ---

    def stop_ready(self, task: Task) -> bool:
        """SIGTERM to every container that no running one depends on. True: all have ended."""
        for container in task.containers:
            if container.status == "PENDING":
                self._end(task, container, None, container.reason)
        for container in task.containers:
            if container.alive and container.stopping is None and not self._held(task, container):
                self._terminate(task, container)
        return all(container.status == "STOPPED" for container in task.containers)

    def _held(self, task: Task, container: Container) -> bool:
        return any(
            other.alive
            and any(d["containerName"] == container.name for d in other.definition.get("dependsOn", []))
            for other in task.containers
        )

    def _terminate(self, task: Task, container: Container) -> None:
        assert container.run is not None
        container.stopping = self.state.world.now
        patience = SECOND * (container.definition.get("stopTimeout") or fargate.STOP_TIMEOUT_DEFAULT)
        takes, code = container.run.stop()
        if takes is None or takes > patience:
            takes, code = patience, KILLED
        self._at(task, container, self._age(container) + takes, "exit", (code, None))
        self._changed_behind(task)

    def vanish(self, task: Task) -> None:
        """Every container is gone, as when its machine loses power."""
        for container in task.containers:
            if container.status != "STOPPED":
                self._end(task, container, None, container.reason)

    # --- log lines ---

    def _schedule_log(self, task: Task, container: Container) -> None:
        """The next put: at the next line's time, but repeating lines once a minute."""
        assert container.run is not None and container.started is not None and container.log is not None
        log, run = container.log, container.run
        for horizon in (MINUTE, 60 * MINUTE, DAY):
            lines = run.lines(log.position, log.position + horizon)
            if lines:
                break
        if not lines:
            self._at(task, container, log.position + DAY, "log")
            return
        soon = log.position < MINUTE and len(lines) <= CHATTY
        earliest = log.position if soon else log.position + MINUTE - 1
        self._at(task, container, max(lines[0][0], earliest), "log")

    def _on_log(self, entity: str, data: tuple[Task, Container, None]) -> None:
        task, container, _ = data
        self._put_lines(container, self.state.world.now + 1)
        self._schedule_log(task, container)

    def _put_lines(self, container: Container, until: int) -> None:
        log, run, started = container.log, container.run, container.started
        if log is None or run is None or started is None:
            return
        end = until - started
        lines = run.lines(log.position, end)
        log.position = max(log.position, end)
        if lines and log.writable:
            self.state.world.logs.put(log.group, log.stream, [(started + at, text) for at, text in lines])
