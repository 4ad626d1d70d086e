"""Data of one's own from a CSV file, learned by a network."""

from pathlib import Path

import numpy as np

from optlab.api import (
    Array,
    CsvTable,
    Data,
    NetProblem,
    bundled,
    choice,
    hookimpl,
    path,
    read_table,
    split,
    standardised,
    text,
)


class CsvData(NetProblem):
    """Learn one column of a table from the others.

        z = network(x),    x: the other columns, each shifted to mean 0 and scaled to spread 1

    A column of numbers is learned by the mean squared error (scaled in the same way), classes by the softmax
    cross-entropy with one output for each. Without a file, a made-up table of a reactor is shown.

    Source: LeCun, Bottou, Orr & Müller, "Efficient BackProp", Neural Networks: Tricks of the Trade, Springer 1998,
    section 4.3 (normalising the inputs).
    """

    name, title = "csv_data", "your own CSV data"

    file: str = path("", doc="a CSV file with a header line and numbers; empty: the made-up table")
    target: str = text("", label="column to learn", doc="a column of the file; empty: the last that fits")
    learn: str = choice("number", "number", "class", doc="whether the column holds a number or a class")

    def __post_init__(self) -> None:
        self.columns()
        super().__post_init__()

    def table(self) -> CsvTable:
        return read_table(Path(self.file) if self.file else bundled("assets") / "data" / "reactor.csv")

    def columns(self) -> tuple[Array, Array, int]:
        """Inputs `(N, in)`, targets, and the number of outputs."""
        table, classes = self.table(), self.learn == "class"
        few = [k for k in range(len(table.header)) if classes and 2 <= len(set(table.texts(k))) <= 20]
        column = table.find(self.target, "csv_data.target") if self.target else [len(table.header) - 1, *few][-1]
        x = np.stack([table.numbers(k) for k in range(len(table.header)) if k != column], axis=1)
        y = table.classes(column, "csv_data.target") if classes else standardised(table.numbers(column)[:, None])
        return standardised(x), y, int(y.max()) + 1 if classes else 1

    @property
    def inputs(self) -> int:
        return len(self.table().header) - 1

    @property
    def outputs(self) -> int:
        return self.columns()[2]

    @property
    def targets(self) -> str:
        return "classes" if self.learn == "class" else "numbers"

    @property
    def points(self) -> int:
        return len(self.table().rows)

    def data(self, rng: np.random.Generator) -> Data:
        x, y, _ = self.columns()
        return split(x, y, self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [CsvData]
