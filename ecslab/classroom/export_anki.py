"""Questions as a text file for Anki: one note a question, the same note again when it is imported again.

Anki reads such a file itself (https://docs.ankiweb.net/importing/text-files.html), so no library is needed to write
its database.
"""

import csv
import hashlib
import io
from collections.abc import Iterable

from ecslab.classroom.questions import (
    BASIC,
    Exported,
    accepted,
    explanation,
    html,
    inline,
    number,
    sorted_out,
)
from ecslab.quiz.items import Item, Quiz, Type

HEAD = "#separator:tab\n#html:true\n#guid column:1\n#notetype:Basic\n#deck:{deck}\n#tags column:4\n"


def export(quiz: Quiz) -> Exported:
    kept, left_out = sorted_out(quiz, lambda item: "" if item.type in BASIC else "it is no card")
    out = io.StringIO()
    out.write(HEAD.format(deck=" ".join(f"ecslab::{quiz.title}".split())))
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    for item in kept:
        guid = hashlib.sha256(item.key.encode()).hexdigest()[:16]
        tags = " ".join(name.replace(" ", "-") for name in item.objectives)
        writer.writerow([guid, _flat(_front(item)), _flat(_back(item)), tags])
    return Exported(out.getvalue().encode(), len(kept), left_out)


def _flat(text: str) -> str:
    """One line, as a field has to be; code keeps its lines."""
    head, *rest = text.split("<pre>")
    flat = head.replace("\n", " ")
    for part in rest:
        code, mark, after = part.partition("</pre>")
        code = code.replace("\n", "<br>")
        flat += f"<pre>{code}{mark}{after}".replace("\n", " ")
    return flat.replace("\t", "    ")


def _front(item: Item) -> str:
    shown = [option.text for option in item.options] or sorted(step.text for step in item.steps)
    parts = [html(item.stem), f"<p><i>{inline(item.instruction)}</i></p>"]
    if item.pairs:
        parts.append(_list(pair.left for pair in item.pairs))
        shown = sorted({pair.right for pair in item.pairs})
    return "".join([*parts, _list(shown) if shown else ""])


def _back(item: Item) -> str:
    match item.type:
        case Type.SINGLE | Type.MULTIPLE:
            marks = (f"{'✔' if option.right else '✘'} {option.text}: {option.why}" for option in item.options)
            answer = _list(sorted(marks))
        case Type.ORDERING:
            answer = _list((step.text for step in item.steps), "ol")
        case Type.MATCHING:
            answer = _list(f"{pair.left} → {pair.right}" for pair in item.pairs)
        case Type.NUMERIC:
            about = f" ± {number(item.tolerance)}" if item.tolerance else ""
            answer = f"<p>{number(item.number)}{about} {inline(item.unit)}</p>"
        case _:
            answer = f"<p>{inline(', '.join(accepted(item)))}</p>"
    return answer + explanation(item)


def _list(texts: Iterable[str], tag: str = "ul") -> str:
    return f"<{tag}>{''.join(f'<li>{inline(text)}</li>' for text in texts)}</{tag}>"
