"""The form of the Run section: steps, seeds and number format of an experiment, as a component like any other."""

import re
from typing import Any

from optlab.component import Component
from optlab.engine.experiment_file import check_seeds
from optlab.engine.spec import Experiment
from optlab.fields import FieldError, choice, integer, text
from optlab.i18n import tr

BETWEEN = r"[\s,;，；、]+"
"""What stands between numbers or names of a list."""


class RunSettings(Component):
    """How long and how often each trial runs."""

    name = "run"

    steps: int = integer(1000, 0, 10**9, doc="updates of each run; 0 = until stopped")
    seeds: str = text("0", doc="a run per seed: 0, 1, 2 or 0-4; several are drawn as a median with a band")
    dtype: str = choice(
        "float64", "float64", "float32", label="numbers", doc="float32 shows where small gradients sink"
    )
    record: int = integer(1, 1, 10**6, label="record every", unit="steps", doc="fewer rows for very long runs")
    series: str = text(
        "", label="also record", doc="names with commas: accuracy, test_loss, saturated, param_norm, sharpness …"
    )
    every: int = integer(10, 1, 10**6, label="these every", unit="steps", doc="each of them takes time of its own")

    def __post_init__(self) -> None:
        super().__post_init__()
        self.top()

    def top(self) -> dict[str, Any]:
        """The values as the experiment has them; raises `FieldError` for seeds that are none."""
        return {
            "steps": self.steps, "seeds": parse_seeds(self.seeds), "dtype": self.dtype, "record": self.record,
            "series": tuple(dict.fromkeys(filter(None, re.split(BETWEEN, self.series)))), "every": self.every,
        }  # fmt: skip

    @classmethod
    def of(cls, experiment: Experiment) -> "RunSettings":
        """The settings of an experiment."""
        e = experiment
        series = ", ".join(e.series)
        return cls(
            steps=e.steps, seeds=show_seeds(e.seeds), dtype=e.dtype, record=e.record, series=series, every=e.every
        )


def parse_seeds(words: str) -> tuple[int, ...]:
    """`0, 1, 2`, `0-4`, `0 7`: the seeds; raises `FieldError`."""
    seeds: list[int] = []
    for word in re.split(BETWEEN, words.strip()):
        match = re.fullmatch(r"(\d{1,10})(?:[-–…](\d{1,10}))?", word)
        if not match or (match[2] and not 0 <= int(match[2]) - int(match[1]) < 1000):
            raise FieldError(tr("seeds: expected whole numbers such as 0, 1, 2 or 0-4, got {that!r}", that=words))
        seeds += range(int(match[1]), int(match[2] or match[1]) + 1)
    return check_seeds(seeds)


def show_seeds(seeds: tuple[int, ...]) -> str:
    """The text of seeds that `parse_seeds` reads."""
    if len(seeds) > 2 and seeds == tuple(range(seeds[0], seeds[-1] + 1)):
        return f"{seeds[0]}-{seeds[-1]}"
    return ", ".join(map(str, seeds))
