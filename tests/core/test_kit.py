"""The conformance kit finds what is wrong in a plugin, says what to do, and finds nothing in the shipped ones."""

import re
from pathlib import Path

import pytest

from optlab import api
from optlab.host import load_plugins, verdicts
from optlab.host.finder import Source
from optlab.host.pins import pin
from optlab.host.verdicts import Verdict
from optlab.kit import check_component, check_path, check_paths, values
from optlab.testing import assert_conforms

ADAM = '''"""My Adam."""

import numpy as np

from optlab.api import Array, Optimizer, State, hookimpl, norm, real

SEEN = []


class MyAdam(Optimizer):
    """Adam, with m̂ and v̂ corrected for their bias.

    Source: Kingma & Ba, arXiv:1412.6980, Algorithm 1.
    """

    name = "my_adam"
    slots = ("m", "v")

    lr: float = real(0.1, 1e-6, 10.0, log=True, doc="learning rate")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of v")
    eps: float = real(1e-8, 1e-12, 0.1, log=True, doc="floor of the denominator")

    def init(self, params: Array, state: State) -> None:
        pass

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, tmp, tmp2 = state.m, state.v, state.tmp, state.tmp2
        m *= self.beta1
        np.multiply(grads, 1 - self.beta1, out=tmp)
        m += tmp
        v *= self.beta2
        np.multiply(grads, grads, out=tmp)
        tmp *= 1 - self.beta2
        v += tmp
        np.divide(v, 1 - self.beta2**state.t, out=tmp)
        np.sqrt(tmp, out=tmp)
        tmp += self.eps
        np.divide(m, tmp, out=tmp)
        tmp *= state.lr / (1 - self.beta1**state.t)
        params -= tmp


@hookimpl
def register_optimizers() -> list[type]:
    return [MyAdam]
'''
LAST = "        params -= tmp\n"
FIRST = "        m, v, tmp, tmp2 = state.m, state.v, state.tmp, state.tmp2\n"
OPTIMIZER_FAULTS = {
    "a wrong sign": (LAST, "        params += tmp\n", "is the sign of the step wrong"),
    "no correction of m and v": (
        "np.divide(v, 1 - self.beta2**state.t, out=tmp)",
        "np.copyto(tmp, v)",
        "first step is .* times the later ones",
    ),
    "a forgotten square root": ("        np.sqrt(tmp, out=tmp)\n", "", "is a square root forgotten"),
    "a gradient that is written": (FIRST, FIRST + "        grads *= 1.0\n", "writes into grads"),
    "params that are made anew": (LAST, "        params = params - tmp\n", "write into the array"),
    "params moved in init": ("        pass\n", "        params *= 0.5\n", "init moves params"),
    "a slot that is made anew": (
        "        m *= self.beta1\n",
        "        m = state.m = self.beta1 * m\n",
        "another array into state.m",
    ),
    "an array that is no slot": (
        LAST,
        LAST + "        state.last = grads.copy()\n",
        r'state.last is no slot: name it in slots = \("last",\)',
    ),
    "a norm over all runs": (
        LAST,
        "        tmp /= 1 + np.linalg.norm(grads)\n" + LAST,
        "np.linalg.norm mixes the runs",
    ),
    "a norm over all runs, by its bare name": (
        LAST,
        "        from numpy.linalg import norm as size\n        tmp /= 1 + size(grads, axis=None)\n" + LAST,
        "np.linalg.norm mixes the runs",
    ),
    "a mean over all runs": (LAST, "        tmp *= 1 + abs(grads.mean())\n" + LAST, "moves otherwise than alone"),
    "a state in the class": (
        LAST,
        LAST + "        MyAdam.count = getattr(MyAdam, 'count', 0) + 1\n        params -= 1e-6 * MyAdam.count\n",
        "remembered outside of state",
    ),
    "a state in the module": (
        LAST,
        "        SEEN.append(1)\n        tmp *= 1 + 1e-3 * len(SEEN)\n" + LAST,
        "remembered outside of state",
    ),
    "the global random state": (
        LAST,
        LAST + "        params += 1e-9 * np.random.standard_normal(params.shape)\n",
        "global random state",
    ),
    "a kept reference": (
        LAST,
        "        tmp += grads - getattr(state, '_old', [grads])[0]\n        state._old = [grads]\n" + LAST,
        "keeps the array of grads itself",
    ),
    "a counter outside of the slots": (
        LAST,
        "        state.box = getattr(state, 'box', []) + [1]\n        tmp *= 1 + 0.01 * len(state.box)\n" + LAST,
        "goes on otherwise",
    ),
    "no floor": ("        tmp += self.eps\n", "", "not finite after gradients of 0"),
    "steps counted from zero": ("self.beta2**state.t", "self.beta2 ** (state.t - 1)", "not finite"),
    "an if on a field": (FIRST, FIRST + "        if self.beta1 > 0.5:\n            pass\n", "may not stand in an if"),
    "the rate of the form": ("state.lr / (1", "self.lr / (1", "use state.lr"),
    "a slot of float64": (
        "        pass\n",
        "        state.m = np.zeros(params.shape)\n",
        "another array into state.m",
    ),
    "arrays in every step": (
        "np.multiply(grads, grads, out=tmp)",
        "tmp[...] = grads * grads",
        "times the size of params",
    ),
    "bounds too wide": (
        'real(0.999, 0.0, 0.99999, doc="decay of v")',
        'real(0.999, 0.0, 1.0, doc="decay of v")',
        "with beta2 = 1, which its fields allow: two steps over a bowl are not finite",
    ),
    "two values that do not go together": (
        LAST,
        "        tmp *= np.where((self.beta1 < 0.5) & (self.beta2 < 0.5), np.nan, 1.0)\n" + LAST,
        r"beta1 = 0\.[0-4].*, beta2 = 0\.[0-4].*, which its fields allow: two steps over a bowl are not finite",
    ),
    "a view that moves": (
        "    def step(",
        "    def view(self, params: Array, state: State, out: Array) -> None:\n"
        "        params *= 0.9\n        np.copyto(out, params)\n\n    def step(",
        "view changes params; it may only write into out",
    ),
    "a view that says nothing": (
        "    def step(",
        "    def view(self, params: Array, state: State, out: Array) -> None:\n        out = params\n\n    def step(",
        "view leaves out as it is",
    ),
    "no source": (
        "    Source: Kingma & Ba, arXiv:1412.6980, Algorithm 1.\n",
        "    From a paper.\n",
        "begins with Source:",
    ),
    "an import of the inside": (
        "import numpy as np\n",
        "import numpy as np\nimport optlab.engine.loop\n",
        "imports optlab.engine.loop",
    ),
    "a name that is taken": ('name = "my_adam"', 'name = "adam"', "is taken by another plugin"),
    "an error in the step": (FIRST, FIRST + "        raise KeyError('no')\n", "KeyError"),
}
BOWL = '''"""A bowl."""

import numpy as np

from optlab.api import Array, Landscape, hookimpl, real


class MyBowl(Landscape):
    """f(x, y) = (x − 1)² + a y²

    Source: everyone.
    """

    name, domain, at = "my_bowl", ((-2.0, 2.0), (-2.0, 2.0)), (-1.0, 1.0)
    a: float = real(3.0, 0.1, 10.0, doc="steepness")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((1.0, 0.0),)

    def evaluate(self, x: Array, loss: Array, grad: Array) -> None:
        u, v = x.T
        loss[:] = (u - 1) ** 2 + self.a * v * v
        grad[:, 0] = 2 * (u - 1)
        grad[:, 1] = 2 * self.a * v


@hookimpl
def register_problems() -> list[type]:
    return [MyBowl]
'''
PROBLEM_FAULTS = {
    "a forgotten factor": ("2 * self.a * v\n", "self.a * v\n", "along coordinate 1 .* 0.5 times that"),
    "a slope with the wrong sign": ("= 2 * (u - 1)", "= -2 * (u - 1)", "-1 times that"),
    "a minimum elsewhere": ("((1.0, 0.0),)", "((0.5, 0.0),)", "the gradient is .*, not 0"),
    "a loss that is returned": ("        loss[:] = ", "        loss = ", "loss is not written"),
    "a slope that is left out": ("        grad[:, 1] = 2 * self.a * v\n", "", "grads are not all written"),
    "params that are moved": (
        "        u, v = x.T\n",
        "        x *= 0.9\n        u, v = x.T\n",
        "evaluate moves params",
    ),
    "runs that mix": ("loss[:] = (u - 1) ** 2", "loss[:] = (u - u.mean()) ** 2", "another loss or gradient than alone"),
    "a constant of too few digits": (
        "        grad[:, 1] = 2 * self.a * v\n",
        "        grad[:, 1] = 2.000001 * self.a * v\n",
        "5e-07 of it off; a constant of too few digits",
    ),
    "params that bind moves": (
        "    def evaluate(",
        "    def bind(self, params, grads, loss, data, memory):\n        params *= 0.9\n"
        "        return super().bind(params, grads, loss, data, memory)\n\n    def evaluate(",
        "bind moves params",
    ),
    "a value that breaks it": (
        "        loss[:] = (u - 1) ** 2",
        "        loss[:] = 0 / (self.a - 0.1) + (u - 1) ** 2",
        "with a = 0.1, which its fields allow: ZeroDivisionError",
    ),
    "a loss that dances": (
        "+ self.a * v * v",
        "+ self.a * v * v + np.random.rand()",
        "the same seed gives another loss",
    ),
}
DECAY = '''"""A decay."""

import numpy as np

from optlab.api import Schedule, hookimpl, real


class MyDecay(Schedule):
    """factor = rate^(t / 100)

    Source: everyone.
    """

    name = "my_decay"
    rate: float = real(0.5, 0.01, 1.0, doc="factor per hundred steps")

    def factor(self, t, steps):
        return self.rate ** (np.asarray(t) / 100)


@hookimpl
def register_schedules() -> list[type]:
    return [MyDecay]
'''
RULE = "self.rate ** (np.asarray(t) / 100)"
SCHEDULE_FAULTS = {
    "a factor below zero": (RULE, "1 - np.asarray(t) / 100", "expected a number of at least 0"),
    "a factor of one step alone": (
        RULE,
        "self.rate ** (float(t) / 100)",
        "only 0-dimensional arrays|only length-1 arrays",
    ),
    "a factor that is a rate": (RULE, "0.001 * " + RULE, "is this a learning rate itself"),
    "a division by the steps before the end": (
        RULE,
        RULE + " / np.sqrt(steps - 1.0)",
        "is not finite in a run of 1 steps",
    ),
    "a factor of no rate": (
        "real(0.5, 0.01, 1.0,",
        "real(0.5, -1.0, 1.0,",
        "rate = -1, which its fields allow: the factors of lr are not all finite",
    ),
    "a factor that remembers": (
        "        return ",
        "        MyDecay.n = getattr(MyDecay, 'n', 0) + 1\n        return (1 + 1e-3 * MyDecay.n) * ",
        "a second call gives other factors",
    ),
}
PATIENT = '''"""Halve the rate where the loss rests."""

import numpy as np

from optlab.api import ReactiveSchedule, State, hookimpl, integer


class MyPatience(ReactiveSchedule):
    """factor ← factor / 2 after a number of steps without a new best.

    Source: everyone.
    """

    name = "my_patience"
    slots = ("best", "waited")
    patience: int = integer(10, 1, 100, doc="steps without a new best")

    def init(self, state: State) -> None:
        state.best[:] = np.inf

    def update(self, metric: np.ndarray, t: int, state: State) -> None:
        better = metric < state.best
        state.best[better] = metric[better]
        state.waited[:] = np.where(better, 0, state.waited + 1)
        rests = state.waited > self.patience
        state.factor[rests] *= 0.5
        state.waited[rests] = 0


@hookimpl
def register_schedules() -> list[type]:
    return [MyPatience]
'''
PATIENCE_FAULTS = {
    "a best that is kept elsewhere": (
        "        better = metric < state.best\n",
        "        MyPatience.n = getattr(MyPatience, 'n', 0) + 1\n"
        "        state.factor *= 1 - 1e-6 * (MyPatience.n % 7)\n        better = metric < state.best\n",
        "have other factors than each alone",
    ),
    "a counter beside the slots": (
        "        better = metric < state.best\n",
        "        state.box = [*getattr(state, 'box', []), 1]\n"
        "        state.factor *= 1 - 1e-6 * len(state.box)\n        better = metric < state.best\n",
        "after a copy of its slots it goes on otherwise",
    ),
    "a factor without a number": (
        "state.factor[rests] *= 0.5",
        "state.factor[rests] *= np.nan",
        "expected four numbers of at least 0",
    ),
    "a metric that is written": (
        "        better = ",
        "        metric *= 0.5\n        better = ",
        "update writes into the metric",
    ),
    "runs that share a best": ("metric < state.best\n", "metric < state.best.min()\n", "other factors than each alone"),
}
FAULTS = [
    pytest.param(base, old, new, words, id=name)
    for base, faults in (
        (ADAM, OPTIMIZER_FAULTS),
        (BOWL, PROBLEM_FAULTS),
        (DECAY, SCHEDULE_FAULTS),
        (PATIENT, PATIENCE_FAULTS),
    )
    for name, (old, new, words) in faults.items()
]
NAMES = {ADAM: "my_adam", BOWL: "my_bowl", DECAY: "my_decay", PATIENT: "my_patience"}


def written(folder: Path, base: str, source: str) -> Path:
    path = folder / f"{NAMES[base]}.py"
    path.write_text(source, "utf-8")
    return path


@pytest.mark.parametrize("source", NAMES, ids=NAMES.values())
def test_a_sound_plugin_passes_without_a_word(tmp_path, source):
    report = check_path(written(tmp_path, source, source))
    assert report.passed and report.components
    assert [f.text for _, f in report.findings if f.level != "note"] == []
    assert_conforms(tmp_path / f"{NAMES[source]}.py")


@pytest.mark.parametrize(("base", "old", "new", "words"), FAULTS)
def test_a_seeded_fault_is_found_with_words_that_help(tmp_path, base, old, new, words):
    assert old in base
    path = written(tmp_path, base, base.replace(old, new))
    report = check_path(path)
    texts = [f.text for _, f in report.findings if f.level != "note"]
    assert any(re.search(words, text) for text in texts), texts


def test_old_names_are_advised_against(tmp_path, monkeypatch):
    monkeypatch.setitem(api.RENAMED, "decimal", "real")
    old = ADAM.replace("norm, real", "decimal, norm").replace("= real(", "= decimal(")
    path = written(tmp_path, ADAM, old)
    source = Source(path.stem, "--plugin", path)
    verdicts.keep(source, pin(source), Verdict())  # the process of the probe would not know the old name
    report = check_path(path)
    assert report.passed
    assert [f.text for _, f in report.findings if f.level == "advice"] == [
        "optlab.api.decimal goes with the next version; write real"
    ]


def test_files_that_take_each_others_names_are_told(tmp_path):
    (tmp_path / "first.py").write_text(DECAY, "utf-8")
    reports = check_paths([tmp_path / "first.py", written(tmp_path, DECAY, DECAY)])
    assert [report.passed for report in reports] == [True, False]
    assert [f.text for _, f in reports[1].wrong] == ["first.py has one of this name too: give one of them another"]


def test_hypothesis_finds_the_value_that_breaks_it(tmp_path, monkeypatch):
    """A narrow one, which the values of the kit miss."""
    monkeypatch.setattr(values, "AT_ONCE", 0)
    narrow = "        loss[:] = (u - 1) ** 2", "        loss[:] = (0.7 < self.a < 1.3 and np.nan) + (u - 1) ** 2"
    path = written(tmp_path, BOWL, BOWL.replace(*narrow))
    assert check_path(path).passed
    with pytest.raises(AssertionError, match=r"with a = 1, which its fields allow"):
        assert_conforms(path)


def test_a_file_that_does_not_load_is_one_finding(tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("def register_optimizers(:\n", "utf-8")
    report = check_path(path)
    assert not report.passed and [f.claim for _, f in report.findings] == ["loads"]
    with pytest.raises(AssertionError, match=r"broken\.py"):
        assert_conforms(path)


def test_the_shipped_plugins_pass_their_own_kit():
    host = load_plugins(shipped_only=True)
    wrong = []
    for record in host.records:
        for added in record.adds:
            kind, _, name = added.partition(" ")
            if kind in ("optimizer", "schedule", "problem"):
                found = check_component(host, kind, name, Path(record.path))
                wrong += [(added, f.text) for f in found if f.level == "wrong"]
    assert wrong == []
