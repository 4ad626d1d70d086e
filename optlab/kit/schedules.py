"""What the kit tries of a schedule: factors of the learning rate, of one step and of many."""

from collections.abc import Iterator

import numpy as np

from optlab.engine.rates import reactive_state
from optlab.i18n import tr
from optlab.kit.finding import Finding, advice, wrong
from optlab.kit.values import bears_its_values
from optlab.schedule import ReactiveSchedule, Schedule

STEPS, EPOCH = 500, 7


def factors_are_sound(schedule: Schedule) -> Iterator[Finding]:
    """Finite and not negative, to the end and past it."""
    for key, factors in schedule.at(np.arange(2 * STEPS), STEPS, EPOCH).items():
        bad = ~np.isfinite(factors) | (np.asarray(factors) < 0)
        if bad.any():
            t = int(np.argmax(bad))
            value = float(np.ravel(factors)[t])
            text = tr(
                "the factor of {key} at step {t} of {STEPS} is {value:g}; expected a number of at least 0",
                key=key,
                t=t,
                STEPS=STEPS,
                value=value,
            )
            yield wrong("factors are sound", text)


def factors_have_the_shape_of_the_steps(schedule: Schedule) -> Iterator[Finding]:
    for shape in ((), (1,), (7,)):
        for key, factors in schedule.at(np.zeros(shape, int), STEPS, EPOCH).items():
            if np.shape(factors) != shape:
                got = np.shape(factors)
                text = tr(
                    "{key}: for steps of shape {shape} expected that shape, got {got}; use NumPy, no if of t",
                    key=key,
                    shape=shape,
                    got=got,
                )
                yield wrong("factors have the shape of the steps", text)
                return


def one_step_equals_the_table(schedule: Schedule) -> Iterator[Finding]:
    for key, table in schedule.at(np.arange(STEPS), STEPS, EPOCH).items():
        singles = [float(schedule.at(np.array(t), STEPS, EPOCH)[key]) for t in range(0, STEPS, 3)]
        if not np.allclose(np.asarray(table)[::3], singles, rtol=1e-12, atol=1e-300):
            yield wrong(
                "one step equals the table",
                tr("{key}: a step alone gives another factor than the table of all", key=key),
            )


def steps_stay(schedule: Schedule) -> Iterator[Finding]:
    t = np.arange(STEPS)
    first = np.array(schedule.at(t, STEPS, EPOCH)["lr"])
    if not np.array_equal(t, np.arange(STEPS)):
        yield wrong("leaves the steps alone", tr("factor writes into t; work on a copy"))
    if not np.array_equal(first, schedule.at(np.arange(STEPS), STEPS, EPOCH)["lr"]):
        yield wrong("gives the same again", tr("a second call gives other factors: a schedule remembers nothing"))


def is_a_factor(schedule: Schedule) -> Iterator[Finding]:
    """Values are relative to lr, not rates."""
    largest = float(np.max(schedule.at(np.arange(STEPS), STEPS, EPOCH)["lr"]))
    if 0 < largest < 0.02:
        text = tr(
            "the largest factor is {largest:g}: factors multiply the optimizer's lr; is this a learning rate itself?",
            largest=largest,
        )
        yield advice("is a factor", text)
    if largest == 0:
        yield advice("is a factor", tr("every factor is 0: nothing would move"))


def bears_short_runs(schedule: Schedule) -> Iterator[Finding]:
    for steps in (1, 2, 3):
        for key, factors in schedule.at(np.arange(steps), steps, 5).items():
            if not np.isfinite(factors).all():
                yield wrong(
                    "bears short runs",
                    tr("{key} is not finite in a run of {steps} steps: a division by steps − 1?", key=key, steps=steps),
                )
                return


def stays_finite_whatever_the_metric(schedule: ReactiveSchedule) -> Iterator[Finding]:
    metrics = np.exp(-np.arange(STEPS)[:, None] / 50) * np.ones((1, 4))
    metrics[50:60, 1], metrics[70:90, 2], metrics[:, 3] = np.nan, np.inf, -1.0
    state = reactive_state(schedule, np.full(4, 0.1), np.zeros(4))
    for t, metric in enumerate(metrics):
        kept = metric.copy()
        schedule.update(metric, t, state)
        factor = np.asarray(state.factor)
        if factor.shape != (4,) or not np.isfinite(factor).all() or (factor < 0).any():
            yield wrong(
                "stays finite",
                tr("at step {t} state.factor is {factor}; expected four numbers of at least 0", t=t, factor=factor),
            )
            return
        if not np.array_equal(kept, metric, equal_nan=True):
            yield wrong("leaves the metric alone", tr("update writes into the metric; work on a copy"))
            return


def reactive_runs_do_not_mix(schedule: ReactiveSchedule) -> Iterator[Finding]:
    rng = np.random.default_rng(0)
    metrics = np.exp(-np.arange(STEPS)[:, None] / 50) + rng.standard_normal((STEPS, 3)) * np.array([0.01, 0.1, 0.5])
    many = reactive_state(schedule, np.full(3, 0.1), np.zeros(3))
    singles = [reactive_state(schedule, np.full(1, 0.1), np.zeros(1)) for _ in range(3)]
    for t, metric in enumerate(metrics):
        schedule.update(metric.copy(), t, many)
        for k, state in enumerate(singles):
            schedule.update(metric[k : k + 1].copy(), t, state)
        if not np.array_equal(many.factor, [state.factor[0] for state in singles]):
            yield wrong("runs do not mix", tr("at step {t} runs side by side have other factors than each alone", t=t))
            return


def reactive_goes_on_from_a_copy(schedule: ReactiveSchedule) -> Iterator[Finding]:
    """A checkpoint is a copy of the named slots, and what a run does depends on them alone."""
    metrics = np.exp(-np.arange(STEPS) / 50) + 0.1
    state = reactive_state(schedule, np.full(1, 0.1), np.zeros(1))
    other = reactive_state(schedule, np.full(1, 0.1), np.zeros(1))
    for t, metric in enumerate(metrics):
        schedule.update(np.full(1, metric), t, state)
        if t == STEPS // 2:
            for name, array in state.arrays().items():
                other.arrays()[name][...] = array
        if t > STEPS // 2:
            schedule.update(np.full(1, metric), t, other)
            if not np.array_equal(state.factor, other.factor):
                text = tr("after a copy of its slots it goes on otherwise at step {t}: keep everything in slots", t=t)
                yield wrong("goes on from a checkpoint", text)
                return


CHECKS = (
    factors_have_the_shape_of_the_steps, factors_are_sound, one_step_equals_the_table, steps_stay, is_a_factor,
    bears_short_runs, bears_its_values,
)  # fmt: skip
REACTIVE = (
    stays_finite_whatever_the_metric, reactive_runs_do_not_mix, reactive_goes_on_from_a_copy, bears_its_values,
)  # fmt: skip
