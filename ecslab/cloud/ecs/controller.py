"""A service's scheduler at work: at each boundary it looks, decides with `scheduler.plan`, and acts.

It is woken by changes only; a steady service costs one look in six hours.
"""

from collections import Counter

from ecslab.cloud.ecs import (
    condition,
    deployments,
    fleets,
    launch,
    messages,
    outages,
    placement,
    rebalancing,
    scheduler,
    stages,
    targets,
)
from ecslab.cloud.ecs.events import SILENCE, complain, say
from ecslab.cloud.ecs.fleets import Fleet
from ecslab.cloud.ecs.instances_hosting import Hosting
from ecslab.cloud.ecs.lifecycle import REGISTERING, Lifecycle
from ecslab.cloud.ecs.model import Deployment, Rollout, Service, Status, StopCode, Task
from ecslab.cloud.ecs.state import BEAT, SECOND, State
from ecslab.terms import rolling

CAPACITY_RETRY = 60 * SECOND
"""The longest wait before Fargate is asked for capacity again."""
ENDED_BY_ITSELF = (StopCode.FAILED_TO_START, StopCode.ESSENTIAL_EXITED)


class Controller:
    def __init__(self, state: State, lifecycle: Lifecycle, hosting: Hosting) -> None:
        self.state = state
        self.lifecycle = lifecycle
        self.hosting = hosting
        state.world.timeline.on("ecs-service", self._on_beat)

    def _on_beat(self, entity: str, data: None) -> None:
        service = self.state.services[entity]
        service.wake = None
        self._notice_ends(service)
        targets.observe(self.state, service)
        for task in targets.register(self.state, service):
            self.lifecycle.registered(task)
        released = targets.release(self.state, service)
        for task in released:
            self.lifecycle.terminate(task)
        if service.status == "DRAINING":
            self._drain(service)
            return
        self._notice_established(service)
        deployments.judge(self.state, service)
        stages.look(self.state, service)
        acted = self._act(service, released)
        if not acted:
            self._settle(service)
            self._rebalance(service)
        if released:
            self.state.wake(service)
        self._wake_later(service)

    # --- what has happened ---

    def _notice_ends(self, service: Service) -> None:
        now = self.state.world.now
        failures: dict[Deployment, int] = {}
        unstarted: dict[Deployment, None] = {}
        for task in list(service.tasks.values()):
            if task.last != Status.STOPPED:
                continue
            del service.tasks[task.id]
            if task is service.extra:
                service.extra = None
            deployment = task.deployment
            assert deployment is not None
            deployments.unsettle(service)
            if deployment is not service.primary:
                service.drained_at = now
                deployments.forget_superseded(service, deployment)
            if task.stop_code not in ENDED_BY_ITSELF:
                continue
            failures[deployment] = failures.get(deployment, 0) + 1
            if task.stop_code == StopCode.FAILED_TO_START:
                complain(self.state, service, messages.not_placed(task.stopped_reason or ""))
            if task.started is None:
                unstarted[deployment] = None
        for deployment, count in failures.items():
            deployments.count_failures(self.state, service, deployment, count)
        for deployment in unstarted:
            self._throttle(service, deployment)

    def _throttle(self, service: Service, deployment: Deployment) -> None:
        """One more round of starts that never got to RUNNING."""
        deployment.rounds += 1
        deployment.last_round = self.state.world.now
        deployment.retry_at = self.state.world.now + rolling.backoff(deployment.rounds)
        if deployment.rounds >= rolling.THROTTLE_EVENT_AFTER:
            complain(self.state, service, messages.INCONSISTENT)

    def _notice_established(self, service: Service) -> None:
        now = self.state.world.now
        for task in service.tasks.values():
            if task.deployment is None:
                continue
            if task.started is not None and task.started >= task.deployment.last_round:
                task.deployment.rounds = 0
            doing = condition.of(service, task, now)
            task.proven = task.proven or doing.well
            if not task.established and doing.counts(now):
                task.established = True
                if service.breaker.get("resetOnHealthyTask", True):
                    task.deployment.failed = 0

    # --- deciding and acting ---

    def _act(self, service: Service, released: list[Task]) -> bool:
        self.hosting.count_daemons(service)
        acted = [self._act_on(service, fleet, released) for fleet in fleets.fleets(service)]
        return any(acted)

    def _act_on(self, service: Service, fleet: Fleet, released: list[Task]) -> bool:
        now = self.state.world.now
        primary = fleet.deployment
        living = [task for task in fleet.tasks if _in_count(task) or task in released]
        conditions = {task.id: condition.of(service, task, now) for task in living}
        view = scheduler.View(
            desired=fleet.desired,
            minimum_percent=service.minimum_percent,
            maximum_percent=service.maximum_percent,
            tasks=[
                scheduler.TaskView(
                    id=task.id,
                    primary=task.deployment is primary and self.hosting.stays(service, task),
                    running=task.last in (Status.RUNNING, Status.DEACTIVATING),
                    well=conditions[task.id].well,
                    counts=conditions[task.id].counts(now),
                    sick=conditions[task.id].sick(now),
                    proven=task.proven,
                    az=task.az,
                    created=task.created,
                    protected=task.protected(now),
                )
                for task in living
                if not task.stopping_or_stopped
            ],
            leaving=sum(task.stopping_or_stopped for task in living),
            leaving_primary=sum(task.stopping_or_stopped and task.deployment is primary for task in living),
            may_start=not primary.stalled and now >= primary.retry_at,
        )
        plan = scheduler.plan(view)
        if plan.stuck:
            complain(self.state, service, messages.STUCK)
        self._tell_protected(service, [service.tasks[seen.id] for seen in plan.spared])
        started = self._start(service, primary, plan.start, plan.replaced)
        service.given_up += plan.made_room
        for seen in plan.stop_sick:
            task = service.tasks[seen.id]
            ill = conditions[seen.id]
            say(self.state, service, condition.complaint(task, ill))
            deployments.count_failures(self.state, service, task.deployment or primary, 1)
            self._stop_running(service, [task], condition.stop_reason(ill))
        self._stop(service, [service.tasks[seen.id] for seen in plan.stop])
        return bool(started or plan.stop_sick or plan.stop)

    def _start(self, service: Service, deployment: Deployment, count: int, replaced: int) -> list[Task]:
        if not count:
            return []
        definition = deployment.definition.document
        role = launch.refused_role(
            self.state, definition.get("executionRoleArn"), definition.get("taskRoleArn")
        )
        if role is not None:
            complain(self.state, service, messages.launch_failed(messages.cannot_assume(role)))
            deployments.count_failures(self.state, service, deployment, 1)
            self._throttle(service, deployment)
            return []
        tasks = self._place(service, deployment, count)
        if not tasks:
            return []
        replaced += min(service.given_up, count - replaced)
        service.given_up = 0
        deployments.unsettle(service)
        say(self.state, service, messages.started([task.id for task in tasks], replaced))
        return tasks

    def _place(self, service: Service, deployment: Deployment, count: int) -> list[Task]:
        """The tasks for which there is capacity."""
        tasks: list[Task] = []
        subnets = deployment.network.get("awsvpcConfiguration", {}).get("subnets", [])
        taken = placement.Taken(service, deployment)
        for _ in range(count):
            provider = taken.next_provider()
            hosted = deployment.launch_type == "EC2"
            cpu = int(deployment.definition.document.get("cpu") or 0)
            short = None if hosted else outages.shortage(self.state, provider, subnets, cpu)
            if short is not None:
                self._lacked(service, deployment, count - len(tasks), short)
                break
            task = placement.for_service(self.state, service, taken)
            if hosted and not self.hosting.admit(service, task):
                break
            service.tasks[task.id] = task
            taken.add(task)
            self.lifecycle.start(task)
            tasks.append(task)
            deployment.capacity_rounds = 0
        return tasks

    def _lacked(self, service: Service, deployment: Deployment, count: int, why: str) -> None:
        complain(self.state, service, messages.not_placed(why))
        if service.breaker["enable"] and deployment.rollout == Rollout.IN_PROGRESS:
            complain(self.state, service, messages.not_launched(count, deployment.id))
            deployments.count_failures(self.state, service, deployment, 1)
        deployment.capacity_rounds += 1
        wait = min(rolling.backoff(deployment.capacity_rounds), CAPACITY_RETRY)
        deployment.retry_at = self.state.world.now + wait

    def _rebalance(self, service: Service) -> None:
        """One task at a time: an extra one in the emptiest zone, then one less in the fullest."""
        now = self.state.world.now
        extra = service.extra
        if extra is None:
            self._start_extra(service)
        elif condition.of(service, extra, now).counts(now):
            service.extra = None
            task = rebalancing.surplus(self.state, service, extra)
            if task is not None and task.az != extra.az:
                self.lifecycle.stop(task, StopCode.SCHEDULER, messages.scaling(service.primary.id))
                say(self.state, service, messages.stopped_to_balance(task.az, task.id))
            self.state.wake(service)

    def _start_extra(self, service: Service) -> None:
        if rebalancing.emptiest_zone(self.state, service) is None:
            return
        taken = placement.Taken(service, service.primary)
        if (taken.next_provider() or "FARGATE") in self.state.exhausted:
            return
        task = placement.for_service(self.state, service, taken)
        service.tasks[task.id] = service.extra = task
        self.lifecycle.start(task)
        deployments.unsettle(service)
        say(self.state, service, messages.started_to_balance(task.az, task.id))

    def _tell_protected(self, service: Service, tasks: list[Task]) -> None:
        if not tasks:
            return
        for deployment, count in Counter(task.started_by or "" for task in tasks).items():
            complain(self.state, service, messages.protected(deployment, count))

    def _stop(self, service: Service, tasks: list[Task]) -> None:
        """Scale-in and replaced tasks."""
        reason = messages.scaling(service.primary.id)
        pending = [task for task in tasks if task.last != Status.RUNNING]
        running = [task for task in tasks if task.last == Status.RUNNING]
        if pending:
            for task in pending:
                self.lifecycle.stop(task, StopCode.SCHEDULER, reason)
            deployments.unsettle(service)
            say(self.state, service, messages.stopped_pending(len(pending)))
        if running:
            self._stop_running(service, running, reason)

    def _stop_running(self, service: Service, tasks: list[Task], reason: str) -> None:
        for task in tasks:
            self.lifecycle.stop(task, StopCode.SCHEDULER, reason)
        deployments.unsettle(service)
        say(self.state, service, messages.stopped_running([task.id for task in tasks]))

    def _drain(self, service: Service) -> None:
        """A deleted service: everything stops, then it is INACTIVE."""
        self._stop(service, [task for task in service.tasks.values() if not task.stopping_or_stopped])
        if service.tasks:
            return
        service.status = "INACTIVE"
        service.deployments = []
        service.extra = None
        self.state.world.record(
            "service", service.name, f"(service {service.name}) is INACTIVE", cluster=service.cluster.name
        )
        self.state.world.touch()

    # --- steady state ---

    def _settle(self, service: Service) -> None:
        now = self.state.world.now
        primary = service.primary
        if service.settled:
            if now >= service.settled_at + SILENCE:
                self._say_steady(service)
            return
        tasks = list(service.tasks.values())
        if primary.rollout == Rollout.FAILED or len(tasks) != service.desired:
            return
        if not all(task.deployment is primary and condition.of(service, task, now).well for task in tasks):
            return
        if primary.rollout == Rollout.IN_PROGRESS:
            if service.drained_at is not None and now < service.drained_at + BEAT:
                return
            if not deployments.baked(self.state, service):
                return
            deployments.complete(self.state, service)
        self._say_steady(service)

    def _say_steady(self, service: Service) -> None:
        service.settled = True
        service.settled_at = self.state.world.now
        service.drained_at = None
        service.said.clear()
        say(self.state, service, messages.STEADY)

    def _wake_later(self, service: Service) -> None:
        """The next moment at which time alone changes what there is to do."""
        now = self.state.world.now
        moments = []
        for task in service.tasks.values():
            state = condition.of(service, task, now)
            moments += [state.counts_at, state.sick_at, task.protected_until]
            if (task.stopping_or_stopped and task.registered) or task.step == REGISTERING:
                moments.append(now + 1)
        moments += [service.primary.retry_at, deployments.next_look(self.state, service)]
        moments += stages.next_look(self.state, service)
        if service.drained_at is not None and not service.settled:
            moments.append(service.drained_at + BEAT)
        if service.settled:
            moments.append(service.settled_at + SILENCE)
        future = [moment for moment in moments if moment is not None and moment > now]
        if future:
            self.state.wake(service, min(future))


def _in_count(task: Task) -> bool:
    """Whether a task still takes one of the service's places.

    One that ended by itself does until it is STOPPED: only then does the service learn of it. One that was told
    to stop does until it is out of its target groups.
    """
    if task.last == Status.STOPPED:
        return False
    if task.stop_code in ENDED_BY_ITSELF:
        return True
    return task.last not in (Status.STOPPING, Status.DEPROVISIONING)
