"""What the map shows of what scales: scalable targets, alarms, container instances, capacity providers.

Pure functions from parts of `GET state` to rows, for `map_layout`. Times are those since the attempt began: they
stay true while the clock runs on.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ecslab.tui.lab_layout import since_begun
from ecslab.tui.rows import Piece, Row, bar, ends, fit, paragraph, row

State = Mapping[str, Any]

ALARM_LOOK: dict[str, tuple[str, str]] = {
    "OK": ("✔", "good"),
    "ALARM": ("✘", "bad"),
    "INSUFFICIENT_DATA": ("?", "quiet"),
}
POLICY_ALARM_LOOK = ALARM_LOOK | {"ALARM": ("▲", "busy")}
"""An alarm of a scaling policy that fires is at work, not a fault."""
ACTIVITY_LOOK: dict[str, tuple[str, str]] = {
    "Successful": ("✔", "good"),
    "Failed": ("✘", "bad"),
    "Unfulfilled": ("✘", "bad"),
    "Overridden": ("✘", "bad"),
}
INSTANCE_LOOK: dict[str, tuple[str, str]] = {
    "ACTIVE": ("✔", "good"),
    "DRAINING": ("◌", "quiet"),
    "REGISTERING": ("◔", "busy"),
    "DEREGISTERING": ("◌", "quiet"),
    "REGISTRATION_FAILED": ("✘", "bad"),
}
ACTIVITIES_SHOWN = 3
TASKS_NAMED = 4


def of_service(state: State, service: State, width: int) -> list[Row]:
    """How a service is scaled: its bounds, what drives it, what was done last."""
    begun = _begun(state)
    lines: list[Row] = []
    for target in state.get("scaling", ()):
        if (target["cluster"], target["service"]) == (service.get("cluster"), service["name"]):
            lines += _target(target, begun, width)
    return lines


def _target(target: State, begun: int, width: int) -> list[Row]:
    head: list[Piece] = [
        ("scaling ", "title"),
        (f"{target['minimum']}-{target['maximum']} tasks", "name"),
        *((f" · {until}", "busy") for until in _cooling(target.get("cooling") or {}, begun)),
    ]
    lines = [row(*head)]
    if target.get("suspended"):
        lines += paragraph(f"suspended: {', '.join(target['suspended'])}", width, role="busy", indent=2)
    for policy in target.get("policies", ()):
        lines += _policy(policy, width)
    for action in target.get("scheduled", ()):
        due = "" if action.get("next") is None else f" · next {since_begun(action['next'], begun)}"
        lines.append(row("  ", (action["name"], "name"), (f" {action['schedule']}{due}", "quiet")))
    for activity in target.get("activities", ())[:ACTIVITIES_SHOWN]:
        lines += _activity(activity, begun, width)
    return lines


def _cooling(cooling: State, begun: int) -> list[str]:
    ends_at = [(way, cooling.get(way)) for way in ("out", "in")]
    return [f"cools down ({way}) to {since_begun(t, begun)}" for way, t in ends_at if t is not None]


def _policy(policy: State, width: int) -> list[Row]:
    metric = policy.get("metric") or ""
    aim = f"{metric} at {policy['target']:g}" if policy.get("target") is not None else f"{metric} in steps"
    lines = [row("  ", (policy["name"], "name"), (f" {aim.strip()}", "quiet"))]
    for alarm in policy.get("alarms", ()):
        glyph, role = POLICY_ALARM_LOOK.get(alarm["state"], ("?", "quiet"))
        room = width - len(alarm["state"]) - 7
        lines.append(
            row("    ", (f"{glyph} {alarm['state']}", role), (f" {alarm_name(alarm['name'], room)}", "quiet"))
        )
    return lines


def alarm_name(name: str, room: int) -> str:
    """The name cut in its middle: alarms of target tracking differ at their ends, in `AlarmHigh-` and `AlarmLow-`."""
    if len(name) <= room:
        return name
    for side in ("AlarmHigh", "AlarmLow"):
        if name.startswith("TargetTracking") and f"-{side}-" in name:
            return f"{fit(name.partition(f'-{side}-')[0], max(2, room - len(side) - 1))}-{side}"
    return fit(name, room)


def _activity(activity: State, begun: int, width: int) -> list[Row]:
    glyph, role = ACTIVITY_LOOK.get(activity["status"], ("◑", "busy"))
    if activity.get("not_scaled"):
        glyph, role = "·", "quiet"
    lead = [(f"{glyph} {since_begun(activity['t'], begun)} ", role)]
    said = str(activity.get("text") or activity["status"])
    if activity.get("not_scaled"):
        said = f"not scaled ({activity['not_scaled']})"
    elif activity["status"] != "Successful":
        said = f"{activity['status']}: {said}"
    lines = paragraph(said, width - 2, first=lead)
    return [row("  ", *line.spans) for line in lines]


def alarms(state: State, width: int) -> list[Row]:
    """The alarms that are nobody's policy: each with its state, its metric, and why it fires."""
    of_policies = {
        alarm["name"]
        for target in state.get("scaling", ())
        for policy in target.get("policies", ())
        for alarm in policy.get("alarms", ())
    }
    own = [alarm for alarm in state.get("alarms", ()) if alarm["name"] not in of_policies]
    if not own:
        return []
    lines = [row(("alarms", "title"))]
    for alarm in own:
        glyph, role = ALARM_LOOK.get(alarm["state"], ("?", "quiet"))
        limit = "" if alarm.get("threshold") is None else f", threshold {alarm['threshold']:g}"
        what = f"{alarm.get('metric') or 'metric math'}{limit}"
        lines.append(
            row(
                "  ",
                (f"{glyph} {alarm['state']:<6}", role),
                " ",
                (alarm["name"], "name"),
                (f"  {what}", "quiet"),
            )
        )
        if alarm["state"] == "ALARM" and alarm.get("reason"):
            lines += paragraph(str(alarm["reason"]), width, role="quiet", indent=6)
    return lines


def instances(found: Sequence[State], width: int) -> list[Row]:
    """Container instances: status, how much of each is taken, and the tasks on it."""
    lines: list[Row] = []
    for instance in found:
        glyph, role = INSTANCE_LOOK.get(instance["status"], ("?", "quiet"))
        zone = str(instance.get("az") or "")[-2:]
        kind = " ".join(filter(None, (instance.get("type"), zone, instance.get("provider"))))
        head: list[Piece] = [(f"{glyph} {instance['status']} ", role), (str(instance["ec2"]), "name")]
        away = [] if instance.get("connected", True) else [(" ✘ agent disconnected", "bad")]
        counts = f" {instance.get('running', 0)} running · {instance.get('pending', 0)} pending"
        lines.append(ends([*head, *away], [(counts, "quiet")], width))
        lines.append(row("  ", (kind, "quiet")))
        for label, unit in (("cpu", ""), ("memory", " MiB")):
            lines.append(_taken(label, instance[label], unit))
        tasks = [str(task)[:8] for task in instance.get("tasks", ())]
        if tasks:
            more = f" and {len(tasks) - TASKS_NAMED} more" if len(tasks) > TASKS_NAMED else ""
            lines.append(row("  ", (f"tasks {' '.join(tasks[:TASKS_NAMED])}{more}", "quiet")))
    return lines


def _taken(label: str, amount: State, unit: str) -> Row:
    registered, remaining = amount["registered"], amount["remaining"]
    taken = registered - remaining
    gauge = bar(taken / registered, 8) if registered else bar(0, 8)
    role = "busy" if not remaining else "good"
    return row(
        f"  {label:<6} ",
        (gauge, role),
        f" {taken:,} of {registered:,}{unit}",
        (f" · {remaining:,} free", "quiet"),
    )


def providers(state: State, width: int) -> list[Row]:
    """Capacity providers: the group behind each, its size, and who manages what."""
    found = state.get("capacity_providers", ())
    if not found:
        return []
    lines = [row(("capacity providers", "title"))]
    for provider in found:
        size = provider.get("size")
        extent = (
            [(f"{size['desired']} desired ({size['minimum']}-{size['maximum']})", "")]
            if size
            else [("✘ its group is gone", "bad")]
        )
        lines.append(ends(["  ", (provider["name"], "name"), f" ─▶ {provider['group']}"], extent, width))
        managed = f"target {provider['target']} %" if provider.get("managed") else "off"
        lines += paragraph(
            f"managed scaling {managed} · draining {_on(provider.get('draining'))} · "
            f"termination protection {_on(provider.get('protection'))}",
            width,
            role="quiet",
            indent=4,
        )
    return lines


def _on(setting: object) -> str:
    return "on" if setting == "ENABLED" else "off"


def _begun(state: State) -> int:
    return int((state.get("clock") or {}).get("begun") or 0)
