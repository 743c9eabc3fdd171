"""Which world a sandbox command means: one of a pack, by name, or a directory."""

import json
from pathlib import Path
from typing import Any

from ecslab.terms.problems import Exit, Problem

PLAYGROUND = "playground"


def world_document(choice: str, *, seed: int, any_key: bool = False) -> dict[str, Any]:
    """The world, resolved, with this seed.

    Args:
        choice: a world of the built-in pack; a pack's `labs/worlds/<id>` directory; or a directory
            that holds a resolved `world.json`, as every sandbox's does.

    Raises:
        Problem: there is no such world.
    """
    place = Path(choice)
    if (place / "world.json").is_file():
        document = _resolved(place / "world.json") | {"seed": seed}
    elif place.is_dir():
        document = _of_pack(_pack_of(place.resolve()), place.resolve().name, seed)
    else:
        from ecslab.content import packs

        document = _of_pack(packs.builtin(), choice, seed)
    return document | ({"any_key": True} if any_key else {})


def _resolved(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Problem(f"{path} is not a world ({error})", status=Exit.USAGE) from None
    for stamp in ("epoch_ms", "identity"):
        document.pop(stamp, None)
    return dict(document)


def _pack_of(directory: Path) -> Any:
    from ecslab.content import packs

    for above in directory.parents:
        if (above / "pack.yaml").is_file():
            return packs.Pack(above)
    raise Problem(
        f"{directory} is in no pack and holds no world.json",
        "give a world's name or a pack's labs/worlds directory",
        status=Exit.USAGE,
    )


def _of_pack(pack: Any, world_id: str, seed: int) -> dict[str, Any]:
    from ecslab.content import resolve

    return dict(resolve.resolve_world(pack, world_id, seed))
