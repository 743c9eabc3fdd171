"""Rows of text: wrapping, cutting, marks, columns side by side."""

from hypothesis import given
from hypothesis import strategies as st

from ecslab.tui.rows import (
    Row,
    bar,
    beside,
    cells,
    code,
    ends,
    fit,
    fit_row,
    marked,
    pad,
    paragraph,
    prose,
    row,
    text_of,
    wrap,
)


def test_a_text_that_is_too_wide_is_cut_with_an_ellipsis() -> None:
    assert fit("load balancer", 6) == "load …"
    assert fit("load", 6) == "load"
    assert fit("漢字漢字", 5) == "漢字…"


def test_a_padded_text_has_exactly_its_width() -> None:
    assert pad("ab", 4) == "ab  "
    assert cells(pad("漢字漢字", 5)) == 5


def test_lines_break_at_spaces_and_long_words_are_cut() -> None:
    assert wrap("the tasks refuse", 9) == ["the tasks", "refuse"]
    assert wrap("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert wrap("one\n\ntwo", 9) == ["one", "", "two"]


@given(
    st.text(alphabet=st.characters(codec="ascii", exclude_characters="\n\r\x0b\x0c"), max_size=80),
    st.integers(2, 30),
)
def test_nothing_but_spaces_is_lost_by_wrapping(text: str, width: int) -> None:
    printable = "".join(character for character in text if character.isprintable())
    lines = wrap(printable, width)
    assert "".join(lines).replace(" ", "") == printable.replace(" ", "")
    assert all(cells(line) <= width for line in lines)


def test_code_strong_and_stressed_words_get_roles() -> None:
    assert [(span.text, span.role) for span in marked("set `port` to **8080** *now*")] == [
        ("set ", ""),
        ("port", "key"),
        (" to ", ""),
        ("8080", "strong"),
        (" ", ""),
        ("now", "note"),
    ]


def test_a_star_between_numbers_is_no_mark() -> None:
    assert text_of([row(*marked("2 * 3 * 4"))]) == "2 * 3 * 4"


def test_a_mark_keeps_its_role_over_the_end_of_a_line() -> None:
    rows = paragraph("see **a long strong text** here", 12)
    assert [span.role for span in rows[1].spans if span.text.strip()] == ["strong"]
    assert text_of(rows) == "see a long\nstrong text\nhere"


def test_a_paragraph_hangs_under_its_first_words() -> None:
    rows = paragraph("the tasks refuse the connections", 20, first=[("✘ ", "bad")])
    assert text_of(rows) == "✘ the tasks refuse\n  the connections"


def test_prose_keeps_code_as_it_is_and_joins_lines_of_a_paragraph() -> None:
    rows = prose("One\nparagraph.\n\n- first\n- second\n\n```\n  aws ecs\n```", 40)
    assert text_of(rows) == "One paragraph.\n\n• first\n• second\n\n    aws ecs"


def test_a_line_of_code_that_does_not_fit_goes_on_below() -> None:
    rows = prose("```\naws ecs wait \\\n  services-stable --services `web-app` **mail**\n```", 30)
    assert text_of(rows) == "  aws ecs wait \\\n    services-stable --services\n        `web-app` **mail**"
    assert {span.role for line in rows for span in line.spans if span.text.strip()} == {"key"}
    assert text_of(code("x" * 40, 20)) == f"  {'x' * 18}\n      {'x' * 14}\n      {'x' * 8}"
    assert text_of(code("if new:\n    register(**new, **kept)", 22)) == (
        "  if new:\n      register(**new,\n          **kept)"
    )


def test_blocks_stand_side_by_side_with_equal_shares() -> None:
    rows = beside([[row("left")], [row("right"), row("more")]], 23)
    assert text_of(rows) == "left       │ right\n           │ more"


def test_the_right_end_of_a_row_is_never_cut() -> None:
    assert ends(["a very long title"], ["12:00"], 12).text == "a very…12:00"
    assert ends(["a"], ["b"], 5).text == "a   b"


def test_a_row_is_cut_with_its_roles_kept() -> None:
    cut = fit_row(row(("abc", "good"), ("defg", "bad")), 5)
    assert cut.text == "abcd…"
    assert [span.role for span in cut.spans] == ["good", "bad"]
    assert fit_row(Row(), 3).text == ""


def test_a_bar_fills_with_what_is_done() -> None:
    assert bar(0.5, 4) == "██░░"
    assert bar(7, 4) == "████"


def test_items_of_a_list_stand_apart_and_keep_the_lines_that_belong_to_them() -> None:
    text = "Three steps:\n\n1. A cluster\n   of its own.\n2. A service.\n- Or\n  neither.\n\nThat is all."
    shown = ["".join(span.text for span in row.spans) for row in prose(text, 40)]
    assert shown == [
        "Three steps:",
        "",
        "1. A cluster of its own.",
        "2. A service.",
        "• Or neither.",
        "",
        "That is all.",
    ]
