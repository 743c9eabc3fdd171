"""The records of a lab as text: calls to AWS APIs, and what containers logged."""

from typing import Any

import pytest

from ecslab.tui import records_layout
from ecslab.tui.rows import text_of


def call(t: int, operation: str, **more: Any) -> dict[str, Any]:
    return {
        "t": t,
        "time": f"2026-11-23T12:00:{t // 1000:02}Z",
        "service": "ecs",
        "operation": operation,
        "client": "aws-cli",
        "changes": True,
        "error": "",
        "undone": False,
    } | more


CALLS = [
    call(1_000, "CreateCluster"),
    call(12_000, "ListTasks", changes=False, client="boto3"),
    call(14_000, "UpdateService", undone=True),
    call(15_000, "CreateService", error="ClusterNotFoundException"),
    call(16_000, "GET /", service="", client="http"),
]


def test_every_call_has_its_time_client_and_outcome_newest_last() -> None:
    assert text_of(records_layout.journal(CALLS, 10_000, 70)) == (
        "12:00:12      +2s ✔ boto3   ecs ListTasks (reads)\n"
        "12:00:14      +4s ↶ aws-cli ecs UpdateService undone\n"
        "12:00:15      +5s ✘ aws-cli ecs CreateService\n"
        "    ClusterNotFoundException"
    )


def test_what_was_called_before_the_attempt_is_not_the_learners() -> None:
    assert "CreateCluster" not in text_of(records_layout.journal(CALLS, 10_000, 70))
    assert "CreateCluster" in text_of(records_layout.journal(CALLS, 0, 70))


def log(t: int, stream: str, message: str) -> dict[str, Any]:
    return {"t": t, "time": f"2026-11-23T12:00:{t // 1000:02}Z", "subject": stream, "message": message}


LOGS = [
    log(1_000, "/ecs/web/app/0123456789abcdef", "listening on :8080"),
    log(2_000, "/ecs/web/app/0123456789abcdef", "GET `/health` *500*"),
    log(3_000, "/ecs/web/app/fedcba9876543210", "listening on :8080"),
]


def test_logs_stand_under_their_streams_as_they_were_written() -> None:
    assert text_of(records_layout.logs(LOGS, 0, 70)) == (
        "/ecs/web/app/01234567\n"
        "12:00:01      +1s listening on :8080\n"
        "12:00:02      +2s GET `/health` *500*\n"
        "/ecs/web/app/fedcba98\n"
        "12:00:03      +3s listening on :8080"
    )


def test_what_is_not_read_yet_and_what_is_empty_differ() -> None:
    assert "reading" in text_of(records_layout.journal(None, 0, 70))
    assert "reading" in text_of(records_layout.logs(None, 0, 70))
    assert "No calls yet" in text_of(records_layout.journal([], 0, 70))
    assert "Nothing is logged yet" in text_of(records_layout.logs([], 0, 70))


@pytest.mark.parametrize("width", [40, 58, 76, 120])
def test_no_record_is_wider_than_the_pane(width: int) -> None:
    rows = records_layout.journal(CALLS, 0, width) + records_layout.logs(LOGS, 0, width)
    assert max(line.cells for line in rows) <= width
