"""Experiments read back what was written, refuse with the key and what was expected, and run nothing."""

import math
import os
import subprocess
import sys
import time
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optlab.engine.catalogue import KINDS
from optlab.engine.experiment_file import (
    LARGEST_FILE,
    build_experiment,
    dump_experiment,
    load_experiment,
    parse_experiment,
)
from optlab.engine.gradient import Gradient
from optlab.engine.spec import Experiment, Trial
from optlab.fields import Choice, FieldError, Flag, Integer, Numbers, Part, Real, Text
from optlab.paths import bundled

TEXT = """
title = "a"
steps = 10
[problem]
name = "ravine"
[optimizer]
name = "sgd"
[[trial]]
label = "one"
[[trial]]
label = "two"
optimizer = { lr = 0.5 }
"""


@pytest.fixture
def parse(lab):
    return lambda text, sets=(): parse_experiment(text, lab.catalogue, "a.toml", sets)


def values_of(declaration, catalogue):
    """Values that a field takes, the extreme ones among them."""
    if isinstance(declaration, Real):
        return st.floats(max(declaration.lo, -1e300), min(declaration.hi, 1e300))
    if isinstance(declaration, Integer):
        return st.integers(declaration.lo, min(declaration.hi, declaration.lo + 150))
    if isinstance(declaration, Flag):
        return st.booleans()
    if isinstance(declaration, Choice):
        return st.sampled_from(declaration.options)
    if isinstance(declaration, Numbers):
        length = declaration.length
        return st.lists(st.floats(-1e9, 1e9), min_size=length or 0, max_size=length or 4).map(tuple)
    if isinstance(declaration, Text):
        return st.just(declaration.default)  # not every text is a formula
    assert isinstance(declaration, Part)
    return st.sampled_from(["sgd", "adam"]).flatmap(lambda name: components(catalogue, "optimizer", name))


def components(catalogue, kind, name):
    cls = catalogue.find(kind, name, "")
    fields = {key: values_of(declaration, catalogue) for key, declaration in cls.fields().items()}
    table = st.fixed_dictionaries({}, optional=fields)

    def build(values):
        try:
            return catalogue.build(kind, {"name": name, **values}, kind)
        except FieldError:  # two fields that do not go together, such as a batch larger than the data
            return catalogue.build(kind, {"name": name}, kind)

    return table.map(build)


def any_component(catalogue, kind):
    if kind == "gradient":
        return components(catalogue, kind, "gradient")
    return st.sampled_from(catalogue.names(kind)).flatmap(lambda name: components(catalogue, kind, name))


LINES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Zl", "Zp")), max_size=30)


def experiments(catalogue):
    parts = {kind: any_component(catalogue, kind) for kind in KINDS}
    trials = st.lists(
        st.builds(Trial, label=LINES.filter(bool), **parts), min_size=1, max_size=3, unique_by=lambda t: t.label
    )
    return st.builds(
        Experiment,
        title=LINES,
        about=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=100),
        base=st.builds(Trial, label=st.just(""), **parts),
        trials=trials.map(tuple),
        steps=st.integers(0, 10**9),
        seeds=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=4, unique=True).map(tuple),
        dtype=st.sampled_from(["float64", "float32"]),
        play=st.floats(0.1, 86_400) | st.just(math.inf),
        panels=st.lists(LINES, max_size=3).map(tuple),
        record=st.integers(1, 10**6),
        bound=st.floats(1e-300, 1e299),
    )


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_is_written_reads_back(lab, data):
    experiment = data.draw(experiments(lab.catalogue))
    assert parse_experiment(dump_experiment(experiment, lab.catalogue), lab.catalogue) == experiment


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=200) | st.text("[]{}=.\"'\n#a1 -,", max_size=200))
def test_any_text_is_an_experiment_or_a_sentence(lab, text):
    with pytest.raises(FieldError) as caught:
        parse_experiment(text, lab.catalogue, "a.toml")
    assert str(caught.value).startswith("a.toml: ")
    assert len(str(caught.value)) < 700


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = ["title", "steps", "seeds", "dtype", "play", "panels", "record", "bound", "about", "trial", *KINDS]
INNER = {"problem": "at", "optimizer": "lr", "schedule": "every", "gradient": "noise"}


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(KEYS), JUNK, st.booleans(), st.booleans())
def test_a_wrong_type_anywhere_is_refused_with_its_key(lab, key, junk, inner, override):
    table = {"problem": {"name": "ravine"}, "optimizer": {"name": "sgd"}, "schedule": {"name": "step"}}
    if key in INNER and inner:
        table[key] = {**table.get(key, {}), INNER[key]: junk}
    elif key in KINDS and override:
        table["trial"] = [{"label": "a", key: junk}]
    else:
        table[key] = junk
    try:
        build_experiment(table, lab.catalogue)
    except FieldError as error:
        assert key in str(error)


REFUSED = {
    "steps = -1": "steps: expected a whole number 0 to 1000000000, got -1",
    "steps = true": "steps: expected a whole number 0 to 1000000000, got True",
    "steps = 1.5": "steps: expected a whole number 0 to 1000000000, got 1.5",
    "seeds = []": "seeds: expected a list of 1 to 1000 different whole numbers such as [0, 1, 2], got []",
    "seeds = [1, 1]": "seeds: expected a list of 1 to 1000 different whole numbers such as [0, 1, 2], got [1, 1]",
    "seeds = 3": "seeds: expected a list of 1 to 1000 different whole numbers such as [0, 1, 2], got 3",
    'dtype = "float16"': 'dtype: expected "float64" or "float32", got \'float16\'',
    'play = "fast"': 'play: expected "20 s" (0.1 to 86400) or "flat out", got \'fast\'',
    'play = "1e9 s"': 'play: expected "20 s" (0.1 to 86400) or "flat out", got \'1e9 s\'',
    'panels = "training"': 'panels: expected a list of names such as ["training", "landscape"], got \'training\'',
    "bound = inf": "bound: expected a number above 0, got inf",
    "bound = nan": "bound: expected a number above 0, got nan",
    "record = 0": "record: expected a whole number 1 to 1000000, got 0",
    "title = 3": "title: expected a line of at most 200 signs, got 3",
    "stepz = 3": "stepz: unknown key; did you mean 'steps'?",
    "optimiser = 3": "optimiser: unknown key; did you mean 'optimizer'?",
}


@pytest.mark.parametrize("line", REFUSED)
def test_a_wrong_top_key_is_refused_in_these_words(parse, line):
    kept = [kept for kept in TEXT.splitlines() if kept.split("=")[0] != line.split("=")[0]]
    with pytest.raises(FieldError) as caught:
        parse(f"{line}\n" + "\n".join(kept))
    assert str(caught.value) == f"a.toml: {REFUSED[line]}"


WRONG_FIELDS = {
    ('name = "sgd"', 'name = "sdg"'): "optimizer.name: unknown optimizer 'sdg'; did you mean 'sgd'?",
    ('name = "sgd"', "name = 3"): "optimizer.name: unknown optimizer 3; known: ",
    ('name = "ravine"', ""): "problem.name: expected the name of a component, got nothing",
    ("lr = 0.5", "lr = 50.0"): "trial.two.optimizer.lr: expected 1e-06 to 10, got 50",
    ("lr = 0.5", "lr = nan"): "trial.two.optimizer.lr: expected 1e-06 to 10, got nan",
    ("lr = 0.5", "lr = true"): "trial.two.optimizer.lr: expected 1e-06 to 10, got True",
    ("lr = 0.5", f"lr = {'9' * 400}"): "trial.two.optimizer.lr: expected 1e-06 to 10, got 9999",
    ("lr = 0.5", 'lr = "0.1"'): "trial.two.optimizer.lr: expected 1e-06 to 10, got '0.1'",
    ("lr = 0.5", "lrs = 1.0"): "trial.two.optimizer.lrs: unknown key; did you mean 'lr'?",
    ("{ lr = 0.5 }", "3"): "trial.two.optimizer: expected a table such as { name = … }, got 3",
    ("{ lr = 0.5 }", '{ name = "case_lookahead", inner = 3 }'): "trial.two.optimizer.inner: expected a table such as",
    ("{ lr = 0.5 }", '{ name = "case_lookahead", inner = "sdg" }'): "trial.two.optimizer.inner.name: unknown optimizer",
    ('label = "two"', 'label = "one"'): "trial.label: expected a name of its own for each trial, of at most 80 signs, "
    "got 'one'",
    (
        'label = "two"',
        "label = 2",
    ): "trial.label: expected a name of its own for each trial, of at most 80 signs, got 2",
    ('label = "two"', 'label = "a\\nb"'): "trial.label: expected a name of its own",
    ('label = "two"', 'label = "a\\u202eb"'): "trial.label: expected a name of its own",
    ('label = "two"', 'labl = "two"'): "trial.trial 2.labl: unknown key; did you mean 'label'?",
    ("[problem]", "[problems]"): "problems: unknown key; did you mean 'problem'?",
    ("[[trial]]", "[trial]"): "not valid TOML: ",
}


@pytest.mark.parametrize("change", WRONG_FIELDS, ids=lambda c: c[1][:30])
def test_a_wrong_field_is_refused_in_these_words(parse, change):
    with pytest.raises(FieldError) as caught:
        parse(TEXT.replace(*change))
    assert str(caught.value).startswith(f"a.toml: {WRONG_FIELDS[change]}")


def test_a_missing_component_is_named(parse):
    with pytest.raises(FieldError, match=r"^a.toml: optimizer: expected a table \[optimizer\] with a name, got none$"):
        parse('[problem]\nname = "ravine"')


def test_fields_that_do_not_go_together_are_refused(parse):
    text = TEXT.replace('"ravine"', '"spirals"\nbatch = 5000')
    with pytest.raises(FieldError, match=r"problem.batch: expected at most the 512 points"):
        parse(text)


BOMBS = {
    "dotted key": "a" + ".a" * 20_000 + " = 1",
    "dotted header": "[a" + ".a" * 20_000 + "]",
    "dotted inline key": "x = { a" + ".a" * 20_000 + " = 1 }",
    "dotted after a long quote": 'x = [""""a"""", { a' + ".a" * 20_000 + " = 1 }]",
    "dotted after a raw quote": "x = ['''a\\''', { a" + ".a" * 20_000 + " = 1 }]",
    "deep list": "x = " + "[" * 20_000 + "]" * 20_000,
    "deep table": "x = " + "{ a = " * 5_000 + "1" + "}" * 5_000,
    "unclosed quotes": 'x = "' + '"""\\' * 60_000,
    "long number": "x = " + "9" * 100_000,
    "hexadecimal number": "steps = 0x" + "f" * 100_000,
    "many seeds": "seeds = [" + "0, " * 80_000 + "]",
    "large": "#" * (LARGEST_FILE + 1),
    "lone surrogate": "title = '\ud800'",
    "NUL": "title = '\0'",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_at_once(parse, bomb):
    started = time.process_time()
    with pytest.raises(FieldError) as caught:
        parse(BOMBS[bomb])
    assert ("nested at most 16 deep" in str(caught.value)) == bomb.startswith(("dotted", "deep"))
    assert time.process_time() - started < 1.0
    assert len(str(caught.value)) < 700


def test_a_file_in_another_encoding_or_no_file_is_refused_with_its_name(lab, tmp_path):
    file = tmp_path / "b.toml"
    file.write_text(TEXT, "utf-16")
    with pytest.raises(FieldError, match=r"^b.toml: expected UTF-8 text; save the file as UTF-8$"):
        load_experiment(file, lab.catalogue)
    others = [tmp_path]
    if hasattr(os, "mkfifo"):  # Windows has none
        os.mkfifo(tmp_path / "pipe")
        others.append(tmp_path / "pipe")
    for other in others:
        with pytest.raises(FieldError, match=f"^{other.name}: expected a file, got something else$"):
            load_experiment(other, lab.catalogue)
    with pytest.raises(FileNotFoundError):
        load_experiment(tmp_path / "none.toml", lab.catalogue)


def test_a_byte_order_mark_is_no_fault(lab, tmp_path):
    file = tmp_path / "b.toml"
    file.write_text(TEXT, "utf-8-sig")
    assert len(load_experiment(file, lab.catalogue).trials) == 2


def test_a_file_is_read_no_further_than_its_cap(lab, tmp_path):
    file = tmp_path / "sparse.toml"
    with file.open("wb") as sparse:
        sparse.truncate(2**28)
    tracemalloc.start()
    with pytest.raises(FieldError, match=r"sparse.toml: expected an experiment of at most 256 KiB, got a larger file"):
        load_experiment(file, lab.catalogue)
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert held < 8 * LARGEST_FILE


SETS = {
    "optimizer.lr=0.25": lambda e: e.base.optimizer.lr == 0.25 and e.trials[1].optimizer.lr == 0.5,
    "trial.two.optimizer.lr=0.25": lambda e: e.trials[1].optimizer.lr == 0.25,
    "steps=7": lambda e: e.steps == 7,
    "title=plain words": lambda e: e.title == "plain words",
    "optimizer.name=adam": lambda e: e.base.optimizer.name == "adam",
    "gradient.clip_norm=1": lambda e: e.trials[1].gradient == Gradient(clip_norm=1.0),
    "seeds=[1, 2]": lambda e: e.seeds == (1, 2),
}


@pytest.mark.parametrize("assignment", SETS)
def test_keys_can_be_set_from_outside(parse, assignment):
    assert SETS[assignment](parse(TEXT, [assignment]))


def test_a_label_with_dots_can_be_set(parse):
    e = parse(TEXT.replace('"two"', '"lr 0.5 v1.2"'), ["trial.lr 0.5 v1.2.optimizer.lr=0.125"])
    assert e.trials[1].optimizer.lr == 0.125


NO_SETS = {
    "steps": "--set: expected KEY=VALUE, got 'steps'",
    "=3": "--set: expected KEY=VALUE, got '=3'",
    "trial.tow.optimizer.lr=1": "--set trial.tow.optimizer.lr: no trial of that name; did you mean 'two'?",
    "steps.x=1": "--set steps.x: expected a table before the last dot",
    "optimizer.lr=\n[x]": "optimizer.lr: expected 1e-06 to 10, got '[x]'",
    "optimizer.lr=": "optimizer.lr: expected 1e-06 to 10, got ''",
    "optimizer..lr=1": "optimizer.: unknown key",
}


@pytest.mark.parametrize("assignment", NO_SETS)
def test_a_wrong_setting_is_refused_in_these_words(parse, assignment):
    with pytest.raises(FieldError) as caught:
        parse(TEXT, [assignment])
    assert str(caught.value).startswith(f"a.toml: {NO_SETS[assignment]}")


AUDIT = """
import sys
from pathlib import Path
from optlab.engine.experiment_file import load_experiment
from optlab.fields import FieldError
from optlab.host import load_plugins

catalogue = load_plugins(shipped_only=True).catalogue
files = [Path(name) for name in sys.argv[1:]]
load_experiment(files[0], catalogue)  # what the first reading imports
heard, banned = [], ("pickle.find_class", "exec", "compile", "import", "marshal.loads", "os.system", "subprocess.Popen",
                     "ctypes.dlopen", "socket.connect", "code.__new__", "os.exec", "os.posix_spawn")
def hear(event, args):
    if event in banned and not (event == "compile" and args[1] == "<unknown>"):  # a typed function is parsed, not run
        heard.append(event)
sys.addaudithook(hear)
for file in files:
    try:
        load_experiment(file, catalogue)
    except FieldError:
        pass
print(heard)
"""


def test_opening_an_experiment_runs_nothing(tmp_path):
    evil = tmp_path / "evil.toml"
    evil.write_text(
        TEXT + "schedule = { name = \"__import__('os').system('true')\" }\n"
        'problem = { name = "!!python/object/apply:os.system [true]" }\n'
    )
    files = [*sorted((bundled("assets") / "experiments").glob("*.toml")), evil]
    environment = {**os.environ, "PYTHONPATH": str(bundled("plugins").parent)}
    command = [sys.executable, "-c", AUDIT, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_every_truncation_is_an_experiment_or_a_sentence(lab):
    text = dump_experiment(parse_experiment(TEXT, lab.catalogue), lab.catalogue)
    for length in range(len(text)):
        try:
            parse_experiment(text[:length], lab.catalogue, "a.toml")
        except FieldError as error:
            assert str(error).startswith("a.toml: ")


def test_a_changed_base_takes_the_trials_along_but_for_their_own_fields(parse):
    e = parse(TEXT)
    momentum = e.base.optimizer.replace(lr=0.125)
    followed = e.with_base("optimizer", momentum)
    assert [t.optimizer.lr for t in followed.trials] == [0.125, 0.5]
    assert e.base.optimizer.lr == 0.01


def test_another_kind_of_base_takes_the_trials_along(parse, component):
    e = parse(TEXT)
    followed = e.with_base("optimizer", component("optimizer", "adam")())
    assert [t.optimizer.name for t in followed.trials] == ["adam", "adam"]


def test_one_trial_can_be_replaced(parse):
    e = parse(TEXT)
    changed = e.with_trial(1, e.trials[0])
    assert (changed.trials[1], e.trials[1].label) == (e.trials[0], "two")
