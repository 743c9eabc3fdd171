"""The course as progress sees it: modules, objectives, and which lesson, question or lab serves which.

A value with no file behind it: whoever has a pack fills it (see `ecslab.quiz.course`). An objective that
something names but the course does not list still counts, in a module of its own at the end.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

OTHER = "other"


@dataclass(frozen=True)
class Module:
    id: str
    title: str


@dataclass(frozen=True)
class Objective:
    id: str
    title: str
    module: str
    weight: float = 1.0


@dataclass(frozen=True)
class Curriculum:
    """What there is to learn. The maps lead from an id to the objectives that it serves."""

    modules: tuple[Module, ...] = ()
    objectives: tuple[Objective, ...] = ()
    lessons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    homes: Mapping[str, str] = field(default_factory=dict)
    """Lesson -> the module it is read in, whatever its objectives."""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Curriculum":
        """From the content of `lessons/objectives.yaml`."""
        return cls(
            tuple(Module(m["id"], m["title"]) for m in document.get("modules", ())),
            tuple(
                Objective(o["id"], o["title"], o["module"], float(o.get("weight", 1)))
                for o in document.get("objectives", ())
            ),
        )

    def reviewed(self, card: str) -> bool:
        """Whether a card of the review queue belongs to this course."""
        if card.startswith(RECALL):
            return card.removeprefix(RECALL).rpartition("/")[0] in self.lessons
        return card in self.items or card.startswith(DRILL)

    def serving(
        self,
        *,
        lessons: Mapping[str, Sequence[str]] | None = None,
        items: Mapping[str, Sequence[str]] | None = None,
        labs: Mapping[str, Sequence[str]] | None = None,
        homes: Mapping[str, str] | None = None,
    ) -> "Curriculum":
        """The same course with what serves it; objectives that it did not list are added at the end."""
        maps = [{key: tuple(value) for key, value in (m or {}).items()} for m in (lessons, items, labs)]
        known = {objective.id for objective in self.objectives}
        named = [name for mapping in maps for names in mapping.values() for name in names]
        unknown = [Objective(name, name, OTHER) for name in _distinct(named) if name not in known]
        modules = self.modules
        if unknown and OTHER not in {module.id for module in modules}:
            modules = (*modules, Module(OTHER, "Other"))
        return replace(
            self,
            modules=modules,
            objectives=(*self.objectives, *unknown),
            lessons=maps[0],
            items=maps[1],
            labs=maps[2],
            homes=dict(homes or {}),
        )


RECALL = "recall/"
"""A card of a recall question: `recall/<lesson>/<which>`."""
DRILL = "drill/"
"""A card of a drill: `drill/<what was hidden>`. It comes from the drills themselves, whatever the course lists."""


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
