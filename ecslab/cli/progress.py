"""`ecslab progress`: what was done and is known, as a table or as JSON; its export and import."""

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ecslab.cli.packs_option import add_pack, pack_of
from ecslab.terms.problems import Exit, Problem

ACTIONS = ("export", "import")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action", nargs="?", choices=ACTIONS, help="write the whole record to FILE, or merge one into this"
    )
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
    parser.add_argument("--flags", action="store_true", help="the questions you flagged as bad")
    parser.add_argument("--json", action="store_true", help="the overview, or the flags, as JSON")
    add_pack(parser)


def run(args: argparse.Namespace) -> int:
    if args.action and args.file is None:
        raise Problem(f"`progress {args.action}` needs a file", "name one after it", status=Exit.USAGE)
    if args.action:
        return write(args.file) if args.action == "export" else read(args.file)
    return _flags(as_json=args.json) if args.flags else _overview(pack_of(args), as_json=args.json)


def write(path: Path) -> int:
    """Export the record."""
    from ecslab.progress.store import Store
    from ecslab.progress.transfer import export_file

    with Store.open() as store:
        export_file(store, path, datetime.now(UTC))
    print(f"Your progress is in {path}")
    return Exit.GOOD


def read(path: Path) -> int:
    """Merge another record into this one."""
    from ecslab.progress.store import Store
    from ecslab.progress.transfer import import_file

    with Store.open() as store:
        rows = import_file(store, path)
    print(f"{rows} entries came from {path}" if rows else f"All of {path} was here already")
    return Exit.GOOD


def _flags(*, as_json: bool) -> int:
    from ecslab.progress.records import stamp
    from ecslab.progress.store import Store

    with Store.open() as store:
        flags = store.flags()
    if as_json:
        listed = [
            {"item": f.item, "hash": f.hash, "variant": f.variant, "note": f.note, "at": stamp(f.at)}
            for f in flags
        ]
        print(json.dumps(listed, indent=2))
    else:
        for flag in flags:
            variant = "" if flag.variant is None else f"  (variant {flag.variant})"
            print(f"{flag.at.astimezone():%Y-%m-%d}  {flag.item}{variant}  {flag.note}".rstrip())
        if not flags:
            print("No question is flagged. `f` flags one in the app, `! NOTE` in the plain terminal.")
    return Exit.GOOD


def _overview(pack: Any, *, as_json: bool) -> int:
    from ecslab.progress.overview import overview
    from ecslab.progress.store import Store
    from ecslab.quiz.course import curriculum

    with Store.open() as store:
        standing = overview(store, curriculum(pack), datetime.now(UTC))
    if as_json:
        print(json.dumps(standing.as_json(), indent=2))
    else:
        _show(standing)
    return Exit.GOOD


def _show(standing: Any) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Module", "Read", "Answered", "Right", "Labs", "Due", "Ready"):
        table.add_column(heading, justify="left" if heading == "Module" else "right", no_wrap=True)
    for module in standing.modules:
        table.add_row(
            module.title,
            _percent(module.lessons_read),
            f"{module.answered}/{module.questions}" if module.questions else "–",
            _percent(module.right_share),
            f"{module.labs_passed}/{module.labs}" if module.labs else "–",
            str(module.due or "–"),
            f"{module.readiness.mean:.0%}" if module.readiness.evidence or module.lessons_read else "–",
        )
    console.print(table)
    for line in _lines(standing):
        console.print(line, soft_wrap=True)


def _lines(standing: Any) -> Iterator[str]:
    from ecslab.progress.readiness import PASS

    whole, exam, time = standing.readiness, standing.exam, standing.time
    observed = round(whole.evidence)
    yield (
        f"Readiness {whole.mean:.0%}, most likely between {whole.low:.0%} and {whole.high:.0%}: an estimate"
        f" from {observed} observation{'' if observed == 1 else 's'}."
    )
    yield (
        f"An exam today: about {exam.score}, four times in five between {exam.low} and {exam.high}"
        f" (100 to 1000, pass mark {PASS}; the scale is an approximation)."
    )
    days = f" {standing.streak} days in a row." if standing.streak > 1 else ""
    yield (
        f"Due for review: {standing.due}.{days} Time spent: about {_minutes(time.week)} this week,"
        f" {_minutes(time.total)} in all."
    )
    for window in standing.retention:
        if window.reviews:
            yield (
                f"Remembered over {window.days} days: {_percent(window.measured)} of {window.reviews} due reviews"
                f" (predicted {_percent(window.predicted)})."
            )
    for sure in standing.calibration:
        if sure.answers:
            filled = round(sure.share * 20)
            yield (
                f"{sure.confidence.value:7} {'█' * filled}{'░' * (20 - filled)} {_percent(sure.share):>4}"
                f" right of {sure.answers}"
            )


def _minutes(minutes: int) -> str:
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
