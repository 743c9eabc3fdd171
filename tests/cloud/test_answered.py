"""The table of answered operations, which `pack lint` reads, says what the installed mock AWS answers."""

from importlib.resources import files

from ecslab.cloud.seam import answered


def test_the_table_is_what_the_response_classes_have() -> None:
    kept = (files("ecslab.content") / "answered.txt").read_text()
    assert kept == answered.text(), "run: python -m ecslab.cloud.seam.answered > ecslab/content/answered.txt"
