"""The author's guide is whole in both languages, and what it shows and says is so."""

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import typer

import optlab
from optlab import i18n
from optlab.cli import main
from optlab.cli.app import make_app
from optlab.fields import FieldError
from optlab.host import load_plugins
from optlab.i18n import LANGUAGES
from optlab.kit import check_path
from optlab.paths import bundled
from optlab.store.guide import MADE, NAMES, WRITTEN, Page, page
from optlab.store.template import KINDS

HELP = bundled("assets") / "help"
ROOT = Path(optlab.__file__).parents[1]
CODE = re.compile(r"`([^`\n]+)`")
BLOCKS = re.compile(r"^```[\s\S]*?^```$|^    .*$", re.M)
TEXTS = tomllib.loads((bundled("assets") / "i18n" / "zh_CN.toml").read_text("utf-8"))["text"]
QUOTED = {"en": r"\*([^*\n]+)\*", "zh_CN": "“([^”\n]+)”"}
"""What the program calls something: asterisks need spaces around them, which Chinese does not have."""

CHINESE = "[\u4e00-\u9fff]"


def text(name: str, code: str = "en") -> str:
    return (HELP / code / f"{name}.md").read_text("utf-8")


def prose(name: str, code: str) -> str:
    """A page without its blocks of code."""
    return BLOCKS.sub("", text(name, code))


EXAMPLES = {match: name for name in WRITTEN for match in page(name).files}
examples = pytest.mark.parametrize("source", EXAMPLES, ids=lambda source: saved_as(source).stem)
chapters = pytest.mark.parametrize("name", WRITTEN)


def saved_as(source: str) -> Path:
    """The file that an example is to be saved as: its component's name."""
    return Path(f"{Page.saved_as(source)}.py")


@examples
def test_an_example_passes_the_kit_without_a_word(source, tmp_path):
    file = tmp_path / saved_as(source)
    file.write_text(source, "utf-8")
    report = check_path(file)
    assert len(report.components) == 1
    assert [finding.text for _, finding in report.findings if finding.level != "note"] == []


@examples
def test_an_example_runs_in_an_experiment(source, tmp_path):
    """In the place of the experiment's own component; views and exporters only load, the kit has used them."""
    file = tmp_path / saved_as(source)
    file.write_text(source, "utf-8")
    host = load_plugins([file], panels=True, shipped_only=True)
    record = next(record for record in host.records if record.origin == "--plugin")
    (kind, _, name) = record.adds[0].partition(" ")
    if kind in ("optimizer", "schedule", "problem"):
        run, *_ = optlab.run(optlab.load("ravine", [f"{kind}.name={name}", "steps=60"], host=host), host=host)
        assert run.status == "done"
        assert kind != "optimizer" or run.column("loss")[-1] < run.column("loss")[0]
    else:
        assert record.state == "on"


@examples
def test_a_page_says_what_its_example_is_saved_as(source):
    for code in LANGUAGES:
        assert f"`{saved_as(source)}`" in text(EXAMPLES[source], code)


def test_every_kind_of_component_has_a_chapter_with_a_whole_file():
    assert {page(name).kind for name in WRITTEN} - {""} == set(KINDS)
    registered = {hook for source in EXAMPLES for hook in re.findall(r"def (register_\w+)", source)}
    assert registered == {f"register_{kind}s" for kind in ("optimizer", "schedule", "problem", "panel", "exporter")}


def test_every_language_has_every_page_and_no_other():
    for code in LANGUAGES:
        assert {file.stem for file in (HELP / code).iterdir()} == set(WRITTEN)


@chapters
def test_the_chinese_page_has_the_code_of_the_english_one(name):
    assert BLOCKS.findall(text(name, "zh_CN")) == BLOCKS.findall(text(name))
    quoted = (Counter(CODE.findall(prose(name, code))) for code in LANGUAGES)
    assert next(quoted) == next(quoted)


@chapters
def test_the_chinese_page_has_the_parts_and_links_of_the_english_one(name):
    def shape(code: str) -> list[str]:
        return [re.match(r"#* |\d+\. |- |\| |", line)[0] for line in prose(name, code).splitlines() if line]

    assert shape("zh_CN") == shape("en")
    ours, theirs = (Counter(re.findall(r"\]\((.+?)\)", text(name, code))) for code in LANGUAGES)
    assert ours == theirs


@chapters
def test_the_chinese_page_is_written_as_chinese_is(name):
    assert not re.search(r"(?<!\*)\*(?!\*)", CODE.sub("", prose(name, "zh_CN")))
    plain = re.sub(r"\]\(\S+\)|[*\[]", "", CODE.sub("a", prose(name, "zh_CN")))
    assert not re.findall(f"{CHINESE}[,;:!?.]", plain)
    assert not re.findall(f".{{3}}{CHINESE}[A-Za-z0-9]|[A-Za-z0-9]{CHINESE}.{{3}}", plain)


@chapters
def test_every_link_leads_to_a_page(name):
    assert {target.removesuffix(".md") for target in re.findall(r"\]\((.+?)\)", text(name))} <= set(NAMES)


def test_every_page_is_reached_from_the_first_one():
    found, waiting = set(), [NAMES[0]]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [target.removesuffix(".md") for target in re.findall(r"\]\((.+?)\)", page(name).text)]
    assert found == set(NAMES)


def kit_texts() -> list[str]:
    """The sentences of the kit, in English."""
    calls = [
        node
        for file in (ROOT / "optlab" / "kit").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr"
    ]
    return [call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_findings_that_are_explained_are_what_the_kit_says(code):
    i18n.set_language(code)
    said = [re.sub(r"\{[^}]*\}", "…", i18n.tr(words)) for words in kit_texts()]
    explained = re.findall(rf"^\| {QUOTED[code]} \|", text("check", code), re.M)
    assert len(explained) > 8
    for words in explained:
        assert any(words in each for each in said), words


@pytest.mark.parametrize("code", LANGUAGES)
@chapters
def test_what_is_quoted_is_what_the_program_calls_it(name, code):
    """But for menus, which the window's tests know, and findings."""
    i18n.set_language(code)
    components = {cls.heading() for cls in load_plugins(shipped_only=True).catalogue.classes("problem")}
    known = {i18n.tr(words) for words in TEXTS} | components
    plain = CODE.sub("", re.sub(rf"^\| {QUOTED[code]}.*$", "", prose(name, code), flags=re.M))
    words = re.findall(rf"(?<!\*){QUOTED[code]}(?!\*)", plain)
    assert {word for word in words if "→" not in word} <= known


def shown_commands() -> list[str]:
    spans = {span for name in WRITTEN for span in CODE.findall(prose(name, "en"))}
    lines = {line.strip() for name in WRITTEN for line in re.findall(r"^    optlab .*$", text(name), re.M)}
    return sorted(span for span in spans | lines if span.startswith("optlab "))


@pytest.mark.parametrize("line", shown_commands())
def test_a_command_line_that_is_shown_can_be_typed(line):
    words = line.split()[1:]
    command = typer.main.get_command(make_app())
    while words and words[0] in (inner := getattr(command, "commands", {})):
        command = inner[words.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options
    assert not getattr(command, "commands", {}) or words[0] in options  # all words that are none name a command


def test_the_files_to_read_are_shipped():
    shipped = {file.stem for file in bundled("plugins").rglob("*.py")}
    for name in WRITTEN:
        for line in re.findall(r"Good files to read: (.*)$", text(name), re.M):
            assert set(CODE.findall(line)) <= shipped


def test_the_reference_has_every_name_that_is_promised():
    parts = {}
    for name, module in MADE.items():
        for entry in re.split(r"^### ", page(name).text, flags=re.M)[1:]:
            parts[f"{module}.{entry.split(None, 1)[0]}"] = entry
    for line in (ROOT / "tests" / "golden" / "public_names.txt").read_text("utf-8").splitlines():
        module = "optlab.gui.api" if line.startswith("optlab.gui.") else "optlab.api"
        word, *member = line.partition("(")[0].removeprefix(f"{module}.").split(".")
        assert f"{module}.{word}" in parts, line
        assert not member or re.search(rf"^- `{member[0]}\b", parts[f"{module}.{word}"], re.M), line


def test_the_reference_shows_arguments_types_and_texts():
    shown = page("reference").text
    assert "- `step(params: Array, grads: Array, state: State) -> None`\n\n  Move `params` in place" in shown
    assert "`ema(mean: Array, x: Array, beta: float | Array, tmp: Array) -> None`" in shown
    assert "- `slots: tuple[str, ...]`" in shown and "`init(params: Array, state: State) -> None`" in shown
    assert not re.search(r"^[-#` ]*`.*(ClassVar|\(self|\(cls)", shown, re.M)


def test_every_entry_of_the_reference_says_something():
    for name in MADE:
        for entry in re.split(r"^### ", page(name).text, flags=re.M)[1:]:
            word, _, rest = entry.partition("\n")
            said = re.sub(r"^`[^\n]*`$", "", re.split(r"^## ", rest, flags=re.M)[0], flags=re.M).strip()
            assert said, word


def test_pages_are_found_by_their_words():
    found = [name for name in NAMES if page(name).holds("SHA-256 trust")]
    assert found == ["sharing"]
    assert page("optimizer").holds("") and not page("optimizer").holds("zebra")


def test_an_unknown_page_is_refused_with_what_was_meant():
    with pytest.raises(FieldError, match="did you mean 'optimizer'"):
        page("optimiser")


def test_the_command_line_prints_pages_as_they_are(capsys):
    assert main(["plugins", "guide", "optimizer.md"]) == 0
    assert capsys.readouterr().out.rstrip() == text("optimizer").rstrip()
    assert main(["plugins", "guide", "--language", "zh_CN"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in NAMES) and "编写插件" in shown
    assert main(["plugins", "guide", "zebra"]) == 2


def test_a_terminal_gets_the_page_set_as_a_page(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main(["plugins", "guide", "optimizer"]) == 0
    shown = capsys.readouterr().out
    assert "\x1b[" in shown and "class MyRmsprop(Optimizer):" in re.sub(r"\x1b\[[\d;]*m", "", shown)
    assert "```" not in shown and "# An optimizer" not in shown
