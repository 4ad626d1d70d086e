"""A typed function saved as a plugin is the same function."""

import numpy as np
import pytest

from optlab.fields import FieldError
from optlab.host import load_plugins
from optlab.store.plugin_file import plugin_name, plugin_source


def test_the_saved_plugin_is_the_typed_function(component, tmp_path):
    typed = component("problem", "formula")(f="x1**2 + abs(x2 - 1) + sin(x3)", at=(1.0, 2.0, 3.0), low=-2.0)
    file = tmp_path / "my_bowl.py"
    file.write_text(plugin_source("my_bowl", typed), "utf-8")
    host = load_plugins([file], shipped_only=True)
    assert host.broken == []
    saved = host.catalogue.find("problem", "my_bowl", "test")()
    assert (saved.domain, saved.at, saved.tracks()) == (typed.domain, typed.at, typed.tracks())
    x = np.asfortranarray(np.random.default_rng(0).standard_normal((5, 3)))
    for problem in (typed, saved):
        loss, grad = np.empty(5), np.empty_like(x)
        problem.evaluate(x, loss, grad)
        assert loss.tolist() == (x[:, 0] ** 2 + np.abs(x[:, 1] - 1) + np.sin(x[:, 2])).tolist()


def test_a_name_becomes_a_word():
    assert plugin_name(" My bowl, 2nd! ") == "my_bowl_2nd"
    with pytest.raises(FieldError, match="expected a word such as my_bowl"):
        plugin_name("碗")
