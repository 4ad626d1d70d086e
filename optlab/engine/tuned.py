"""Which rates of an experiment were found equally: the table `[tuned]` of its file, and who was not tuned."""

from collections.abc import Sequence
from typing import Any

from optlab.engine.catalogue import check_keys
from optlab.engine.file_values import refuse, table_of
from optlab.engine.rates import base_rate
from optlab.engine.spec import Experiment, Grid, Trial, Tuned
from optlab.engine.targets import inner
from optlab.fields import Field, FieldError, Real, did_you_mean
from optlab.i18n import tr
from optlab.optimizer import Optimizer


def build_tuned(given: Any, experiment: Experiment) -> Tuned:
    """What the table `[tuned]` says of the trials as they stand; raises `FieldError` that names the key.

    `lr` has the rate that was found by trial, all as they stand where it is left out. A trial that stands at another
    one, as after an edit of the file, is not tuned.
    """
    table = table_of(given, "tuned")
    check_keys(table, ("grid", "seeds", "lr"), "tuned")
    rates = table_of(table.get("lr", {t.label: base_rate(t.optimizer) for t in experiment.trials}), "tuned.lr")
    labels = [trial.label for trial in experiment.trials]
    for label, rate in rates.items():
        if label not in labels:
            raise FieldError(tr("tuned.lr: no trial is called {name!r}; {hint}", name=label,
                                hint=did_you_mean(label, labels)))  # fmt: skip
        if isinstance(rate, bool) or not isinstance(rate, int | float):
            raise refuse(f"tuned.lr.{label}", tr("a number"), rate)
    trials = tuple(t for t in experiment.trials if rates.get(t.label) == base_rate(t.optimizer))
    return Tuned(_grid(table.get("grid")), _seeds(table.get("seeds", [0])), experiment.steps, trials)


def _grid(given: Any) -> Grid:
    numbers = given if isinstance(given, list) else []
    good = len(numbers) == 3 and not any(isinstance(v, bool) or not isinstance(v, int | float) for v in numbers)
    if not good or numbers[2] != int(numbers[2]):
        expected = tr("the smallest and the largest rate and how many there are, such as [0.0001, 10.0, 11]")
        raise refuse("tuned.grid", expected, given)
    return Grid(float(numbers[0]), float(numbers[1]), int(numbers[2]))


def _seeds(given: Any) -> tuple[int, ...]:
    if not isinstance(given, list) or not given or not all(type(seed) is int and seed >= 0 for seed in given):
        raise refuse("tuned.seeds", tr("a list of whole numbers such as [0, 1, 2]"), given)
    return tuple(given)


def tuned_table(experiment: Experiment) -> dict[str, Any]:
    """The table `[tuned]` of the trials that still stand as they were tuned; empty where none does."""
    tuned = experiment.tuned
    standing = [t for t in experiment.trials if tuned is not None and tuned.holds(t, experiment.steps)]
    if tuned is None or not standing:
        return {}
    grid = [tuned.grid.lo, tuned.grid.hi, tuned.grid.points]
    return {"grid": grid, "seeds": list(tuned.seeds), "lr": {t.label: base_rate(t.optimizer) for t in standing}}


def untuned(trials: Sequence[Trial], steps: int, tuned: Tuned | None) -> list[str]:
    """The trials whose rate was not found as that of the others was, where several optimizers are compared.

    One method at several rates, or with several values of its other numbers, compares those.
    """
    if len({_method(trial.optimizer) for trial in trials}) < 2:
        return []
    rated = [trial for trial in trials if rate_field(trial.optimizer) is not None]
    return [trial.label for trial in rated if tuned is None or not tuned.holds(trial, steps)]


def _method(optimizer: Optimizer) -> tuple[Any, ...]:
    """What makes it another method: its class, its switches and its parts."""
    fields = optimizer.fields().items()
    kept = [getattr(optimizer, key) for key, field in fields if not isinstance(field, Real)]
    return type(optimizer), *(_method(value) if isinstance(value, Optimizer) else value for value in kept)


def rate_field(optimizer: Optimizer) -> Field | None:
    """The declaration of its learning rate, or of that of the optimizer that it wraps; None where there is none."""
    declared = optimizer.fields().get("lr")
    within = (rate_field(getattr(optimizer, key)) for key in inner(optimizer))
    return declared if declared is not None else next(within, None)


def with_rate(optimizer: Optimizer, lr: float) -> Optimizer:
    """The optimizer with another learning rate, its own or that of the one that it wraps; raises `FieldError`."""
    if "lr" in optimizer.fields():
        return optimizer.replace(lr=lr)
    key = inner(optimizer)[0]
    return optimizer.replace(**{key: with_rate(getattr(optimizer, key), lr)})
