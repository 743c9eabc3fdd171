"""Slips in a program: which there are, and what is left alone."""

from ecslab.workbench.program_mutants import slips

PROGRAM = '''\
"""What it does."""

import sys


def over(rows: list[dict], least: int = 2) -> list[str]:
    """Those with enough."""
    if not rows:
        return []
    print("looking", file=sys.stderr)
    found = [row["name"] for row in rows if row["count"] >= least and row["kind"] == "task"]
    found.sort(reverse=True)
    return found


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: over.py FILE")
'''


def test_every_kind_of_slip_each_alone() -> None:
    assert [slip.change for slip in slips(PROGRAM)] == [
        "line 6: 2 becomes 3",
        "line 8: if not rows: return [] becomes if True",
        "line 8: if not rows: return [] becomes if False",
        "line 8: not rows becomes rows",
        "line 11: for row in rows if row['count'] >= least and row['kind'] == 'task' becomes for row in rows",
        "line 11: row['count'] >= least and row['kind'] == 'task' becomes row['count'] >= least or row['kind'] == 'task'",
        "line 11: row['count'] >= least becomes row['count'] > least",
        "line 11: row['kind'] == 'task' becomes row['kind'] != 'task'",
        "line 11: 'task' becomes 'xtask'",
        "line 12: found.sort(reverse=True) becomes nothing",
        "line 12: found.sort(reverse=True) becomes found.sort()",
        "line 12: True becomes False",
    ]


def test_each_is_a_program_and_differs_in_one_thing() -> None:
    for slip in slips(PROGRAM):
        compile(slip.program, "over.py", "exec")
    (step,) = [slip.program for slip in slips(PROGRAM) if slip.change.endswith("becomes nothing")]
    assert "sort" not in step and "least: int=2" in step
