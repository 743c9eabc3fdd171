"""One table of keys, settings that survive bad files, themes that can be read."""

import json
from importlib import import_module
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.color import Color

from ecslab.terms.problems import Problem
from ecslab.tui import keys, settings, themes
from ecslab.tui.screens.page import Page

QUIET_ROLES = ("foreground", "primary", "accent", "success", "warning", "error")


def test_every_key_has_an_id_of_its_own_words_and_a_screen() -> None:
    ids = [key.id for key in keys.TABLE]
    assert len(set(ids)) == len(ids)
    assert all(key.words and key.explain and key.where in keys.WHERE for key in keys.TABLE)


def test_a_key_does_one_thing_on_a_screen_unless_the_moment_decides() -> None:
    decided_by_the_moment = {"enter", "f6"}
    for where in keys.WHERE:
        names = [name for key in keys.TABLE if key.where == where for name in key.keys.split(",")]
        assert {name for name in names if names.count(name) > 1} <= decided_by_the_moment, where


def test_the_shell_is_robbed_of_its_own_keys_only() -> None:
    robbed = {name for key in keys.TABLE if key.priority for name in key.keys.split(",")}
    assert robbed == {"f6", "shift+pageup", "shift+pagedown"}


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("question_mark", "?"),
        ("ctrl+t", "Ctrl+T"),
        ("f6", "F6"),
        ("shift+up", "Shift+↑"),
        ("n", "n"),
        ("R", "R"),
    ],
)
def test_keys_are_named_as_people_name_them(key: str, said: str) -> None:
    assert keys.shown(key) == said


def test_help_shows_the_keys_that_the_learner_chose() -> None:
    assert ("Enter", "Open what is marked; at the top: the next step") in keys.help_lines("home", {})
    assert ("o", "Open what is marked; at the top: the next step") in keys.help_lines(
        "home", {"home.open": "o"}
    )


SCREENS = ("home", "lesson", "quiz", "exam", "review", "progress", "lab", "drill")


def pages() -> list[type[Page]]:
    for name in SCREENS:
        import_module(f"ecslab.tui.screens.{name}")
    found, left = [], [Page]
    while left:
        page = left.pop()
        left += page.__subclasses__()
        if "where" in vars(page) and page is not Page and page.__module__.startswith("ecslab."):
            found.append(page)
    return found


def test_help_of_every_screen_has_all_of_its_keys() -> None:
    seen = set()
    for page in pages():
        explained = {said for _, said in keys.help_lines(page.where, {})}
        bound = [binding for base in page.__mro__ for binding in vars(base).get("BINDINGS", ())]
        ours = [binding for binding in bound if isinstance(binding, Binding) and binding.id]
        assert ours and {binding.tooltip for binding in ours} <= explained, page
        assert page.about, page
        seen.add(page.where)
    assert {*SCREENS, "recall"} <= seen


@pytest.mark.parametrize("theme", themes.ALL, ids=lambda theme: theme.name)
def test_text_can_be_read_on_its_background(theme: themes.Theme) -> None:
    least = 7 if theme is themes.CONTRAST else 4.5
    for paper in (theme.background, theme.surface, theme.panel):
        assert paper is not None
        for name in QUIET_ROLES:
            assert contrast(str(getattr(theme, name)), paper) >= least, (name, paper)
        assert contrast(theme.variables["quiet"], paper) >= least, ("quiet", paper)
    cursor = theme.variables["block-cursor-background"]
    assert contrast(theme.variables["block-cursor-foreground"], cursor) >= least


@pytest.mark.parametrize("theme", themes.ALL, ids=lambda theme: theme.name)
def test_the_colours_of_the_shell_can_be_read_too(theme: themes.Theme) -> None:
    assert theme.background is not None
    readable = themes.PALETTES[theme.dark][1:] if theme.dark else themes.PALETTES[theme.dark]
    assert [colour for colour in readable if contrast(colour, theme.background) < 4.5] == []


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [part / 255 for part in Color.parse(colour).rgb]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_theme_follows_the_learner_then_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert themes.first("") == themes.DARK.name
    assert themes.first(themes.LIGHT.name) == themes.LIGHT.name
    monkeypatch.setenv("COLORFGBG", "0;15")
    assert themes.first("") == themes.LIGHT.name
    assert themes.first(themes.DARK.name) == themes.DARK.name
    monkeypatch.setenv("NO_COLOR", "1")
    assert themes.first(themes.LIGHT.name) == "ansi-dark"


def test_one_key_goes_through_all_themes() -> None:
    assert themes.following("ansi-dark") == themes.DARK.name
    assert [themes.following(theme.name) for theme in themes.ALL] == [
        themes.LIGHT.name,
        themes.CONTRAST.name,
        themes.DARK.name,
    ]


def test_settings_are_kept(tmp_path: Path) -> None:
    (tmp_path / settings.FILE).write_text(json.dumps({"keys": {"home.quit": "x"}}))
    settings.save_theme(tmp_path, settings.load(tmp_path), "ecslab-light")
    assert settings.load(tmp_path) == settings.Settings(theme="ecslab-light", keys={"home.quit": "x"})


@pytest.mark.parametrize("content", ["{", "[]", '{"keys": 3}'])
def test_a_broken_file_of_settings_is_told_and_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / settings.FILE
    path.write_text(content)
    found = settings.load(tmp_path)
    assert str(path) in found.problem
    assert "usual settings" in found.problem
    settings.save_theme(tmp_path, found, "ecslab-light")
    assert path.read_text() == content


def test_a_theme_that_cannot_be_kept_is_a_problem_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(Problem, match="the theme lasts until you leave"):
        settings.save_theme(tmp_path / "home", settings.Settings(), "ecslab-light")
