"""When a scheduled action is due next: `at()`, `rate()` and `cron()` expressions, in a time zone.

Pure. Times are Unix milliseconds.
"""

import calendar
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

UNITS = {"minute": 60_000, "hour": 3_600_000, "day": 86_400_000}
MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
DAYS = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}
HORIZON = 366 * 8
"""Days looked ahead for a cron expression: 29 February comes within eight years."""

_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)\)")
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\(([^)]+)\)")


class BadSchedule(ValueError):
    pass


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Raises BadSchedule."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadSchedule(f"Unknown time zone: {name}") from None


def check(expression: str, timezone: str) -> None:
    """Raises BadSchedule."""
    following(expression, timezone, 0, 0)


def following(expression: str, timezone: str, origin: int, after: int) -> int | None:
    """The first time later than `after`, or None; a rate counts from `origin`. Raises BadSchedule."""
    where = zone(timezone)
    if match := _AT.fullmatch(expression):
        due = _unix(datetime.fromisoformat(match[1]).replace(tzinfo=where))
        return due if due > after else None
    if match := _RATE.fullmatch(expression):
        every = int(match[1]) * UNITS[match[2]]
        if not every:
            raise BadSchedule(f"{expression} has no length")
        return origin + max(1, (after - origin) // every + 1) * every
    if match := _CRON.fullmatch(expression):
        return _next_cron(match[1].split(), where, after)
    raise BadSchedule(f"{expression} is not at(…), rate(…) or cron(…)")


def _unix(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _next_cron(fields: list[str], where: ZoneInfo, after: int) -> int | None:
    if len(fields) != 6:
        raise BadSchedule("a cron expression has six fields: minute hour day-of-month month day-of-week year")
    minutes = _numbers(fields[0], 0, 59)
    hours = _numbers(fields[1], 0, 23)
    months = _numbers(fields[3], 1, 12, MONTHS)
    years = _numbers(fields[5], 1970, 2199)
    start = datetime.fromtimestamp(after / 1000, UTC).astimezone(where)
    day = start.date()
    for _ in range(HORIZON):
        if day.year in years and day.month in months and _is_day(day.year, day.month, day.day, fields):
            for hour in sorted(hours):
                for minute in sorted(minutes):
                    due = _unix(datetime(day.year, day.month, day.day, hour, minute, tzinfo=where))
                    if due > after:
                        return due
        day += timedelta(days=1)
    return None


def _is_day(year: int, month: int, day: int, fields: list[str]) -> bool:
    last = calendar.monthrange(year, month)[1]
    of_month, of_week = fields[2].upper(), fields[4].upper()
    weekday = datetime(year, month, day).isoweekday() % 7 + 1
    if of_month not in ("?", "*"):
        return day == last if of_month == "L" else day in _numbers(of_month, 1, 31)
    if of_week in ("?", "*"):
        return True
    if match := re.fullmatch(r"(\w+)#([1-5])", of_week):
        return weekday in _numbers(match[1], 1, 7, DAYS) and (day - 1) // 7 + 1 == int(match[2])
    if match := re.fullmatch(r"(\w+)L", of_week):
        return weekday in _numbers(match[1], 1, 7, DAYS) and day > last - 7
    return weekday in _numbers(of_week, 1, 7, DAYS)


def _numbers(field: str, low: int, high: int, names: dict[str, int] | None = None) -> set[int]:
    """`5`, `1,3`, `MON-FRI`, `*`, `0/15` as numbers."""
    found: set[int] = set()
    for part in field.upper().split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        if span in ("*", "?"):
            begin, end = low, high
        else:
            begin = _number(first, names)
            end = _number(last, names) if dash else (high if step else begin)
        if not low <= begin <= high or not low <= end <= high or (step and not step.isdigit()):
            raise BadSchedule(f"{field} is not a field of a cron expression between {low} and {high}")
        found.update(range(begin, end + 1, max(1, int(step or 1))))
    return found


def _number(text: str, names: dict[str, int] | None) -> int:
    if names and text in names:
        return names[text]
    if not text.isdigit():
        raise BadSchedule(f"{text} is not a field of a cron expression")
    return int(text)
