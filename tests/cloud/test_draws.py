"""Keyed randomness: the same key draws the same, another key another, in the shape asked for."""

import re

from hypothesis import given
from hypothesis import strategies as st

from ecslab.cloud.draws import Draws


@given(st.integers(), st.text(), st.integers())
def test_a_key_always_draws_the_same(seed: int, kind: str, entity: int) -> None:
    assert Draws(seed).hex(32, kind, entity) == Draws(seed).hex(32, kind, entity)
    assert Draws(seed).hex(32, kind, entity) != Draws(seed + 1).hex(32, kind, entity)


@given(st.integers(1, 40))
def test_shapes(length: int) -> None:
    draws = Draws(1)
    assert re.fullmatch(rf"[0-9a-f]{{{length}}}", draws.hex(length, "k"))
    assert re.fullmatch(rf"[1-9][0-9]{{{length - 1}}}", draws.digits(length, "k"))
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}", draws.uuid("k", length)
    )


@given(st.integers(-100, 100), st.integers(0, 200), st.text())
def test_ranges_hold(low: int, span: int, key: str) -> None:
    draws = Draws(7)
    assert low <= draws.integer(low, low + span, key) <= low + span
    assert low <= draws.uniform(low, low + span, key) <= low + span
    assert draws.pick("abc", key) in "abc"
