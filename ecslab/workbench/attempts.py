"""An attempt made for a proof: a session that is held while it lasts, and gone afterwards with all that it wrote."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from ecslab.content.packs import Pack
from ecslab.lab.session import Session
from ecslab.sandbox.warm import Warm


@contextmanager
def attempt(subject: str, *, seed: int, pack: Pack | None, warm: Warm, place: str = "") -> Iterator[Session]:
    session = Session.start(subject, seed=seed, fresh=True, pack=pack, warm=warm, place=place)
    session.hold()
    try:
        yield session
    finally:
        session.stop()
        shutil.rmtree(session.directory, ignore_errors=True)
