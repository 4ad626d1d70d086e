"""With the extra `torch`, classes of torch.optim run as optimizers, and ports are compared with their originals."""

import importlib.util
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from optlab.cli import main
from optlab.engine.experiment_file import build_experiment
from optlab.fields import FieldError
from optlab.host import load_plugins
from optlab.host.finder import SHIPPED, Source
from optlab.kit import check_path
from optlab.kit.ride import START, Ride
from optlab.lab import run
from optlab.paths import bundled

TORCH = bundled("plugins") / "_torch" / "torch_optimizer.py"
spec = importlib.util.spec_from_file_location("torch_standin", Path(__file__).with_name("torch_standin.py"))
standin = importlib.util.module_from_spec(spec)
spec.loader.exec_module(standin)


@pytest.fixture(autouse=True)
def torch(monkeypatch):
    """PyTorch as far as OptLab uses it, whether it is installed or not."""
    for name, module in standin.modules().items():
        monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture
def host():
    made = load_plugins(shipped_only=True)
    made.load(Source("torch_optimizer", SHIPPED, TORCH), panels=False)  # as where PyTorch is installed
    return made


def made(host, **values):
    return host.catalogue.build("optimizer", {"name": "torch_optimizer", "lr": 0.05, **values}, "optimizer")


def test_it_is_offered_where_pytorch_is_installed_and_in_no_safe_mode(monkeypatch):
    assert "torch_optimizer" in load_plugins().catalogue.names("optimizer")
    assert "torch_optimizer" not in load_plugins(shipped_only=True).catalogue.names("optimizer")
    monkeypatch.setattr("optlab.host.finder.find_spec", lambda name: None)
    assert "torch_optimizer" not in load_plugins().catalogue.names("optimizer")


def test_it_keeps_the_contract():
    report = check_path(TORCH)
    assert not [f.text for _, f in report.findings if f.level == "wrong"]


@pytest.mark.parametrize(
    ("method", "settings", "ours"),
    [
        ("SGD", "", {"name": "sgd"}),
        ("SGD", "momentum=0.9, nesterov=True", {"name": "momentum", "nesterov": True}),
        ("Adam", "betas=(0.8, 0.99)", {"name": "adam", "beta1": 0.8, "beta2": 0.99}),
    ],
)
def test_a_class_of_torch_runs_as_ours_does(host, method, settings, ours):
    net = {"name": "spirals", "hidden": 2, "width": 4}
    theirs = {"name": "torch_optimizer", "method": method, "settings": settings, "lr": 0.05}
    trials = [{"label": "theirs", "optimizer": theirs}, {"label": "ours", "optimizer": {"lr": 0.05, **ours}}]
    table = {"problem": net, "optimizer": {"name": "sgd"}, "schedule": {"name": "cosine"}, "steps": 40, "trial": trials}
    results = run(build_experiment(table, host.catalogue), host=host)
    assert results["theirs"].status == "done", results["theirs"].message
    np.testing.assert_allclose(results["theirs"].loss, results["ours"].loss, rtol=1e-9)


@pytest.mark.parametrize(("method", "settings"), [("Adam", ""), ("SGD", "momentum=0.5")])
def test_what_it_remembers_stands_in_slots(host, method, settings):
    ride = Ride(made(host, method=method, settings=settings), START).go(7)
    np.testing.assert_array_equal(ride.copied().go(5).params, ride.go(5).params)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"method": "Adam2"}, "expected a class of torch.optim such as RAdam, got 'Adam2'"),
        ({"method": "LBFGS"}, "expected a class of torch.optim such as RAdam, got 'LBFGS'"),
        ({"method": "SGD", "settings": "nesterov=True"}, "SGD refuses them: Nesterov momentum requires a momentum"),
        ({"method": "SGD", "settings": "__import__('os')"}, "SGD"),
        ({"method": "SGD", "settings": "momentum=open('x')"}, "SGD refuses them: malformed node"),
        ({"method": "SGD", "settings": "momentum="}, "SGD refuses them: invalid syntax"),
    ],
)
def test_what_cannot_be_made_is_a_sentence(host, values, words):
    experiment = {"problem": {"name": "sphere"}, "optimizer": {"name": "torch_optimizer", **values}, "steps": 3}
    (result,) = run(build_experiment({**experiment, "trial": [{"label": "a"}]}, host.catalogue), host=host)
    if "__import__" not in values.get("settings", ""):
        assert result.status == "failed" and words in result.message
    else:  # no argument by name: nothing is taken from it, and nothing is run
        assert result.status == "done"


PORT = Path(bundled("plugins")) / "optimizers" / "adam.py"


def port(folder, old="", new=""):
    path = folder / "my_adam.py"
    source = PORT.read_text("utf-8").replace('name, title = "adam"', 'name, title = "my_adam"')
    assert old in source
    path.write_text(source.replace(old, new), "utf-8")
    return path


def test_a_faithful_port_equals_its_original(tmp_path):
    report = check_path(port(tmp_path), "torch:torch.optim.Adam")
    assert report.passed, report.wrong
    (text,) = (f.text for _, f in report.findings if f.claim == "original")
    assert "equals torch.optim.Adam to" in text and "not compared: eps_root, eps_hat" in text


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("(1 - self.beta1**t), tmp)", "1.0, tmp)", "at step 1 of a bowl, coordinate"),  # no correction of m
        ("np.sqrt(v, tmp)", "np.copyto(tmp, v)", "at step 1 of a bowl"),
        ("else self.eps * root, tmp)", "else self.eps, tmp)", r"eps=1e-08\) at step"),  # ε̂ in the place of ε
        ("self.beta2**t", "0.999**t", r"betas=\(0.81, 0.8991\), lr=0.0009, eps=9e-09\) at"),  # a field that is ignored
    ],
)
def test_a_port_says_where_it_parts(tmp_path, old, new, words):
    report = check_path(port(tmp_path, old, new), "torch:torch.optim.Adam")
    texts = [f.text for _, f in report.wrong if f.claim == "equals its original"]
    assert len(texts) == 1 and "parts from torch.optim.Adam(" in texts[0]
    assert re.search(words, texts[0]), texts


def test_fields_of_other_names_are_mapped(tmp_path, capsys):
    path = port(tmp_path)
    path.write_text(path.read_text("utf-8").replace("beta1", "first").replace("eps:", "eps:"), "utf-8")
    original = ["--against", "torch:torch.optim.Adam", "--json"]
    assert main(["plugins", "check", str(path), *original, "--map", "first=betas.0"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert [f for f in found["findings"] if f["claim"] == "original"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--against", "jax:optax.adam"], "--against: expected torch:torch.optim.Adam, got jax:optax.adam"),
        (["--against", "torch:torch.optim.Adem"], "torch.optim has no Adem; did you mean 'Adam'?"),
        (["--against", "torch:no_such_module.Adam"], "pip install 'optlab[torch]' brings PyTorch"),
        (["--against", "torch:torch.optim.Adam", "--map", "bta1=eps"], "--map bta1: unknown; did you mean 'beta1'?"),
        (["--against", "torch:torch.optim.Adam", "--map", "beta"], "--map: expected OURS=THEIRS, got 'beta'"),
    ],
)
def test_what_cannot_be_compared_is_a_sentence(tmp_path, capsys, options, words):
    assert main(["plugins", "check", str(port(tmp_path)), *options]) == 2
    assert words in capsys.readouterr().err


def test_an_original_that_takes_no_step_is_no_agreement(tmp_path):
    report = check_path(port(tmp_path), "torch:torch.optim.Refusing")
    assert "torch.optim.Refusing takes no step: only 2D parameters" in report.wrong[-1][1].text


def test_fields_refuse_what_is_no_text(host):
    with pytest.raises(FieldError, match="method: expected a text"):
        made(host, method=3)
