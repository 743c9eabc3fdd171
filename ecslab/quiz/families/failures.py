"""What a failure looks like from outside: the stop code of a task, the status of a load balancer."""

from collections.abc import Mapping
from random import Random
from typing import Any

from ecslab.quiz.families.family import Family, Question, Slip, question

STOP_CODES = {
    "TaskFailedToStart": "It is for a task that never got to RUNNING.",
    "EssentialContainerExited": "It is for a task whose essential container ended, with whatever exit code.",
    "UserInitiated": "It is what a call of StopTask leaves.",
    "ServiceSchedulerInitiated": "It is for tasks that the service scheduler stops: scale-in, rollout, failed checks.",
    "SpotInterruption": "It is for tasks whose Spot capacity was taken back.",
}
"""Source: Amazon ECS API reference, Task, stopCode."""
HISTORIES = (
    (
        (
            "A task of `{app}` went from PROVISIONING to PENDING, the image's tag was not found, and the task "
            "stopped."
        ),
        "TaskFailedToStart",
        "bad-image",
    ),
    (
        (
            "A task of `{app}` could not read a secret that its container definition names, and stopped in "
            "PENDING."
        ),
        "TaskFailedToStart",
        "no-secret",
    ),
    (
        "The only container of a running task of `{app}` exited with code {code}, and the task stopped.",
        "EssentialContainerExited",
        "crash",
    ),
    ("Somebody ran `aws ecs stop-task` for a running task of `{app}`.", "UserInitiated", "stop"),
    (
        "`{app}` was scaled from {many} to {few} tasks, and one of its tasks stopped.",
        "ServiceSchedulerInitiated",
        "scale-in",
    ),
    (
        (
            "A task of `{app}` ran for {minutes} minutes, failed the load balancer's health checks and was "
            "replaced."
        ),
        "ServiceSchedulerInitiated",
        "health",
    ),
    (
        (
            "`{app}` was updated to a new task definition; a task of the old revision stopped once new ones "
            "were healthy."
        ),
        "ServiceSchedulerInitiated",
        "rollout",
    ),
    (
        (
            "A running FARGATE_SPOT task of `{app}` got a warning and was stopped, because AWS needed the "
            "capacity."
        ),
        "SpotInterruption",
        "spot",
    ),
)
"""(history, stop code, what it is called where it is held against the simulator)"""
NAMES = ("shop", "press", "web-app", "orders", "billing", "search")


def _stop_code(draw: Random, params: Mapping[str, Any]) -> Question:
    text, right, case = draw.choice(HISTORIES)
    few = draw.randint(1, 4)
    history = text.format(
        app=draw.choice(NAMES),
        code=draw.choice([0, 1, 2, 137]),
        many=few + draw.randint(1, 4),
        few=few,
        minutes=draw.randint(2, 50),
    )
    others = draw.sample([code for code in STOP_CODES if code != right], 3)
    slips = [Slip(code, f"`{code}`", STOP_CODES[code]) for code in others]
    stem = f"{history} Which `stopCode` does DescribeTasks show?"
    return question(stem, f"`{right}`", STOP_CODES[right], slips, {"case": case, "answer": right})


ANSWERS = {
    "200": "That is the application's answer, passed on: a target is reached and answers.",
    "502": "The load balancer answers 502 when a target refuses or breaks off the connection.",
    "503": "The load balancer answers 503 when its target group has nobody registered.",
    "504": "The load balancer answers 504 when there is no connection in 10 seconds or no answer before the idle timeout.",
}
"""Source: Application Load Balancer guide, "load-balancer-troubleshooting"."""
TROUBLES = (
    (
        "`{app}` behind a load balancer is scaled to 0 tasks.",
        "503",
        "Nobody is registered in the target group.",
        "scaled-to-zero",
    ),
    (
        (
            "The tasks of `{app}` run, but the application listens on port {other} and the target group sends "
            "to {port}."
        ),
        "502",
        "On port {port} nothing listens: the connection is refused at once.",
        "wrong-port",
    ),
    (
        "The application of `{app}` hangs: it has closed its port, while its tasks run on.",
        "502",
        "Nothing listens any more: the connection is refused at once.",
        "stopped-listening",
    ),
    (
        "The security group of `{app}`'s tasks no longer lets the load balancer in on port {port}.",
        "504",
        "The packets are dropped without a reply, so no connection comes about in 10 seconds.",
        "closed-group",
    ),
    (
        "`{app}` takes {slow} seconds for an answer; the load balancer's idle timeout is 60 seconds.",
        "504",
        "The target accepts the connection and does not answer before the idle timeout.",
        "too-slow",
    ),
    (
        (
            "The health check of `{app}`'s target group asks for a path that the application does not know; "
            "all targets are unhealthy, and the application works."
        ),
        "200",
        "When all targets are unhealthy a load balancer sends to all of them (fail open).",
        "wrong-health-path",
    ),
)


def _gateway(draw: Random, params: Mapping[str, Any]) -> Question:
    text, right, reason, case = draw.choice(TROUBLES)
    port, other = draw.sample([80, 3000, 8000, 8080, 9090], 2)
    values = {"app": draw.choice(NAMES), "port": port, "other": other, "slow": draw.randint(65, 120)}
    slips = [Slip(status, status, why) for status, why in ANSWERS.items() if status != right]
    stem = f"{text.format(**values)} What does a client of the Application Load Balancer get?"
    why = f"{reason.format(**values)} {ANSWERS[right]}"
    return question(stem, right, why, slips, {"case": case, "slow": values["slow"], "answer": right})


FAMILIES = (
    Family("stop-code", "the stop code that a history leaves", _stop_code),
    Family("gateway-error", "200, 502, 503 or 504 from a situation", _gateway),
)
