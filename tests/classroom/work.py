"""What learners do in the starter's lab, and what may happen to a file on its way."""

import json
from collections.abc import Callable
from typing import Any

from ecslab.classroom.grades import Grade, Part
from ecslab.classroom.submission import Learner
from ecslab.lab.rehearsal import come_to_rest
from ecslab.lab.session import Session

LAB = "keep-the-light-on"
ADA = Learner(name="Ada Lovelace", id="s001")


def client(session: Session, service: str) -> Any:
    """boto3 as a learner's program has it in the lab's environment."""
    import boto3
    from botocore.config import Config

    env = session.environment()
    return boto3.client(
        service,
        endpoint_url=env["AWS_ENDPOINT_URL"],
        region_name=env["AWS_DEFAULT_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        config=Config(proxies={}),
    )


def solve(session: Session) -> None:
    client(session, "ecs").update_service(cluster="harbour", service="beacon", desiredCount=2)
    come_to_rest(session.sandbox, session.lab)


def edited(content: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The file after somebody changed it by hand."""
    value = json.loads(content)
    change(value)
    return json.dumps(value).encode()


def a_grade(who: str, subject: str = LAB, **facts: Any) -> Grade:
    """A grade as grading makes it, for what only looks at grades."""
    parts = facts.pop("parts", ())
    told: dict[str, Any] = {
        "file": f"{who}.json", "kind": "lab", "subject": subject, "seed": 1, "made": "2026-11-30T10:00:00Z",
        "learner": who.title(), "learner_id": who, "points": sum(part.points for part in parts),
        "max": sum(part.max for part in parts), "passed": None, "parts": tuple(parts),
    }  # fmt: skip
    return Grade(**told | facts)


def a_part(name: str, points: float, most: float = 1, **facts: Any) -> Part:
    verdict = "pass" if points == most else "fail"
    return Part(name, f"The goal {name}", verdict, points, most, **facts)
