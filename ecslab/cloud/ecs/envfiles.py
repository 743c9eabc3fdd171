"""Environment files as the container agent reads them. Pure.

Source: Amazon ECS developer guide, "Pass environment variables to an Amazon ECS container": lines `VARIABLE=VALUE`;
spaces and quotation marks belong to the value; `#` begins a comment line; of a variable in several files the
first value counts, and `environment` wins over all files.
"""

from collections.abc import Iterable


def variables(texts: Iterable[str]) -> dict[str, str]:
    """The variables of a container's files, in the order in which its definition names them."""
    found: dict[str, str] = {}
    for text in texts:
        for name, value in _pairs(text).items():
            found.setdefault(name, value)
    return found


def _pairs(text: str) -> dict[str, str]:
    """Of one file; a line that is no pair is passed over."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and name and not line.startswith("#"):
            found.setdefault(name, value)
    return found
