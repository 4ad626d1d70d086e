"""Every text has its Chinese: literals in the code, texts of all components, titles and notes of experiments."""

import ast
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from optlab import i18n
from optlab.component import Component
from optlab.engine.catalogue import FIXED
from optlab.engine.experiment_file import load_experiment
from optlab.engine.spec import Experiment
from optlab.fields import Choice, FieldError, Part, Real
from optlab.gui.run_settings import RunSettings
from optlab.gui.words import readable
from optlab.host import load_plugins
from optlab.i18n import tr, tr_key
from optlab.landscape import Landscape
from optlab.nets import LOSSES
from optlab.paths import bundled
from optlab.problem import Problem
from optlab.store.library import experiments

ROOT = Path(i18n.__file__).parent
SOURCES = sorted([*ROOT.rglob("*.py"), *bundled("plugins").rglob("*.py")])
TABLES = tomllib.loads((bundled("assets") / "i18n" / "zh_CN.toml").read_text("utf-8"))
TEXTS = TABLES["text"]
KEYS = {key: text for name, table in TABLES.items() if name != "text" for key, text in table.items()}
CHINESE = re.compile("[\u4e00-\u9fff]")
WORD = re.compile("[A-Za-z]{2,}")
HOST = load_plugins([bundled("plugins") / "_torch"], panels=True, shipped_only=True)


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name and node.args:
            yield node


def literals() -> dict[str, str]:
    """Every literal first argument of `tr`, with the file that it stands in."""
    found = {}
    for path in SOURCES:
        for call in calls(ast.parse(path.read_text("utf-8")), "tr"):
            if isinstance(call.args[0], ast.Constant):
                found[call.args[0].value] = path.name
    return found


def components() -> list[type[Component]]:
    kinds = [cls for kind in ("problem", "optimizer", "schedule") for cls in HOST.catalogue.classes(kind)]
    kinds += [*FIXED, RunSettings]
    parts = {f.base for cls in kinds for f in cls.fields().values() if isinstance(f, Part)}
    return kinds + [base for base in parts if base.name and base not in kinds]


def wanted(cls: type[Component]) -> dict[str, str]:
    """The keys of a component's texts, and the English that they translate."""
    keys = {cls.name: cls.title or cls.name.replace("_", " "), f"{cls.name}.summary": cls.summary()}
    if issubclass(cls, Problem) and not issubclass(cls, Landscape) and not inspect.isabstract(cls):
        keys |= {f"{cls.name}.track.{name}": readable(name) for name in cls().tracks()}
    for key, field in cls.fields().items():
        keys[f"{cls.name}.{key}"] = field.label or readable(key)
        if field.doc:
            keys[f"{cls.name}.{key}.doc"] = field.doc
    return keys


def shared(cls: type[Component]) -> dict[str, str]:
    """The keys that every component has, by kind: units and options."""
    fields = cls.fields().values()
    options = [option for f in fields if isinstance(f, Choice) for option in f.options]
    return {f"unit.{f.unit}": f.unit for f in fields if f.unit} | {f"choice.{o}": o for o in options}


def shipped_texts() -> set[str]:
    """Texts that stand in data: experiments, and what problems call their losses and fields."""
    texts = {loss.label for loss in LOSSES.values()}
    for shelf in experiments():
        experiment = load_experiment(shelf.path, HOST.catalogue)
        texts |= {experiment.title, experiment.about, *lesson_texts(experiment)}
    for cls in components():
        texts |= set(wanted(cls).values())
        if "loss_label" in dir(cls) and not any(isinstance(f, Part) for f in cls.fields().values()):
            texts.add(cls().loss_label())
    return texts


def lesson_texts(experiment: Experiment) -> set[str]:
    """What a lesson says: questions, answers, explanations."""
    lesson = experiment.lesson
    said = [lesson.question, *(t for s in lesson.steps for t in (s.ask, s.explain, *s.answers))] if lesson else []
    return {text for text in said if WORD.search(text)}


def placeholders(text: str) -> list[tuple[str, str, str]]:
    parts = Formatter().parse(text)
    return sorted((name, spec or "", how or "") for _, name, spec, how in parts if name is not None)


def test_every_literal_is_translated():
    missing = {text: file for text, file in literals().items() if text not in TEXTS}
    assert not missing


def test_keys_are_never_built_at_run_time():
    """`tr` takes a literal, or a text that stands in an experiment or a problem."""
    data = {"e.title", "e.about", "shelf.title", "self._desk.document.experiment.title", "text", "experiment.title"}
    data |= {"entry.run.trial.problem.loss_label()", "problem.loss_label()", "results.experiment.title"}
    data |= {
        "self._opened.title",
        "report.experiment.title",
        "e.lesson.question",
        "tutor.lesson.question",
        "shelf.question",
        "step.ask",
        "step.explain",
        "step.right",
        "answer",
        "lesson.question",
    }
    for path in SOURCES:
        for call in calls(ast.parse(path.read_text("utf-8")), "tr"):
            first = call.args[0]
            assert isinstance(first, ast.Constant) or ast.unparse(first) in data, f"{path.name}:{call.lineno}"


def test_a_text_is_given_what_its_placeholders_ask_for():
    for path in SOURCES:
        for call in calls(ast.parse(path.read_text("utf-8")), "tr"):
            given = {keyword.arg for keyword in call.keywords}
            if isinstance(call.args[0], ast.Constant) and given and None not in given:
                asked = {name for name, _, _ in placeholders(call.args[0].value)}
                assert given == asked, f"{path.name}:{call.lineno}"


def test_translations_have_the_placeholders_of_their_texts():
    formatted = literals().keys() & TEXTS.keys()  # the others are never formatted: their braces are their own
    assert not {text for text in formatted if placeholders(TEXTS[text]) != placeholders(text)}


@pytest.mark.parametrize("cls", components(), ids=lambda cls: cls.name)
def test_every_text_of_a_component_is_translated(cls):
    texts = wanted(cls) | shared(cls)
    assert not {key for key, text in texts.items() if key not in KEYS and text not in TEXTS and WORD.search(text)}
    assert CHINESE.search(KEYS[f"{cls.name}.summary"])


def test_views_and_experiments_are_translated():
    assert not {f"panel.{view.name}" for view in HOST.panels} - set(KEYS)
    for shelf in experiments():
        experiment = load_experiment(shelf.path, HOST.catalogue)
        assert CHINESE.search(TEXTS[experiment.title])
        assert CHINESE.search(TEXTS[experiment.about])
        assert not lesson_texts(experiment) - set(TEXTS)


def test_catalogue_has_no_stale_texts():
    assert not set(TEXTS) - set(literals()) - shipped_texts()


def test_catalogue_has_no_stale_keys():
    known = {key for cls in components() for key in (*wanted(cls), *shared(cls), f"{cls.name}.help")}
    known |= {key for view in HOST.panels for key in (f"panel.{view.name}", f"{view.name}.help")}
    assert not set(KEYS) - known


def test_no_key_stands_in_two_tables():
    assert len(KEYS) == sum(len(table) for name, table in TABLES.items() if name != "text")


def prose() -> Iterator[str]:
    """All Chinese, without equations and what is no sentence."""
    for text in (*TEXTS.values(), *KEYS.values()):
        yield re.sub(r"(?m)^ {4}.*$|宽x高", "", text)


def test_chinese_has_its_own_punctuation():
    assert not [text for text in prose() if re.search("[\u4e00-\u9fff][,;:!?.]", text)]


def test_latin_words_and_numbers_stand_apart_from_chinese():
    """But for placeholders that bring Chinese words themselves."""
    brought = r"\{(?:this|what|series|kind|name)\}"
    texts = [re.sub(brought, "", text) for text in prose()]
    assert not [text for text in texts if re.search("[\u4e00-\u9fff][A-Za-z0-9{]|[A-Za-z0-9}][\u4e00-\u9fff]", text)]


def test_texts_and_keys_of_one_spelling_are_apart():
    i18n.set_language("zh_CN")
    assert (tr("step"), tr_key("step", "step")) == ("步数", "阶梯衰减")


def test_unknown_text_and_key_stay_as_they_are():
    i18n.set_language("zh_CN")
    assert tr("no such text {n}", n=3) == "no such text 3"
    assert tr_key("mine.lr", "learning rate") == "学习率"
    assert tr_key("mine.rate", "my own") == "my own"


def test_text_with_braces_but_no_values_is_not_formatted():
    i18n.set_language("zh_CN")
    assert tr("a title with {braces}") == "a title with {braces}"
    assert tr("{label} · loss {loss} at step {step}", label="{0}", loss=1, step=2).startswith("{0} · ")


def test_english_again_forgets_the_catalogue():
    i18n.set_language("zh_CN")
    i18n.set_language("en")
    assert (tr("Run"), tr_key("adam.summary", "x"), i18n.language()) == ("Run", "x", "en")


def test_unknown_language_is_refused_and_changes_nothing():
    i18n.set_language("zh_CN")
    with pytest.raises(ValueError, match="expected one of en, zh_CN, got 'fr'"):
        i18n.set_language("fr")
    assert tr("Run") == "运行"


def test_errors_speak_the_language_in_force():
    i18n.set_language("zh_CN")
    with pytest.raises(FieldError, match=r"lr：应为介于 0 到 1 之间的数，得到 2"):
        Real(default=0.5, lo=0.0, hi=1.0).check("lr", 2.0)
