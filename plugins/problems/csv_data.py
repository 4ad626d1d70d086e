"""Data of one's own from a CSV file, learned by a network."""

from pathlib import Path

import numpy as np

from optlab.api import (
    Array,
    CsvTable,
    Data,
    FieldError,
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

    A column of numbers is learned by the mean squared error (scaled in the same way); classes are learned by the
    softmax cross-entropy, one output for each different value. Without a file a made-up table of a reactor is shown.

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
        table = self.table()
        few = [k for k in range(len(table.header)) if 2 <= len(set(table.texts(k))) <= 20]
        fits = few[-1] if self.learn == "class" and few else len(table.header) - 1
        column = table.find(self.target, "csv_data.target") if self.target else fits
        x = np.stack([table.numbers(k) for k in range(len(table.header)) if k != column], axis=1)
        if self.learn == "number":
            return standardised(x), standardised(table.numbers(column)[:, None]), 1
        classes = sorted(set(values := table.texts(column)))
        if not 2 <= len(classes) <= 100:
            name = table.header[column]
            raise FieldError(f"csv_data.target: expected 2 to 100 classes in {name}, got {len(classes)}")
        return standardised(x), np.array([classes.index(value) for value in values]), len(classes)

    @property
    def inputs(self) -> int:
        return len(self.table().header) - 1

    @property
    def outputs(self) -> int:
        return self.columns()[2]

    @property
    def loss(self) -> str:
        return "softmax" if self.learn == "class" else "mse"

    @property
    def points(self) -> int:
        return len(self.table().rows)

    def data(self, rng: np.random.Generator) -> Data:
        x, y, _ = self.columns()
        return split(x, y, self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [CsvData]
