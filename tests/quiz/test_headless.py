"""The engines know no screen and no cloud, and load the schema library for nobody."""

import subprocess
import sys

import pytest

HEADLESS = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*[name for name in ("textual", "rich", "boto3", "botocore", "moto", "pydantic") if name in sys.modules])
"""


@pytest.mark.parametrize(
    "modules",
    [
        ("ecslab.progress.store", "ecslab.progress.overview", "ecslab.progress.transfer"),
        ("ecslab.quiz.sitting", "ecslab.quiz.desk", "ecslab.quiz.entry", "ecslab.quiz.course"),
        ("ecslab.quiz.trial", "ecslab.quiz.families.catalogue"),
        ("ecslab.lesson.pages", "ecslab.lesson.reader", "ecslab.lesson.scratch"),
        (
            "ecslab.cli.quiz",
            "ecslab.cli.learn",
            "ecslab.cli.review",
            "ecslab.cli.progress",
            "ecslab.cli.export",
        ),
    ],
    ids=lambda modules: modules[0].split(".")[1],
)
def test_no_screen_no_cloud_no_schema_library_is_imported(modules):
    found = subprocess.run(
        [sys.executable, "-c", HEADLESS, *modules], capture_output=True, text=True, check=True
    ).stdout
    assert found.split() == []
