"""What plugins bring beside their code: experiments, which open by name while the plugin is on, and translations."""

import json
import re
import subprocess
import sys

import pytest

import optlab
from optlab import i18n
from optlab.engine.experiment_file import load_experiment
from optlab.fields import FieldError
from optlab.host import brought, load_plugins
from optlab.host.finder import Source
from optlab.kit import check_path
from optlab.paths import bundled, user_folder
from optlab.store.library import experiments, find_experiment, lessons
from tests.contract.runs import run_experiment

PAGE = (bundled("assets") / "help" / "en" / "lesson.md").read_text("utf-8")
(LESSON,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.M | re.S)
PLUGIN = re.search(r'^    """Lessons.*?(?=^\S)', PAGE, re.M | re.S)[0].replace("\n    ", "\n").strip() + "\n"
OPTIMIZER = '''
"""A plugin of the tests."""
from optlab.api import Optimizer, hookimpl, real

class Crawl(Optimizer):
    """Crawl. Source: none."""
    name = "crawl"
    lr: float = real(0.001, 0.0, 1.0)
    def step(self, params, grads, state):
        params -= state.lr * grads

@hookimpl
def register_optimizers():
    return [Crawl]
'''
OWN = 'title = "Crawling"\nsteps = 5\nproblem = { name = "ravine" }\noptimizer = { name = "crawl" }\n'


@pytest.fixture
def course(tmp_path):
    """The folder of a course, as the guide writes it."""
    folder = tmp_path / "my_course"
    (folder / "experiments").mkdir(parents=True)
    (folder / "i18n").mkdir()
    (folder / "my_course.py").write_text(PLUGIN, "utf-8")
    (folder / "experiments" / "larger_steps.toml").write_text(LESSON, "utf-8")
    (folder / "i18n" / "zh_CN.toml").write_text('[text]\n"Is a larger step always faster?" = "步子"\n', "utf-8")
    yield folder
    for owner in list(i18n._folders):
        i18n.bring(owner, None)


def record(host):
    return next(record for record in host.records if record.name == "my_course")


def test_the_lesson_of_the_guide_passes_the_kit_and_says_what_is_so(course):
    report = check_path(course / "my_course.py")
    assert report.components == ["experiment larger_steps"] and report.findings == []
    host = load_plugins([course], shipped_only=True)
    experiment = load_experiment(find_experiment("larger_steps", host), host.catalogue)
    (slow,), (fast,), (wild,) = run_experiment(experiment).values()
    first, second = experiment.lesson.steps
    assert fast.column("loss")[-1] < slow.column("loss")[-1] and first.right == "Yes"
    assert wild.status == "diverged" and second.right == "No"
    assert find_experiment(experiment.lesson.next)


def test_an_experiment_of_a_plugin_is_found_by_name_with_the_plugins_components(course):
    (course / "my_course.py").write_text(OPTIMIZER, "utf-8")
    (course / "experiments" / "crawling.toml").write_text(OWN, "utf-8")
    host = load_plugins([course], shipped_only=True)
    assert record(host).adds == ["optimizer crawl", "experiment crawling", "experiment larger_steps"]
    (result,) = optlab.run(optlab.load("crawling", host=host), host=host)
    assert result.status == "done"
    (shelf,) = (shelf for shelf in lessons(host) if shelf.plugin)
    assert (shelf.name, shelf.plugin, shelf.origin, shelf.questions) == ("larger_steps", "my_course", "plugin", 2)


def test_a_name_that_is_taken_names_the_plugin_too(course):
    (course / "experiments" / "ravine.toml").write_text(LESSON, "utf-8")
    host = load_plugins([course], shipped_only=True)
    assert find_experiment("ravine", host) == bundled("assets") / "experiments" / "ravine.toml"
    assert find_experiment("my_course:ravine", host) == course / "experiments" / "ravine.toml"
    with pytest.raises(FieldError, match="unknown name 'my_course:ravine'"):
        find_experiment("my_course:ravine")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"title = 3", "experiments/broken.toml: title: expected a line"),
        (b"title =", "experiments/broken.toml: not valid TOML"),
        (b"\xff\xfe", "experiments/broken.toml: expected UTF-8 text"),
    ],
)
def test_a_broken_file_is_said_with_its_plugin_and_stops_nothing(course, content, words):
    (course / "experiments" / "broken.toml").write_bytes(content)
    host = load_plugins([course], shipped_only=True)
    assert record(host).state == "on" and host.complaints == []
    assert len(record(host).brought) == 1 and record(host).brought[0].startswith(words)
    assert find_experiment("larger_steps", host).is_file()
    report = check_path(course / "my_course.py")
    assert not report.passed and [added for added, _ in report.wrong] == ["experiment broken"]


def test_nothing_of_a_plugin_that_is_not_allowed_is_listed(course):
    mine = user_folder("plugins") / "my_course"
    mine.parent.mkdir(parents=True, exist_ok=True)
    course.rename(mine)
    host = load_plugins()
    assert record(host).state == "refused" and not [s for s in experiments(host) if s.plugin]
    host.allow(Source("my_course", "yours", mine / "my_course.py"), panels=False)
    assert [s.name for s in experiments(host) if s.plugin] == ["larger_steps"]
    host.switch(record(host), False, panels=False)
    assert (
        not [s for s in experiments(host) if s.plugin] and i18n.spellings("Is a larger step always faster?")[1:] == ()
    )
    host.switch(record(host), True, panels=False)
    assert [s.name for s in experiments(host) if s.plugin] == ["larger_steps"]


def test_an_experiment_may_use_what_another_file_of_the_folder_adds(course):
    (course / "a_rule.py").write_text(OPTIMIZER, "utf-8")
    (course / "experiments" / "crawling.toml").write_text(OWN, "utf-8")
    host = load_plugins([course], shipped_only=True)
    assert [r.brought for r in host.records if r.outside] == [[], []]
    assert len([s for s in experiments(host) if s.plugin]) == 2  # once, though two plugins lie there
    assert check_path(course / "my_course.py").passed


def test_the_catalogue_of_a_plugin_adds_to_what_is_shipped_and_changes_nothing(course):
    (course / "i18n" / "zh_CN.toml").write_text(
        '[text]\n"Run" = "x"\n"Crawl" = "爬"\n[crawl]\n"crawl.lr" = "步"\n', "utf-8"
    )
    host = load_plugins([course], shipped_only=True)
    i18n.set_language("zh_CN")
    assert (i18n.tr("Run"), i18n.tr("Crawl"), i18n.tr_key("crawl.lr", "lr")) == ("运行", "爬", "步")
    host.unload(record(host))
    assert (i18n.tr("Run"), i18n.tr("Crawl")) == ("运行", "Crawl")


@pytest.mark.parametrize("content", [b"[text", b"\xff", b"text = 3", b'[text]\n"Crawl" = 3'])
def test_a_broken_catalogue_translates_nothing(course, content):
    (course / "i18n" / "zh_CN.toml").write_bytes(content)
    host = load_plugins([course], shipped_only=True)
    i18n.set_language("zh_CN")
    assert i18n.tr("Crawl") == "Crawl" and i18n.tr("Run") == "运行"
    assert (record(host).brought == []) == content.startswith((b"text =", b"[text]"))


def test_a_start_that_names_a_plugins_experiment_waits_for_the_plugins(course):
    assert brought.may_bring("larger_steps", [course], shipped_only=True)
    assert brought.may_bring("my_course:larger_steps", [course], shipped_only=True)
    assert not brought.may_bring("zebra", [course], shipped_only=True)


def command(*arguments):
    return subprocess.run([sys.executable, "-m", "optlab", *arguments], capture_output=True, text=True, timeout=120)


def test_the_command_line_lists_and_runs_what_a_plugin_brings(course):
    plugin = ("--plugin", str(course))
    done = command("list", "lessons", "--json", *plugin)
    (entry,) = (entry for entry in json.loads(done.stdout) if entry["plugin"])
    assert (entry["name"], entry["plugin"], done.stderr) == ("larger_steps", "my_course", "")
    assert "my_course" in command("list", "experiments", *plugin).stdout
    assert command("run", "larger_steps", "--steps", "3", *plugin).returncode == 0
    assert command("larger_steps").stderr.startswith("optlab: 'larger_steps' is neither an experiment nor a command")


def test_trust_is_of_the_code_and_not_of_the_data(course):
    mine = user_folder("plugins") / "my_course"
    mine.parent.mkdir(parents=True, exist_ok=True)
    course.rename(mine)
    source = Source("my_course", "yours", mine / "my_course.py")
    load_plugins().allow(source, panels=False)
    (mine / "experiments" / "larger_steps.toml").write_text(LESSON.replace("faster?", "better?"), "utf-8")
    host = load_plugins()
    (shelf,) = (shelf for shelf in experiments(host) if shelf.plugin)
    assert record(host).state == "on" and shelf.title == "Is a larger step always better?"
