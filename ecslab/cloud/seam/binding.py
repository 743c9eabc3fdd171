"""Which world moto's classes are serving: the one place where module state stands in for an argument.

moto builds its response objects itself, so they find the world here. One process serves one world.
"""

from ecslab.cloud.ports.world import World

_world: World | None = None


def bind(world: World | None) -> None:
    global _world
    _world = world


def bound() -> bool:
    """Whether moto serves a world now; parts that are tried on their own have none."""
    return _world is not None


def world() -> World:
    if _world is None:
        raise RuntimeError("no world is bound")
    return _world
