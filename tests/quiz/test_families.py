"""Families: the same seed makes the same question, another one new values; parameters are checked."""

import pytest

from ecslab.quiz.families.catalogue import FAMILIES, NAMES, checked, question_of
from ecslab.quiz.items import Item, Type, item_of
from ecslab.terms.problems import Problem
from ecslab.workbench.questions import family_problems


def item(family: str, **params: object) -> Item:
    return item_of(
        {
            "id": "a",
            "type": "generated",
            "family": family,
            "params": params,
            "objectives": ["o"],
            "source": "s",
        },
        "q",
    )


def test_there_are_families_enough() -> None:
    assert len(NAMES) >= 14


@pytest.mark.parametrize("family", FAMILIES)
def test_a_seed_makes_one_question_and_seeds_make_many(family: str) -> None:
    asked = item(family)
    assert asked.variant(3) == asked.variant(3)
    variants = [asked.variant(seed) for seed in range(20)]
    assert len({(v.stem, v.options) for v in variants}) > 5
    assert {v.type for v in variants} == {Type.SINGLE}
    assert {(v.key, v.hash) for v in variants} == {("q/a", asked.hash)}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_wrong_option_comes_from_a_named_slip(family: str) -> None:
    for seed in range(20):
        made = question_of(family, checked(family, {}), seed)
        assert 2 <= len(made.slips) <= 3
        assert all(slip.name and slip.why and slip.text != made.right for slip in made.slips)


@pytest.mark.parametrize("family", FAMILIES)
def test_it_holds_against_a_second_way(family: str) -> None:
    assert list(family_problems(item(family), seeds=25)) == []


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_it_holds_for_two_hundred_seeds(family: str) -> None:
    assert list(family_problems(item(family), seeds=200)) == []


def test_a_family_that_computes_wrongly_is_found(monkeypatch) -> None:
    monkeypatch.setattr(
        "ecslab.terms.rolling.minimum_healthy", lambda desired, percent: desired * percent // 100
    )
    found = list(family_problems(item("rolling-counts"), seeds=30))
    assert any("and counted it is" in said for said in found)


def test_parameters_narrow_what_is_drawn() -> None:
    narrow = item("fargate-size", cpu=[512])
    assert all("0.5 vCPU" in narrow.variant(seed).stem for seed in range(20))
    assert narrow.hash != item("fargate-size").hash


@pytest.mark.parametrize(
    ("family", "params", "says"),
    [
        ("fargate-sise", {}, "no family 'fargate-sise'; did you mean 'fargate-size'"),
        ("fargate-size", {"cpus": [256]}, "no parameter 'cpus'; did you mean 'cpu'"),
        ("fargate-size", {"cpu": [300]}, "write a list of some of 256, 512"),
        ("fargate-size", {"cpu": 256}, "write a list of some of 256, 512"),
        ("rolling-counts", {"desired": [9, 3]}, "write [low, high]"),
        ("rolling-counts", {"desired": [3, 4, 5]}, "write [low, high]"),
        ("rolling-counts", {"desired": ["a", "b"]}, "write [low, high]"),
        ("which-role", {"role": 1}, "no parameter 'role'; remove it"),
    ],
)
def test_what_a_family_does_not_take_is_refused(family: str, params: dict, says: str) -> None:
    with pytest.raises(Problem) as problem:
        item(family, **params)
    assert says in str(problem.value)


def test_a_broken_world_is_one_of_its_causes_with_what_that_showed(every_type) -> None:
    asked = every_type["broken"]
    seen = {variant.options[0].text: variant for variant in (asked.variant(seed) for seed in range(30))}
    assert len(seen) == 3
    assert [v.exhibits[0].lines for _, v in sorted(seen.items())] == [
        ("HTTP 504",),
        ("HTTP 502",),
        ("HTTP 503",),
    ]
    assert list(family_problems(asked, seeds=30)) == []
