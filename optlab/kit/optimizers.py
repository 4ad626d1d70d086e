"""What the kit tries of an optimizer: the contract of a step."""

from collections.abc import Iterator

import numpy as np

from optlab.engine.oracle import is_batched
from optlab.engine.rates import base_rate
from optlab.fields import Real
from optlab.i18n import tr
from optlab.kit.finding import Finding, advice, wrong
from optlab.kit.ride import START, Ride
from optlab.kit.steps import allocates_nothing, obeys_the_rate, scales
from optlab.kit.values import bears_its_values
from optlab.layout import Array
from optlab.optimizer import Optimizer


def never_writes_grads(optimizer: Optimizer) -> Iterator[Finding]:
    """The gradient is read-only: other runs, and the recorder, see it too."""
    try:
        Ride(optimizer, START).go(3)
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        yield wrong("never writes grads", tr("step writes into grads; work in state.tmp: np.copyto(state.tmp, grads)"))


def moves_params_in_place(optimizer: Optimizer) -> Iterator[Finding]:
    ride = Ride(optimizer, START)
    if not np.array_equal(ride.params, START):
        yield wrong("moves params in step alone", tr("init moves params; it may only set slots"))
    ride = Ride(optimizer, START).go(5)
    if np.array_equal(ride.params, START):
        text = tr("five steps moved nothing: write into the array (params -= …); params = params - … makes another one")
        yield wrong("moves params in place", text)


def looks_without_moving(optimizer: Optimizer) -> Iterator[Finding]:
    """Where pictures are taken is asked for at any time: an answer moves nothing."""
    if not optimizer.has_view():
        return
    ride, out = Ride(optimizer, START).go(5), np.full_like(START, np.nan)
    before = {"params": ride.params, **ride.state.arrays()}
    before = {name: array.copy() for name, array in before.items()}
    optimizer.view(ride.params, ride.state, out)
    for name, array in {"params": ride.params, **ride.state.arrays()}.items():
        if not np.array_equal(before[name], array, equal_nan=True):
            yield wrong("moves params in step alone", tr("view changes {name}; it may only write into out", name=name))
    if np.isnan(out).any():
        yield wrong("writes its view", tr("view leaves out as it is; write the point into it: np.copyto(out, …)"))


def keeps_its_slots(optimizer: Optimizer) -> Iterator[Finding]:
    """What is remembered stands in the arrays that the engine owns, in the precision of the params."""
    for dtype in ("float64", "float32"):
        ride = Ride(optimizer, START, dtype).go(3)
        for name, array in ride.state.arrays().items():
            own = getattr(ride.state, name, array) if "." not in name else array
            if own is not array:
                text = tr("step puts another array into state.{name}; write into it: state.{name}[...] = …", name=name)
                yield wrong("remembers in its slots", text)
            elif array.shape == ride.params.shape and array.dtype != ride.params.dtype:
                text = tr(
                    "state.{name} is {value} where params are {dtype}; leave the dtype to state.slot",
                    name=name,
                    value=array.dtype,
                    dtype=dtype,
                )
                yield wrong("keeps the precision", text)
        loose = [k for k, v in vars(ride.state).items() if isinstance(v, np.ndarray) and not _known(ride, k)]
        for name in loose:
            yield wrong(
                "remembers in its slots", tr('state.{name} is no slot: name it in slots = ("{name}",)', name=name)
            )


def _known(ride: Ride, name: str) -> bool:
    return name in ("tmp", "tmp2", "loss", "lr", "_like") or name in ride.state.arrays()


def lowers_a_bowl(optimizer: Optimizer) -> Iterator[Finding]:
    ride = Ride(optimizer, START)
    before = ride.loss()[0]
    first = ride.go(1).loss()[0]
    after = ride.go(499).loss()[0]
    if not np.isfinite(after):
        yield wrong("lowers a bowl", tr("after 500 steps at the default lr the loss of a bowl is no longer finite"))
    elif after > before and first > before:
        text = tr(
            "the loss of a bowl rises from {before:.3g} to {after:.3g}: is the sign of the step wrong? (params -= …)",
            before=before,
            after=after,
        )
        yield wrong("lowers a bowl", text)
    elif after >= before:
        yield advice(
            "lowers a bowl",
            tr(
                "500 steps at the default lr leave the loss at {after:.3g}, from {before:.3g}",
                after=after,
                before=before,
            ),
        )


def stays_finite(optimizer: Optimizer) -> Iterator[Finding]:
    """Gradients of zero, from the first step on or after others, and very small ones."""
    for size in (0.0, 1e-30, 1e-200):
        for dtype in ("float64", "float32"):
            ride = Ride(optimizer, START, dtype)
            for _ in range(3):
                ride.step(size * np.ones_like(START))
            if not np.isfinite(ride.params).all():
                text = tr(
                    "params are not finite after gradients of {size:g} ({dtype}): is there a floor such as ε?",
                    size=size,
                    dtype=dtype,
                )
                yield wrong("stays finite", text)
                return


def same_again(optimizer: Optimizer) -> Iterator[Finding]:
    """What a run does depends on its state alone."""
    first = Ride(optimizer, START).go(20).params
    before = _global_random()
    second = Ride(optimizer, START).go(20).params
    drew = before != _global_random()
    if drew:
        text = tr("step draws from NumPy's global random state; ask state.signs, which depend on seed and step alone")
        yield wrong("gives the same bits again", text)
    elif not np.array_equal(first, second):
        text = tr(
            "a second run moves otherwise: something is remembered outside of state (in the class, in the module?)"
        )
        yield wrong("gives the same bits again", text)


def _global_random() -> str:
    return str(np.random.get_state(legacy=False))


def copies_what_it_keeps(optimizer: Optimizer) -> Iterator[Finding]:
    """The engine writes the next gradient into the same array."""
    reused = Ride(optimizer, START).go(20).params
    fresh = Ride(optimizer, START, reuse=False).go(20).params
    if not np.array_equal(reused, fresh):
        text = tr("step keeps the array of grads itself, which is written again; copy it: np.copyto(state.slot, grads)")
        yield wrong("keeps no reference", text)


def goes_on_from_a_copy(optimizer: Optimizer) -> Iterator[Finding]:
    """A checkpoint is a copy of the named arrays."""
    ride = Ride(optimizer, START).go(7)
    other = ride.copied()
    if not np.array_equal(ride.go(5).params, other.go(5).params):
        text = tr(
            "after a copy of its named arrays a run goes on otherwise: keep everything in slots or state.slot(name)"
        )
        yield wrong("goes on from a checkpoint", text)


def runs_do_not_mix(optimizer: Optimizer) -> Iterator[Finding]:
    """Runs side by side on axis R move as each alone."""
    if not is_batched(optimizer):
        return
    start = np.random.default_rng(0).standard_normal((3, 4))
    noise = np.random.default_rng(1).standard_normal((30, 3, 4))
    curve = np.array([0.5, 1.0, 2.0, 3.0])
    for dtype, tolerance in (("float64", 1e-9), ("float32", 1e-4)):
        together = Ride(optimizer, start, dtype, gradient=lambda x, t: curve * x + noise[t - 1]).go(30).params
        for k in range(3):
            alone = Ride(optimizer, start[k : k + 1], dtype, gradient=_of(curve, noise, k)).go(30).params[0]
            if not np.allclose(together[k], alone, rtol=tolerance, atol=tolerance):
                text = tr(
                    "a run in a batch of three moves otherwise than alone ({dtype}): a sum, mean or norm "
                    "over all of params mixes the runs; take it along the last axis, as optlab.api.norm "
                    "and dot do",
                    dtype=dtype,
                )
                yield wrong("runs do not mix", text)
                return


def _of(curve: Array, noise: Array, k: int):  # type: ignore[no-untyped-def]
    return lambda x, t: curve * x + noise[t - 1, k]


def real_fields_stack(optimizer: Optimizer) -> Iterator[Finding]:
    """Runs that differ in real fields share a batch: the fields are then columns (R, 1)."""
    fields = {key: f for key, f in optimizer.fields().items() if isinstance(f, Real)}
    if not is_batched(optimizer) or not fields:
        return
    start = np.random.default_rng(0).standard_normal((3, 4))
    for key, field in fields.items():
        values = [
            field.default,
            field.lo + 0.9 * (field.default - field.lo),
            field.default + 0.1 * (field.hi - field.default),
        ]
        column = np.array(values)[:, None]
        rates = column if key == "lr" else base_rate(optimizer)
        try:
            together = Ride(optimizer.stacked({key: column}), start, lr=rates).go(20).params
        except ValueError as error:
            text = tr(
                "{key} as a column (R, 1) fails: {error}; a real field may not stand in an if, min or max",
                key=key,
                error=error,
            )
            yield wrong("real fields stack", text)
            continue
        for k, value in enumerate(values):
            single = optimizer.replace(**{key: value})
            alone = Ride(single, start[k : k + 1], lr=base_rate(single)).go(20).params[0]
            if not np.allclose(together[k], alone, rtol=1e-7, atol=1e-9, equal_nan=True):
                text = tr(
                    "with {key} as a column (R, 1) a run moves otherwise than with {key} = {value:g} alone",
                    key=key,
                    value=value,
                )
                yield wrong("real fields stack", text)
                break


CHECKS = (
    never_writes_grads, moves_params_in_place, looks_without_moving, same_again, keeps_its_slots, lowers_a_bowl,
    stays_finite, copies_what_it_keeps, goes_on_from_a_copy, runs_do_not_mix, real_fields_stack, obeys_the_rate,
    scales, allocates_nothing, bears_its_values,
)  # fmt: skip
