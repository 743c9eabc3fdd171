"""Runs when the learner's `python` starts: puts it on the world's clock, on which no waiter sleeps for long.

Only ecslab's `python` shim puts this directory on PYTHONPATH. Any other interpreter that inherits
it, and a world that has stopped, leave the program as it is. A `sitecustomize` of the machine's own
still runs.
"""

import os
import sys


def _follow_the_world() -> None:
    if "ECSLAB_CONTROL_URL" not in os.environ:
        return
    try:
        from ecslab.shell.shortwaits import shorten
        from ecslab.shell.worldclock import travel
    except ImportError:
        return
    if travel(os.environ):
        shorten()


def _run_the_next_one() -> None:
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    here = __file__.rpartition(os.sep)[0]
    spec = PathFinder.find_spec("sitecustomize", [path for path in sys.path if path != here])
    if spec is not None and spec.loader is not None and spec.origin != __file__:
        spec.loader.exec_module(module_from_spec(spec))


_follow_the_world()
_run_the_next_one()
