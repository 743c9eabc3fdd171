"""Variables: drawn from the seed, put in where they are named."""

from hypothesis import given
from hypothesis import strategies as st

from ecslab.content.variables import draw, substitute

RULES = {"PORT": {"pick": [8080, 9000]}, "COUNT": {"int": [2, 5]}, "NAME": {"const": "web"}}


@given(st.integers())
def test_a_draw_stays_within_its_rule_and_is_the_same_again(seed):
    drawn = draw(RULES, seed)
    assert drawn["PORT"] in (8080, 9000) and 2 <= drawn["COUNT"] <= 5 and drawn["NAME"] == "web"
    assert draw(RULES, seed) == drawn


@given(st.integers())
def test_another_variable_changes_no_draw(seed):
    assert draw(RULES, seed).items() <= draw({"OTHER": {"int": [0, 9]}, **RULES}, seed).items()


@given(st.integers())
def test_a_variable_that_goes_by_another_one_is_what_the_table_has_for_it(seed):
    rules = {"PORT": {"pick": [80, 443]}, "NAME": {"by": "PORT", "table": {80: "http", 443: "https"}}}
    drawn = draw(rules, seed)
    assert drawn["NAME"] == {80: "http", 443: "https"}[drawn["PORT"]]


def test_a_text_that_is_one_variable_keeps_its_type():
    value = {
        "port": "${PORT}",
        "line": "on ${PORT}",
        "${NAME}": ["${NAME}", 1, None],
        "keep": "${X} $PORT ${lower}",
    }
    assert substitute(value, {"PORT": 80, "NAME": "web"}) == {
        "port": 80,
        "line": "on 80",
        "web": ["web", 1, None],
        "keep": "${X} $PORT ${lower}",
    }
