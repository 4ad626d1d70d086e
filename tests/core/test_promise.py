"""The API keeps its promise: names stay, old ones say what to write instead, and a plugin may state its version."""

import types

import pytest

from optlab.host import load_plugins
from optlab.promise import VERSION, check_version, renamed
from tests.public_names import FILE, public_names

PLUGIN = """
from optlab.api import Optimizer, hookimpl, real
{stated}
class Mine(Optimizer):
    name = "stating"
    lr: float = real(0.1)
    def step(self, params, grads, state):
        params -= state.lr * grads
@hookimpl
def register_optimizers():
    return [Mine]
"""


def test_the_public_names_are_those_that_were_promised():
    kept = FILE.read_text("utf-8")
    gone = set(kept.splitlines()) - set(public_names().splitlines())
    assert not gone, "plugins use these: keep them, or their old names in RENAMED, until the next version"
    assert public_names() == kept, "a new name is a promise: python -m tests.public_names writes it down"


@pytest.fixture
def module():
    """A module whose name `plain` became `smooth`."""
    made = types.ModuleType("mine.api")
    made.smooth = object()
    made.__getattr__ = renamed("mine.api", {"plain": "smooth"}, vars(made))
    return made


def test_an_old_name_works_and_says_the_new_one(module):
    with pytest.warns(DeprecationWarning, match=r"mine\.api\.plain goes with the next version; write smooth"):
        assert module.plain is module.smooth


def test_a_name_that_never_was_is_an_error(module):
    with pytest.raises(AttributeError, match=r"module .mine\.api. has no attribute .other."):
        module.other  # noqa: B018


@pytest.mark.parametrize("stated", ["", 'optlab_api = "1"', "optlab_api = '1.4'", 'optlab_api: str = "1"'])
def test_a_plugin_for_this_version_works(tmp_path, stated):
    file = tmp_path / "stating.py"
    file.write_text(PLUGIN.format(stated=stated), "utf-8")
    assert load_plugins([file], shipped_only=True).broken == []


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ('optlab_api = "2"', "written for optlab.api 2, and this OptLab has 1; take the plugin and the OptLab that"),
        ('optlab_api = "new"', "optlab_api: expected a version such as \"1\", got 'new'"),
    ],
)
def test_a_plugin_for_another_version_is_not_run(tmp_path, stated, words):
    file = tmp_path / "stating.py"
    file.write_text(f"raise SystemExit('it ran')\n{PLUGIN.format(stated=stated)}", "utf-8")
    (record,) = load_plugins([file], shipped_only=True).broken
    assert words in record.error


def test_a_package_states_its_version_as_a_value():
    check_version(VERSION)
    for value in (None, 2, "0.9"):
        with pytest.raises(ImportError):
            check_version(value)
