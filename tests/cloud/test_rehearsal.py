"""What the warm process has rehearsed is not seen in any world: it only makes the next one quicker."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ecslab.content.packs import builtin
from ecslab.content.resolve import resolve_lab
from ecslab.sandbox.warm import process_environment

LABS = ("fix-stuck-at-zero-role", "fix-alb-502", "spread-on-ec2")
TOLD = """\
import json, sys, tempfile
from pathlib import Path
from ecslab.cloud import rehearsal
from ecslab.cloud.engine import Call, Engine
from ecslab.cloud.seam import calls, operations
if sys.argv[2] == "rehearsed":
    rehearsal.short()
    rehearsal.long()
with tempfile.TemporaryDirectory() as name:
    (Path(name) / "world.json").write_text(Path(sys.argv[1]).read_text())
    engine = Engine(Path(name))
    answers = []
    for service, operation, params in rehearsal.ASKED:
        method, path, headers, body = calls.serialised(engine.world, service, operation, params)
        asked = operations.identify(method, path, headers, body)
        answer = engine.request(Call(method, path, headers | {"host": "127.0.0.1"}, body), asked)
        answers.append([answer.status, answer.body.decode()])
    engine.world.advance_to(engine.world.now + 1_800_000)
    print(json.dumps([answers, engine.world.snapshot(), engine.world.observed.values], default=str))
    print(len(engine.world.dispatcher.exceptions))
"""


def told(document: Path, how: str) -> list[str]:
    """What a world answers and does, in a new process."""
    command = [sys.executable, "-P", "-c", TOLD, str(document), how]
    done = subprocess.run(command, env=process_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("lab", LABS)
def test_a_world_is_the_same_after_a_rehearsal(tmp_path: Path, lab: str) -> None:
    document = resolve_lab(builtin(), lab, 3)[1] | {
        "epoch_ms": 1_764_000_000_000,
        "identity": {"access_key_id": "AKIAAAAAAAAAAAAAAAAA", "secret_access_key": "secret"},
    }
    path = tmp_path / "world.json"
    path.write_text(json.dumps(document))
    plain, rehearsed = told(path, "plain"), told(path, "rehearsed")
    assert plain == rehearsed
    assert plain[1] == "0"
    assert len(json.loads(plain[0])[2]) > 2
