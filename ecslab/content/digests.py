"""Short names for content: two packs, labs or worlds with the same digest are the same.

They tell whoever grades that a submission was made with something else; they protect nothing.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from ecslab.content.archives import contents
from ecslab.content.packs import Pack

OF_AN_ATTEMPT = ("epoch_ms", "identity")
"""What a sandbox adds to a world's document when an attempt begins."""
LENGTH = 16


def pack_digest(pack: Pack, below: str = "") -> str:
    """Of all files of a pack, or of those below a folder, or of one file."""
    found = hashlib.sha256()
    for path in contents(pack.root):
        name = path.relative_to(pack.root).as_posix()
        if not below or name == below or name.startswith(f"{below}/"):
            found.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()[:LENGTH]


def world_digest(document: Mapping[str, Any]) -> str:
    """Of a resolved world, whenever and by whomever it is played."""
    kept = {
        name: value for name, value in document.items() if name not in OF_AN_ATTEMPT and value is not None
    }
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:LENGTH]
