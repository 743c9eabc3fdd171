"""Right or not, how much of it, and why."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecslab.quiz.items import Step, item_of
from ecslab.quiz.judge import Unreadable, in_place, judge, number


def test_one_right_option(make):
    item = make("single")
    assert judge(item, 1).right
    wrong = judge(item, 0)
    assert (wrong.right, wrong.credit, wrong.expected) == (False, 0.0, "B")


def test_every_option_has_its_reason(make):
    reasons = judge(make("single"), 0).reasons
    assert [(r.text, r.right, r.chosen, r.why) for r in reasons] == [
        ("A", False, True, "no A"),
        ("B", True, False, "yes B"),
        ("C", False, False, "no C"),
    ]


@given(st.sets(st.integers(0, 3), min_size=1))
def test_several_right_options_follow_the_exams_rule_all_or_nothing(picked):
    item = item_of(
        {
            "id": "a",
            "type": "multiple",
            "stem": "",
            "options": [{"text": t, "right": t in "AC", "why": ""} for t in "ABCD"],
        },
        "q",
    )
    found = judge(item, sorted(picked))
    assert found.right == (picked == {0, 2})
    assert found.credit == float(found.right)


@pytest.mark.parametrize(
    ("given_order", "credit"),
    [
        ([0, 1, 2, 3], 1.0),
        ([1, 0, 2, 3], 2 / 3),
        ([3, 0, 1, 2], 2 / 3),
        ([1, 0, 3, 2], 1 / 3),
        ([3, 2, 1, 0], 0.0),
    ],
)
def test_an_order_is_credited_by_how_many_steps_would_have_to_move(make, given_order, credit):
    found = judge(make("ordering"), given_order)
    assert found.credit == pytest.approx(credit)
    assert found.right == (credit == 1)


def test_steps_that_do_not_depend_on_each_other_may_come_in_any_order():
    free = {
        "id": "a",
        "type": "ordering",
        "stem": "",
        "order": [
            {"id": "role", "text": "role"},
            {"id": "group", "text": "log group"},
            {"id": "task", "text": "task", "after": ["role", "group"]},
        ],
    }
    item = item_of(free, "q")
    assert judge(item, [0, 1, 2]).right
    assert judge(item, [1, 0, 2]).right
    assert judge(item, [1, 2, 0]).credit == pytest.approx(0.5)


def test_what_must_come_before_is_demanded_through_others_too():
    chain = [Step("a", "", frozenset()), Step("b", "", frozenset({0})), Step("c", "", frozenset({1}))]
    assert in_place(chain, [2, 0]) in (frozenset({0}), frozenset({2}))


dags = st.integers(2, 5).flatmap(
    lambda n: st.tuples(st.lists(st.integers(0, 2**n - 1), min_size=n, max_size=n), st.permutations(range(n)))
)


@given(dags)
def test_credit_is_the_distance_to_the_nearest_allowed_order(drawn):
    masks, order = drawn
    steps = [
        Step(str(i), "", frozenset(j for j in range(i) if mask >> j & 1)) for i, mask in enumerate(masks)
    ]
    allowed = [
        candidate
        for candidate in permutations(range(len(steps)))
        if all(candidate.index(j) < candidate.index(i) for i, step in enumerate(steps) for j in step.after)
    ]
    nearest = min(len(steps) - longest_common(order, candidate) for candidate in allowed)
    assert len(steps) - len(in_place(steps, order)) == nearest


def longest_common(left, right) -> int:
    """The longest common subsequence of two permutations."""
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            best[i + 1][j + 1] = best[i][j] + 1 if a == b else max(best[i][j + 1], best[i + 1][j])
    return best[-1][-1]


def test_a_match_is_credited_pair_by_pair(make):
    item = make("matching")
    assert judge(item, [0, 1, 2]).right
    half = judge(item, [1, 0, 0])
    assert (half.right, half.credit) == (False, pytest.approx(1 / 3))
    assert [reason.right for reason in half.reasons] == [False, False, True]


def test_partners_with_the_same_text_may_change_places(make):
    assert judge(make("matching"), [2, 1, 0]).right


def test_an_unmatched_line_is_wrong_not_unreadable(make):
    assert judge(make("matching"), [-1, 1, 2]).credit == pytest.approx(2 / 3)


@pytest.mark.parametrize("said", ["5120", "5,120", " 5120 MiB ", "5120mib", "5110", 5130, "5120.0"])
def test_a_number_is_right_within_its_tolerance_however_it_is_written(make, said):
    assert judge(make("numeric"), said).right


@pytest.mark.parametrize("said", ["5109", "512", "-5120"])
def test_another_number_is_wrong(make, said):
    found = judge(make("numeric"), said)
    assert not found.right
    assert found.expected == "5120 MiB (± 10)"


@pytest.mark.parametrize("said", ["five", "", "5 GB", "5120 or 6144"])
def test_what_is_no_number_of_the_unit_is_asked_again(make, said):
    with pytest.raises(Unreadable):
        judge(make("numeric"), said)


@given(st.integers(-(10**9), 10**9))
def test_numbers_are_read_as_they_are_printed(value):
    assert number(f"{value}") == number(f"{value:,}") == value


@pytest.mark.parametrize("said", ["SIGKILL", "sigkill", " `SIGKILL`. ", "signal 9", "9"])
def test_a_short_answer_is_right_by_its_pattern_whatever_the_case_and_the_quotes(make, said):
    assert judge(make("short"), said).right


@pytest.mark.parametrize("said", ["SIGTERM", "99", "not SIGKILL"])
def test_a_pattern_must_fit_the_whole_answer(make, said):
    assert not judge(make("short"), said).right


@pytest.mark.parametrize(
    ("kind", "chosen"),
    [
        ("single", 3),
        ("single", -1),
        ("single", "b"),
        ("multiple", []),
        ("multiple", [0, 9]),
        ("multiple", 0),
        ("ordering", [0, 1, 2]),
        ("ordering", [0, 0, 1, 2]),
        ("matching", [0, 1]),
        ("matching", [0, 1, 7]),
        ("short", "  "),
    ],
)
def test_what_is_no_answer_is_never_judged_wrong(make, kind, chosen):
    with pytest.raises(Unreadable):
        judge(make(kind), chosen)
