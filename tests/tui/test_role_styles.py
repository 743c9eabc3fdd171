"""The colours of a row's roles, by the theme."""

import pytest
from textual.theme import BUILTIN_THEMES

from ecslab.tui.themes import ALL
from ecslab.tui.widgets.role_styles import LOOKS, role_styles


@pytest.mark.parametrize("theme", [*ALL, *BUILTIN_THEMES.values()], ids=lambda theme: str(theme.name))
def test_every_theme_gives_every_role_its_look(theme):
    styles = role_styles(theme.to_color_system().generate() | theme.variables)
    assert styles.keys() == LOOKS.keys()
    assert styles["cursor"].color is not None
    assert styles["cursor"].color != styles["cursor"].bgcolor
