"""The service scheduler's decision, as a function from what is there to what to do.

Pure: no clock, no API, no side effects. `controller` builds the view and carries the plan out.
Source: Amazon ECS developer guide, "deployment-type-ecs" and the UpdateService reference.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ecslab.terms import rolling


@dataclass(frozen=True)
class TaskView:
    """A task that is not stopping."""

    id: str
    primary: bool
    """Of the PRIMARY deployment."""
    running: bool
    well: bool
    """Its health checks pass now."""
    counts: bool
    """It counts towards the healthy minimum: well for long enough."""
    sick: bool
    """It fails health checks and must be replaced."""
    proven: bool
    """It has been well before."""
    az: str
    created: int
    protected: bool = False
    """Scale-in and rollouts leave it alone."""


@dataclass(frozen=True)
class View:
    desired: int
    minimum_percent: int
    maximum_percent: int
    tasks: Sequence[TaskView]
    leaving: int = 0
    """Stopping tasks that still take a place, `leaving_primary` of them of the PRIMARY deployment."""
    leaving_primary: int = 0
    may_start: bool = True

    @property
    def minimum(self) -> int:
        return rolling.minimum_healthy(self.desired, self.minimum_percent)

    @property
    def maximum(self) -> int:
        return rolling.maximum_tasks(self.desired, self.maximum_percent)

    @property
    def healthy(self) -> int:
        """Tasks that hold up the minimum: new ones once they count, older ones as long as they are well."""
        return sum(task.counts if task.primary else task.well for task in self.tasks)


@dataclass
class Plan:
    start: int = 0
    replaced: int = 0
    """How many of the starts replace an unhealthy task that still runs."""
    stop_sick: list[TaskView] = field(default_factory=list)
    made_room: int = 0
    """How many of the sick go before their replacement is started, because there is no room for both."""
    stop: list[TaskView] = field(default_factory=list)
    """Scale-in, and tasks of older deployments."""
    spared: list[TaskView] = field(default_factory=list)
    """What would stop now if it were not protected."""
    stuck: bool = False
    """minimumHealthyPercent and maximumPercent leave nothing to do."""

    @property
    def idle(self) -> bool:
        return not (self.start or self.stop_sick or self.stop)


def plan(view: View) -> Plan:
    primary = [task for task in view.tasks if task.primary]
    old = [task for task in view.tasks if not task.primary]
    sick = _oldest([task for task in primary if task.sick])
    fit = [task for task in primary if not task.sick]
    out = Plan()

    places = len(primary) + view.leaving_primary
    wanted = view.desired + len(sick) - places
    room = view.maximum - len(view.tasks) - view.leaving
    if view.may_start:
        out.start = max(0, min(wanted, room))
        out.replaced = max(0, out.start - max(0, view.desired - places))

    blocked = wanted > 0 and room <= 0 and not view.leaving
    out.stop_sick = _sick_to_stop(view, sick, fit, blocked=blocked)
    out.made_room = len(out.stop_sick) if blocked else 0
    excess = len(fit) - view.desired
    out.stop = _excess([task for task in fit if not task.protected], excess)
    out.stop += _outdated(
        view, [task for task in old if not task.protected], leaving=sum(task.counts for task in out.stop)
    )
    if not out.stop:
        out.spared = [task for task in old if task.protected and task.well]
        out.spared += [task for task in fit if task.protected][: max(0, excess)]
    out.stuck = blocked and bool(old) and out.idle and all(task.counts or task.sick for task in primary)
    return out


def _sick_to_stop(view: View, sick: list[TaskView], fit: list[TaskView], *, blocked: bool) -> list[TaskView]:
    """A sick task goes when its replacement is well; one that never was well when its replacement runs.

    With no room for a replacement they go one at a time, each when the one before has been replaced.
    """
    if not sick:
        return []
    hopeless = [task for task in sick if not task.proven]
    proven = [task for task in sick if task.proven]
    well = sum(task.well for task in fit)
    running = sum(task.running for task in fit)
    out = hopeless[: max(0, running + len(sick) - view.desired)]
    out += proven[: max(0, well + len(sick) - len(out) - view.desired)]
    if not out and blocked and (running if hopeless else well) == len(fit):
        out = (hopeless + proven)[: max(1, len(sick) - view.desired)]
    return out


def _excess(tasks: list[TaskView], count: int) -> list[TaskView]:
    """Scale-in: what holds nothing up first, then from the zones with most tasks."""
    if count <= 0:
        return []
    idle = _newest([task for task in tasks if not task.running])
    new = _newest([task for task in tasks if task.running and not task.counts])
    rest = [task for task in tasks if task.counts]
    return (idle + new + _from_fullest_zones(rest))[:count]


def _outdated(view: View, old: list[TaskView], leaving: int) -> list[TaskView]:
    """Tasks of older deployments: all that are not well, and well ones as the minimum allows."""
    if not old:
        return []
    useless = [task for task in old if not task.well]
    young = _newest([task for task in old if task.well and not task.counts])
    young = young[: max(0, view.healthy - leaving - view.minimum)]
    counting = sum(task.counts for task in view.tasks) - leaving - view.minimum
    return useless + young + _from_fullest_zones([task for task in old if task.counts])[: max(0, counting)]


def _from_fullest_zones(tasks: list[TaskView]) -> list[TaskView]:
    """All of `tasks`, ordered so that each is taken from the zone that then has most of them."""
    zones: dict[str, list[tuple[int, TaskView]]] = {}
    for place, task in enumerate(_oldest(tasks)):
        zones.setdefault(task.az, []).append((place, task))
    out = []
    for _ in tasks:
        fullest = max(filter(None, zones.values()), key=lambda zone: (len(zone), zone[-1][0]))
        out.append(fullest.pop()[1])
    return out


def _oldest(tasks: list[TaskView]) -> list[TaskView]:
    return sorted(tasks, key=lambda task: (task.created, task.id))


def _newest(tasks: list[TaskView]) -> list[TaskView]:
    return _oldest(tasks)[::-1]
