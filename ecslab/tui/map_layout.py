"""The live map as rows of text: what `GET state` says -> what a learner sees.

A pure function of the state and the width. From top to bottom the way of a request: the load balancer and what
it answers, target groups with the health of each target, the cluster with its services, deployments side by
side during a rollout, tasks on their own, then what scales (`map_scaling`). A state is always glyph + word +
role, never colour alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ecslab.tui import map_scaling
from ecslab.tui.rows import Piece, Row, bar, beside, cells, ends, fit_row, paragraph, row

State = Mapping[str, Any]

TASK_LOOK: dict[str, tuple[str, str]] = {
    "PROVISIONING": ("○", "busy"),
    "PENDING": ("◔", "busy"),
    "ACTIVATING": ("◑", "busy"),
    "RUNNING": ("●", "good"),
    "DEACTIVATING": ("◕", "quiet"),
    "STOPPING": ("◌", "quiet"),
    "DEPROVISIONING": ("◌", "quiet"),
    "STOPPED": ("■", "bad"),
}
TARGET_LOOK: dict[str, tuple[str, str]] = {
    "healthy": ("✔", "good"),
    "unhealthy": ("✘", "bad"),
    "initial": ("◔", "busy"),
    "draining": ("◌", "quiet"),
    "unused": ("·", "quiet"),
    "unavailable": ("?", "quiet"),
}
HEALTH_LOOK: dict[str, tuple[str, str]] = {"HEALTHY": ("✔", "good"), "UNHEALTHY": ("✘", "bad")}
ROLLOUT_LOOK: dict[str, tuple[str, str]] = {
    "COMPLETED": ("✔", "good"),
    "IN_PROGRESS": ("◑", "busy"),
    "FAILED": ("✘", "bad"),
}
WANTED_STOPS = ("ServiceSchedulerInitiated", "UserInitiated")
"""Stop codes of tasks that somebody wanted to stop: their reason takes one line, cut to fit."""
STOPPED_SHOWN = 3
"""How many stopped tasks a service shows: the newest, for their reasons."""
DRAINING_SHOWN = 2
"""How many draining targets are listed; more become one line."""
SIDE_BY_SIDE = 62
"""Columns from which two deployments are drawn side by side."""


def lay_out(state: State, width: int) -> list[Row]:
    """The whole map at `width` columns."""
    width = max(24, width)
    blocks = [
        *(_load_balancer(state, balancer, width) for balancer in state.get("load_balancers", ())),
        *(_target_group(group, width) for group in state.get("target_groups", ())),
        *(_cluster(state, cluster, width) for cluster in state.get("clusters", ())),
        map_scaling.providers(state, width),
        map_scaling.alarms(state, width),
    ]
    if not any(blocks):
        return paragraph(
            "Nothing is here yet. The map fills by itself as you create a cluster, register a task definition "
            "and start tasks.",
            width,
            role="quiet",
        )
    out: list[Row] = []
    for block in filter(None, blocks):
        if out:
            out.append(Row())
        out.extend(fit_row(line, width) for line in block)
    return out


def _load_balancer(state: State, balancer: State, width: int) -> list[Row]:
    listeners = balancer.get("listeners", ())
    ports = " ".join(f":{listener['port']}" for listener in listeners) or "no listener"
    alone = len(listeners) == 1
    head: list[Piece] = ["internet ─▶ ", (balancer["name"], "name"), f" {ports}"]
    lines = [ends(head, _answer(listeners[0]) if alone else [], width)]
    if balancer.get("state") not in (None, "active"):
        lines.append(row("  ", ("◔ " + str(balancer["state"]), "busy")))
    names = {group["arn"]: group["name"] for group in state.get("target_groups", ())}
    for listener in listeners:
        for rule in listener.get("rules", ()):
            groups = (
                ", ".join(names.get(arn, "?") for arn in rule.get("target_groups", ())) or "a fixed answer"
            )
            condition = rule.get("conditions") or "default"
            way: list[Piece] = [f"  :{listener['port']} ", (condition, "quiet"), " ─▶ ", (groups, "name")]
            says = [] if alone or condition != "default" else _answer(listener)
            lines.append(ends(way, says, width))
    for load in state.get("traffic", ()):
        if load["load_balancer"] == balancer["name"]:
            lines.append(_traffic(load))
    return lines


def _answer(listener: State) -> list[Piece]:
    answers = listener.get("answers")
    if answers is None:
        return [("· no answer yet", "quiet")]
    if answers < 400:
        return [(f"✔ answers {answers}", "good")]
    return [(f"✘ answers {answers}", "bad")]


def _traffic(load: State) -> Row:
    failed, of_all = load.get("failed", 0), f"of {load.get('requests', 0):,} failed"
    verdict = (f"✘ {failed:,} {of_all}", "bad") if failed else (f"✔ none {of_all}", "good")
    return row(f"  traffic {load['rate']:g}/s on {load['path']} · ", verdict)


def _target_group(group: State, width: int) -> list[Row]:
    check = group.get("health_path") or ""
    head = row(
        "target group ",
        (group["name"], "name"),
        f"  {group.get('protocol', '')}:{group.get('port', '')} ",
        (check, "quiet"),
    )
    lines = [head]
    targets = list(group.get("targets", ()))
    draining = [target for target in targets if target["state"] == "draining"]
    for target in targets:
        if target not in draining or len(draining) <= DRAINING_SHOWN:
            lines += _target(target, width)
    if len(draining) > DRAINING_SHOWN:
        lines.append(
            row("  ", (f"◌ draining  {len(draining)} targets of tasks that are going away", "quiet"))
        )
    if len(lines) == 1:
        lines.append(row("  ", ("· no targets registered", "quiet")))
    return lines


def _target(target: State, width: int) -> list[Row]:
    glyph, role = TARGET_LOOK.get(target["state"], ("?", "quiet"))
    task = f"  task {short(target['task'])}" if target.get("task") else ""
    place = f" {target['ip']}:{target['port']}  {_zone(target)}"
    lines = [row("  ", (f"{glyph} {target['state']:<9}", role), place, (task, "quiet"))]
    said = target.get("description") or target.get("reason")
    if said and target["state"] in ("unhealthy", "unused", "unavailable"):
        lines += paragraph(said, width, role="quiet", indent=6)
    return lines


def _cluster(state: State, cluster: State, width: int) -> list[Row]:
    status = cluster.get("status", "ACTIVE")
    look = ("✔ ACTIVE", "good") if status == "ACTIVE" else (f"■ {status}", "quiet")
    running, pending = cluster.get("running", 0), cluster.get("pending", 0)
    counts = f"{running} running · {pending} pending"
    head: list[Piece] = ["cluster ", (cluster["name"], "name"), "  ", look]
    if not pending and row(*head).cells + cells(counts) >= width:
        counts = f"{running} running"
    lines = [ends(head, [(counts, "quiet")], width)]
    tasks = [task for task in state.get("tasks", ()) if task.get("cluster") == cluster["name"]]
    for service in state.get("services", ()):
        if service.get("cluster") == cluster["name"]:
            mine = [task for task in tasks if task.get("service") == service["name"]]
            lines += _service(state, service, mine, width)
    alone = [task for task in tasks if not task.get("service")]
    if alone:
        lines.append(row("├ ", ("tasks without a service", "title")))
        for task in alone:
            lines += [row("│  ", *line.spans) for line in _task(task, width - 3)]
    hosts = [one for one in state.get("container_instances", ()) if one["cluster"] == cluster["name"]]
    if hosts:
        lines.append(row("├ ", ("container instances", "title")))
        lines += [row("│  ", *line.spans) for line in map_scaling.instances(hosts, width - 3)]
    if len(lines) == 1:
        lines.append(row("└ ", ("· nothing runs in it yet", "quiet")))
    return lines


def _service(state: State, service: State, tasks: Sequence[State], width: int) -> list[Row]:
    desired, running, pending = (service.get(key, 0) for key in ("desired", "running", "pending"))
    role = "good" if running == desired and not pending else "busy" if running or pending else "bad"
    glyph = {"good": "✔", "busy": "◑", "bad": "✘"}[role]
    if service.get("status", "ACTIVE") != "ACTIVE":
        glyph, role = "■", "quiet"
    counts = f"{glyph} desired {desired} · running {running} · pending {pending}"
    name = [("service ", ""), (service["name"], "name")]
    if service.get("status", "ACTIVE") != "ACTIVE":
        name.append((f" {service['status']}", "quiet"))
    head = ends(["├ ", *name], [(counts, role)], width)
    if row("├ ", *name).cells + len(counts) + 1 > width:
        lines = [row("├ ", *name), row("│  ", (counts, role))]
    else:
        lines = [head]
    lines += [row("│  ", *line.spans) for line in _deployments(service, tasks, width - 3)]
    lines += [row("│  ", *line.spans) for line in map_scaling.of_service(state, service, width - 3)]
    return lines


def _deployments(service: State, tasks: Sequence[State], width: int) -> list[Row]:
    by_deployment: dict[str, list[State]] = {}
    for task in tasks:
        by_deployment.setdefault(str(task.get("deployment")), []).append(task)
    going_on: list[State] = []
    over: list[State] = []
    for deployment in service.get("deployments", ()):
        lives = any(task["last"] != "STOPPED" for task in by_deployment.get(deployment["id"], ()))
        (going_on if deployment.get("desired") or lives else over).append(deployment)
    side_by_side = len(going_on) == 2 and width >= SIDE_BY_SIDE
    share = (width - 3) // 2 if side_by_side else width
    blocks = [_deployment(one, by_deployment.pop(one["id"], []), share) for one in going_on]
    lines = beside(blocks, width) if side_by_side else [line for block in blocks for line in block]
    for deployment in over:
        lines += _deployment(deployment, [], width)
    for task in _worth_showing([task for gone in by_deployment.values() for task in gone]):
        lines += _task(task, width)
    return lines


def _deployment(deployment: State, tasks: Sequence[State], width: int) -> list[Row]:
    rollout = deployment.get("rollout") or "IN_PROGRESS"
    glyph, role = ROLLOUT_LOOK.get(rollout, ("·", "quiet"))
    desired, running = deployment.get("desired", 0), deployment.get("running", 0)
    gauge: list[Piece] = [(bar(running / desired, 6), role)] if desired else []
    lines = [
        row((f"{deployment['status']} ", "title"), (deployment.get("task_definition", ""), "name")),
        row((f"{glyph} {rollout} ", role), *gauge, f" {running}/{desired}"),
    ]
    shift = deployment.get("shift")
    if shift:
        lines += _shift(shift)
    lines += _waits(deployment.get("waits", ()), staged=bool(shift))
    if deployment.get("failed"):
        lines.append(row((f"✘ {deployment['failed']} tasks failed", "bad")))
    if rollout == "FAILED" and deployment.get("reason"):
        lines += paragraph(str(deployment["reason"]), width, role="quiet", indent=2)
    for task in _worth_showing(tasks):
        lines += _task(task, width)
    return lines


def _shift(shift: State) -> list[Row]:
    """The lifecycle stage of a deployment that shifts traffic, and the shares that it gets now."""
    share = shift["production"]
    return [
        row((f"stage {shift['stage']}", "busy")),
        row("production ", (bar(share / 100, 6), "good"), f" {share:g} % · test {shift['test']:g} %"),
    ]


WAITS = {"pause": "⏸ paused: waits for you", "function": "… waits for {name}"}


def _waits(waits: Sequence[State], *, staged: bool) -> list[Row]:
    """What keeps a deployment where it is, with the stage where no other row has it. Time is seen to pass."""
    lines: list[Row] = []
    for wait in waits:
        if not staged:
            lines.append(row((f"stage {wait['stage']}", "busy")))
        if wait["for"] in WAITS:
            lines.append(row((WAITS[wait["for"]].format(**wait), "busy")))
    return lines


def _worth_showing(tasks: Sequence[State]) -> list[State]:
    living = [task for task in tasks if task["last"] != "STOPPED"]
    stopped = sorted(
        (task for task in tasks if task["last"] == "STOPPED"),
        key=lambda task: task.get("stopped") or 0,
        reverse=True,
    )
    return [*living, *stopped[:STOPPED_SHOWN]]


def _task(task: State, width: int) -> list[Row]:
    last = task["last"]
    glyph, role = TASK_LOOK.get(last, ("?", "quiet"))
    wanted = last == "STOPPED" and task.get("stop_code") in WANTED_STOPS and not _failing(task)
    if wanted:
        role = "quiet"
    health = HEALTH_LOOK.get(task.get("health") or "")
    pieces: list[Piece] = [(f"{glyph} {last:<12}", role), f" {short(task['id'])}"]
    if last != "STOPPED":
        pieces.append(f" {_zone(task)}")
    if health and last == "RUNNING":
        pieces.append((f" {health[0]} {task['health'].lower()}", health[1]))
    lines = [row(*pieces)]
    if wanted:
        lines += [fit_row(row("  ", (_why_stopped(task), "quiet")), width)]
    elif last == "STOPPED":
        lines += paragraph(_why_stopped(task), width, role="quiet", indent=2)
    return lines


def _failing(task: State) -> bool:
    """Whether it stopped because something was wrong with it, though ECS or the learner stopped it."""
    return "failed" in str(task.get("stopped_reason") or "")


def _why_stopped(task: State) -> str:
    """The task's reason, what its containers add to it (of a failed pull nothing), and how they ended."""
    codes = [
        f"{container['name']} exit {container['exit_code']}"
        for container in task.get("containers", ())
        if container.get("exit_code") is not None
    ]
    said = str(task.get("stopped_reason") or task.get("stop_code") or "stopped")
    reasons = [
        str(container["reason"]) for container in task.get("containers", ()) if container.get("reason")
    ]
    return " · ".join([said, *(reason for reason in reasons if reason not in said), *codes])


def _zone(thing: State) -> str:
    zone = str(thing.get("az") or "")
    return zone[-2:] if zone else ""


def short(identifier: str) -> str:
    """The first eight characters of a task's id, as people say it."""
    return str(identifier).rsplit("/", 1)[-1][:8]
