"""Prose of a lesson: Markdown whose tables are set to be read, also in 80 columns.

Textual shrinks all columns of a table in proportion, which breaks the few words of a first column into pieces while
the next one has room. Here a short column keeps its words on one line, and the long ones share what is left.
"""

from collections.abc import Sequence

from textual.widgets import Markdown


def widths(wanted: Sequence[int], room: int) -> list[str]:
    """How wide each column of a table is to be, as the grid takes it; `auto` for all if all have room."""
    if sum(wanted) <= room:
        return ["auto"] * len(wanted)
    long = list(range(len(wanted)))
    while short := [column for column in long if wanted[column] <= room // len(long)]:
        room -= sum(wanted[column] for column in short)
        long = [column for column in long if column not in short]
    return [f"{width}fr" if column in long else str(width) for column, width in enumerate(wanted)]


class ProseView(Markdown):
    """A stretch of a page between two live blocks."""

    def on_resize(self) -> None:
        """Also when a table has been added, for that makes the prose higher."""
        for table in self.query("MarkdownTableContent"):
            count = table.styles.grid_size_columns
            cells = [
                cell.get_content_width(self.app.size, self.app.size) + cell.styles.gutter.width
                for cell in table.children
            ]
            wanted = [max(cells[column::count]) for column in range(count)]
            columns = widths(wanted, table.size.width - (count - 1) * table.styles.grid_gutter_vertical)
            if columns != [str(scalar) for scalar in table.styles.grid_columns or ()]:
                table.styles.grid_columns = " ".join(columns)
