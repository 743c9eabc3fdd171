"""The pages for authors: every file in them is written, every command run, every example read."""

import json
import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from ecslab.content import checks
from ecslab.content.calls import parse_read
from ecslab.content.checks import Check
from ecslab.content.documents import read_yaml
from ecslab.content.drills import Fault
from ecslab.content.images import Image
from ecslab.content.labs import Lab, Solution
from ecslab.content.manifest import Manifest
from ecslab.content.packs import load
from ecslab.content.validate import _models
from ecslab.content.worlds import World
from ecslab.quiz.families.catalogue import FAMILIES, NAMES
from ecslab.quiz.items import item_of
from ecslab.terms import words
from ecslab.workbench import words_page
from ecslab.workbench.questions import family_problems, item_problems

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"(?:^(More of )?`(press/[^`]+)`:\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[tuple[str, str, str, str]]:
    """(more, file, language, text) of every fenced block of the tutorial."""
    text = (DOCS / "authoring.md").read_text(encoding="utf-8")
    return [match.groups(default="") for match in BLOCK.finditer(text)]


def test_the_tutorial_builds_a_lab_that_works(tmp_path, monkeypatch, ecslab) -> None:
    monkeypatch.chdir(tmp_path)
    for more, file, language, text in blocks():
        if file and not file.startswith("press/labs/faults/"):  # an example of its keys, not of a pack
            path = tmp_path / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text((path.read_text() + "\n" if more else "") + text)
        elif language == "console" and not file:
            run(text, ecslab)


@pytest.mark.slow
def test_the_lab_with_every_key_works(tmp_path, monkeypatch, ecslab) -> None:
    monkeypatch.chdir(tmp_path)
    ecslab("pack", "new", "press")
    for _, file, _, text in blocks():
        if file.startswith(("press/labs/every-key/", "press/labs/worlds/")):
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text(text)
    status, out, _ = ecslab("pack", "test", "press", "--lab", "every-key", "--seeds", 1, "--run-code")
    assert (status, out) == (0, "✔ every-key: 6 of 6 proofs\n")
    status, out, _ = ecslab("pack", "mutate", "press", "--lab", "every-key", "--run-code", "--json")
    report = json.loads(out)
    assert (status, report["missed"]) == (0, [])
    assert {one["why"] for one in report["harmless"]} == {"What it says on the way is for its reader."}


def run(text: str, ecslab) -> None:
    """Plays the commands of a block; what stands below one is what it must print."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        status, out, err = ecslab(*command.split()[1:])
        assert status == 0, f"{command}: {out}{err}"
        if printed:
            assert out == printed, command


@pytest.fixture
def questions(starter):
    """The starter with a quiz of all questions of the page."""
    texts = [text for _, file, language, text in blocks() if language == "yaml" and not file]
    head = "format: 1\nid: docs\ntitle: Docs\nitems:\n"
    (starter.root / "quizzes" / "docs.yaml").write_text(head + "\n".join(texts))
    return load(starter.root)


def test_the_questions_in_it_are_good_ones(questions) -> None:
    items = questions.quiz("docs").items
    assert {item.type for item in items} == set(words.ITEM_TYPES) - {"multiple"}
    for item in items:
        if not item.evidence:
            asked = item_of(item, "docs")
            assert list(family_problems(asked, 20) if item.family else item_problems(asked)) == []


@pytest.mark.slow
def test_those_that_live_in_worlds_are_proved(questions, ecslab) -> None:
    assert ecslab("pack", "record", questions.root)[0] == 0
    status, out, _ = ecslab("pack", "lint", "--strict", questions.root)
    assert (status, out) == (0, "0 errors, 0 warnings\n")
    status, out, _ = ecslab("pack", "test", questions.root, "--run-code", "--seeds", 1, "--jobs", 2)
    assert "✔ quizzes/docs: 5 of 5 proofs" in out
    assert status == 0, out


def test_every_family_is_on_it() -> None:
    text = (DOCS / "authoring.md").read_text(encoding="utf-8")
    for name in NAMES:
        assert f"| `{name}` |" in text
        for param in FAMILIES[name].params if name in FAMILIES else ():
            assert f"`{param}" in text


def example(file: str) -> object:
    (text,) = [text for more, name, _, text in blocks() if name == file and not more][-1:]
    return read_yaml(text, file).value


def keys_of(model: type[BaseModel], above: tuple[type[BaseModel], ...] = ()) -> set[str]:
    """Every key that may be written in a model and in the models below it."""
    found = {field.alias or name for name, field in model.model_fields.items()}
    for field in model.model_fields.values():
        for below in _models(field.annotation):
            found |= keys_of(below, (*above, model)) if below not in (*above, model) else set()
    return found


def keys_in(value: object) -> set[str]:
    if isinstance(value, dict):
        return {*map(str, value), *(key for part in value.values() for key in keys_in(part))}
    return {key for part in value for key in keys_in(part)} if isinstance(value, list) else set()


@pytest.mark.parametrize(
    ("file", "model"),
    [
        ("press/pack.yaml", Manifest),
        ("press/labs/worlds/printers/world.yaml", World),
        ("press/labs/worlds/printers/images.yaml", Image),
        ("press/labs/every-key/lab.yaml", Lab),
        ("press/labs/faults/no-image/fault.yaml", Fault),
    ],
)
def test_every_key_is_in_the_example_of_its_file(file: str, model: type[BaseModel]) -> None:
    """Words of checks and expectations are in the page of check words, a world's keys in the world's example."""
    elsewhere: set[str] = set()
    if model in (Lab, Fault):
        elsewhere = {
            "any",
            *(set() if model is Lab else keys_of(checks.Check) | keys_of(Solution)),
            *keys_of(World),
            *words.EXPECTATIONS,
            *words.COMBINATIONS,
        }
        for word in (*words.CHECK_WORDS, "expect"):
            elsewhere |= {word, *keys_of(getattr(checks, word.capitalize()))}
    assert keys_of(model) - elsewhere - keys_in(example(file)) == set()


def test_its_commands_and_pages_exist() -> None:
    text = (DOCS / "authoring.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (DOCS / target).is_file(), target


def test_the_page_of_words_is_made_from_the_tables() -> None:
    """If this fails: python -m ecslab.workbench.words_page > docs/check-words.md"""
    assert (DOCS / "check-words.md").read_text(encoding="utf-8") == words_page.page()


@pytest.mark.parametrize("word", [*words.CHECK_WORDS, *words.COMPOUNDS])
def test_every_check_word_has_an_example_that_is_one(word: str) -> None:
    (fields,) = yaml.safe_load(words_page.EXAMPLES[word])
    check = Check.model_validate(fields)
    assert check.word == word
    for reader in [part.state or part.gone for part in check.parts]:
        assert reader is None or parse_read(reader.call).reads


def test_the_example_of_saved_values_is_a_check() -> None:
    text = re.search(r"```yaml\n(.*?)```", words_page.SAVING, re.DOTALL)
    assert text is not None
    (fields,) = yaml.safe_load(text[1])
    assert [part.state.save for part in Check.model_validate(fields).parts if part.state] == ["RUNS", None]


@pytest.mark.parametrize("word", [*words.EXPECTATIONS, *words.COMBINATIONS])
def test_every_expectation_has_an_example_that_is_one(word: str) -> None:
    fields = yaml.safe_load(words_page.EXPECTATION_EXAMPLES[word])
    state = {"call": "ecs list-clusters", **fields}
    check = Check.model_validate({"id": "a", "goal": "A", "state": state})
    assert check.state is not None
    assert list(check.state.conditions) == [word]
