"""Variables of a lab: drawn once per attempt from its seed, put in wherever `${NAME}` stands.

A draw depends on the seed and the variable's name alone, so adding one changes no other; what belongs to
another variable's value is looked up in a table. Names that a lab does not declare are left as they are: scripts
and templates have variables of their own.
"""

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

Vars = Mapping[str, Any]

NAME = re.compile(r"[A-Z][A-Z0-9_]*")
USE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


def draw(declared: Mapping[str, Mapping[str, Any]], seed: int) -> dict[str, Any]:
    """`{"PORT": {"pick": [8080, 9000]}}` -> `{"PORT": 9000}`."""
    drawn: dict[str, Any] = {}
    for name, rule in declared.items():
        drawn[name] = rule["table"][drawn[rule["by"]]] if "by" in rule else _draw_one(name, rule, seed)
    return drawn


def _draw_one(name: str, rule: Mapping[str, Any], seed: int) -> Any:
    if "const" in rule:
        return rule["const"]
    number = int.from_bytes(blake2b(f"vars\x1f{seed}\x1f{name}".encode(), digest_size=8).digest(), "big")
    if "pick" in rule:
        return rule["pick"][number % len(rule["pick"])]
    low, high = rule["int"]
    return low + number % (high - low + 1)


def substitute(value: Any, drawn: Vars) -> Any:
    """The value with every variable put in. Text that is one variable alone becomes its value."""
    if not drawn:
        return value
    if isinstance(value, str):
        return substitute_text(value, drawn, whole=True)
    if isinstance(value, list):
        return [substitute(item, drawn) for item in value]
    if isinstance(value, dict):
        return {substitute_text(key, drawn): substitute(item, drawn) for key, item in value.items()}
    return value


def substitute_text(text: str, drawn: Vars, *, whole: bool = False) -> Any:
    if whole and (match := USE.fullmatch(text)) and match[1] in drawn:
        return drawn[match[1]]
    return USE.sub(lambda match: str(drawn[match[1]]) if match[1] in drawn else match[0], text)
