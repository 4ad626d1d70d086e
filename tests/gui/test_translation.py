"""The real window in Chinese: no English word is left in any widget, menu, tool tip, plot or help page."""

import ast
import html
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDialog,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QTabBar,
    QTextEdit,
    QWidget,
)

from optlab import gui, i18n
from optlab.engine.catalogue import FIXED
from optlab.gui import app
from optlab.gui.editors import NumberEditor
from optlab.gui.export_dialog import ExportDialog
from optlab.gui.help_dialog import HelpDialog, page
from optlab.gui.new_plugin_dialog import NewPluginDialog
from optlab.gui.plots.canvas import Canvas
from optlab.gui.run_settings import RunSettings
from optlab.gui.schedule_preview import SchedulePreview
from optlab.gui.settings import Settings
from optlab.gui.theme import load_theme
from optlab.paths import bundled, user_folder

EXPERIMENTS = sorted(path.stem for path in (bundled("assets") / "experiments").glob("*.toml"))
CHINESE = re.compile("[\u4e00-\u9fff]")
WORD = re.compile("[A-Za-z_]{2,}")

NAMES = """
    OptLab Python NumPy PySide PyTorch Keras optax English Elman GRU LSTM
    Adam SGD Nesterov MLP He Xavier LeCun ReZero Huber xavier he
    ReLU PReLU ELU SELU GELU SiLU Swish Mish sigmoid tanh relu softplus softsign
    CSV PNG SVG TOML csv png svg toml dpi
    Ctrl Shift Alt Home End Del Esc Tab Enter Return PgUp PgDown
    lr ln nat float true false abs sign sin exp ema swa
    torch optim RAdam LBFGS SparseAdam betas weight_decay
    CosineAnnealingLR Hessian Hutchinson Wolfe Legendre Wood Transformer
"""
"""Names, signs of mathematics and keys, which Chinese texts write in Latin letters too."""
CATALOGUE = tomllib.loads((bundled("assets") / "i18n" / "zh_CN.toml").read_text("utf-8"))
TITLES = [text for name, table in CATALOGUE.items() if name != "text" for key, text in table.items() if "." not in key]
ALLOWED = {*NAMES.split(), *(word for title in TITLES for word in WORD.findall(title))}


@pytest.fixture
def speak(qapp):
    """Chinese, Qt's own words too, until the end of the test."""
    app.choose_language(qapp, "zh_CN")
    yield
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
        translator.deleteLater()


@pytest.fixture
def make(qtbot, qapp, speak):
    def made(experiment: str, steps: int = 0, size: tuple[int, int] = (1600, 980)):
        settings = Settings(theme="dark", language="zh_CN")
        window, messages = app.make_window(app.make_application(), settings, experiment, (), False)
        assert not messages
        qtbot.addWidget(window)
        window.resize(*size)
        window.show()
        app.finish(window)
        if steps:
            window.control.step()
            window.desk.session.runner.step(steps)
            qtbot.waitUntil(lambda: all(e.run.step >= steps or e.run.ended for e in window.desk.entries), timeout=30000)
            window.views.refresh()
        windows.append(window)
        return window

    windows: list[QWidget] = []
    yield made
    for window in windows:
        window.close()


def words(widget: QWidget) -> Iterator[str]:
    """Every text that a widget shows or speaks."""
    yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.statusTip())
    if isinstance(widget, QLabel | QAbstractButton) and widget.objectName() != "equations":  # as a page's <pre>
        yield widget.text()
    if isinstance(widget, QGroupBox):
        yield widget.title()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QTextEdit):
        yield widget.toPlainText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(k) for k in range(widget.count()))
    if isinstance(widget, QTabBar):
        yield from (widget.tabText(k) for k in range(widget.count()))
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from cells(widget.model())
    if isinstance(widget, QMenu):
        yield widget.title()
    if isinstance(widget, Canvas):
        yield from painted(widget)
    if isinstance(widget, SchedulePreview):
        yield from widget.labels()
    if widget.isWindow() or widget.inherits("QDockWidget"):
        yield widget.windowTitle()
    for action in widget.actions():
        yield from spoken(action)


def spoken(action: QAction) -> Iterator[str]:
    yield from (action.text(), action.toolTip(), action.statusTip())


def cells(model: QAbstractItemModel) -> Iterator[str]:
    roles = Qt.ItemDataRole
    for column in range(model.columnCount()):
        for role in (roles.DisplayRole, roles.ToolTipRole, roles.AccessibleTextRole):
            yield str(model.headerData(column, Qt.Orientation.Horizontal, role) or "")
            for row in range(model.rowCount()):
                yield str(model.index(row, column).data(role) or "")


def painted(plot: Canvas) -> Iterator[str]:
    """Titles, axes, labels and empty texts, and the right-click menu."""
    yield from (plot.title, plot.empty_text)
    for axis in (getattr(plot, name, None) for name in ("x_axis", "y_axis")):
        yield axis.label if axis is not None else ""
    for name in ("curves", "lines", "marks", "bars", "trajectories"):
        yield from (str(getattr(each, "label", "")) for each in getattr(plot, name, ()))
    menu = plot.context_menu()
    for action in menu.actions():
        yield from spoken(action)
    menu.deleteLater()


def english(texts: Iterator[str], known: set[str], names: set[str] = frozenset()) -> set[str]:
    """Texts with words that are none of the names, after taking out data: labels of trials, files, layers."""
    longest_first = "|".join(map(re.escape, sorted(known, key=len, reverse=True))) or "(?!)"
    data = re.compile(rf"(?<![A-Za-z])(?:{longest_first})(?![A-Za-z])")  # one, once: a window has thousands of texts
    found = set()
    for text in {text for text in texts if WORD.search(text)}:
        plain = html.unescape(re.sub(r"<[^>]*>", "\n", text))
        plain = re.sub(
            "以下之一：[^；\n]*|[a-z0-9_]+(?=（[\u4e00-\u9fff])|“[a-z0-9_]+”|默认值 .*", "", plain
        )  # as files write them
        plain = data.sub(" ", plain)
        if any(word not in ALLOWED and word not in names for word in WORD.findall(plain)):
            found.add(text)
    return found


def data_of(window) -> set[str]:
    """What is data: labels of trials, names of experiments, of presets and of layers with their shapes."""
    catalogue = window.desk.host.catalogue
    classes = [cls for kind in ("problem", "optimizer", "schedule") for cls in catalogue.classes(kind)]
    trials = window.desk.document.experiment.trials
    labels = {trial.label for trial in trials}
    shapes = {item for trial in trials for item in trial.problem.layout().shapes.items()}
    layers = {f"{name} ({' × '.join(map(str, shape))})" for name, shape in shapes}
    return {*labels, *layers, *EXPERIMENTS, *(preset for cls in classes for preset in cls.presets)}


def everything(*tops: QWidget) -> Iterator[str]:
    for top in tops:
        for widget in (top, *top.findChildren(QWidget)):
            yield from words(widget)


RUN = ("vanishing-gradient", "digits", "edge-of-stability", "overfitting-polynomial", "ravine", "rnn-through-time")
"""One experiment of each kind of problem: the others differ in the words that stand beside their forms."""


@pytest.mark.parametrize("experiment", sorted({*EXPERIMENTS} - {*RUN}))
def test_words_beside_a_form_show_no_english(make, experiment):
    window = make(experiment)
    assert not english(everything(window), data_of(window))


@pytest.mark.parametrize("experiment", RUN)
def test_window_shows_no_english(make, experiment):
    window = make(experiment, steps=25)
    for view in window.views.views:
        window.views.show_view(view.name)
    texts = list(everything(window))
    assert not english(iter(texts), data_of(window))
    assert sum(bool(CHINESE.search(text)) for text in texts) > 150


def test_window_before_the_first_run_shows_no_english(make):
    window = make("ravine", size=(1280, 720))
    assert not english(everything(window), data_of(window))


@pytest.mark.parametrize("kind", ["problem", "optimizer", "schedule"])
def test_forms_of_all_components_show_no_english(make, kind):
    window = make("ravine")
    for name in window.desk.host.catalogue.names(kind):
        window.experiment.pickers[kind].picked.emit(name)
        assert not english(everything(window.experiment), data_of(window)), name


def test_menus_of_runs_chips_and_plots_show_no_english(make):
    window = make("vanishing-gradient", steps=5)
    window.runs.selectAll()
    assert not english(everything(window.runs.menu()), data_of(window))


def test_dialogs_show_no_english(make, qtbot):
    window = make("vanishing-gradient")
    desk = window.helpdesk
    desk.show_plugins()
    desk.show_palette()
    desk.show_shortcuts()
    made = {ExportDialog(window.desk.theme, 800, 600, window), NewPluginDialog(parent=window)}
    dialogs = [*window.findChildren(QDialog)]
    assert made < {*dialogs} and len(dialogs) == 5
    known = {record.name for record in window.desk.host.records} | {str(bundled("plugins").parent), ".py", "plugins"}
    known |= {path.parent.name for path in bundled("plugins").rglob("*.py")}
    known |= {str(user_folder("plugins")), "my_momentum"}
    for dialog in dialogs:
        assert not english(everything(dialog), known), type(dialog).__name__
        dialog.close()


def test_help_pages_show_no_english_but_their_sources(make):
    window = make("ravine")
    catalogue = window.desk.host.catalogue
    kinds = [cls for kind in ("problem", "optimizer", "schedule") for cls in catalogue.classes(kind)]
    foreign = r"<table[^>]*bgcolor.*?</table>|<p class=.marked.><b>来源：.*?</p>|<span class=.key.>.*?</span>"
    for kind in (*kinds, *FIXED, RunSettings, *window.desk.host.panels):
        text = re.sub(foreign, "", page(kind, load_theme("dark")), flags=re.S)
        fields = kind.fields() if hasattr(kind, "fields") else {}
        options = {option for field in fields.values() for option in getattr(field, "options", ())}
        quoted = re.findall(
            r"`(\w+)`", next(t[f"{kind.name}.help"] for t in CATALOGUE.values() if f"{kind.name}.help" in t)
        )
        assert not english(iter([text]), set(), {*fields, *options, *quoted}), kind.__name__


def test_help_of_a_plugin_without_chinese_keeps_its_words(speak, qtbot):
    class Mine(QWidget):
        """My own view.

        Look for: nothing.
        """

        title = "Mine"

    dialog = HelpDialog()
    qtbot.addWidget(dialog)
    dialog.show_component(Mine)
    assert "Look for: nothing." in dialog.text()
    assert dialog.windowTitle() == "帮助：Mine"


def test_verdict_speaks_chinese_with_its_numbers(make):
    window = make("vanishing-gradient", steps=40)
    verdict = window.desk.verdict(window.desk.entries[0])
    assert verdict.head == "梯度消失"
    assert re.search(
        r"sigmoid · 第 \d+ 步，W1 的梯度只有 W13 的 \de-\d\d 倍，平均每层 ×0\.\d+：它的权重几乎不动。", verdict.text
    )


def test_full_width_digits_are_taken_in_the_form(make, qtbot):
    window = make("ravine")
    editor = window.experiment.forms["optimizer"].row("lr").editor
    assert isinstance(editor, NumberEditor)
    editor.control().setText("０．００５")
    editor.commit()
    assert window.desk.document.part("optimizer").lr == 0.005
    assert not editor.error()


def test_impossible_value_is_refused_in_chinese(make):
    window = make("ravine")
    editor = window.experiment.forms["optimizer"].row("lr").editor
    editor.control().setText("１００")
    editor.commit()
    assert editor.error() == "学习率：应为介于 1e-06 到 10 之间的数，得到 100"
    assert window.control.trouble == editor.error()


def test_buttons_of_qt_itself_speak_chinese(speak, qapp):
    assert qapp.translate("QPlatformTheme", "Cancel") == "取消"


SHOWING = {
    "setText", "setToolTip", "setWindowTitle", "setAccessibleName", "setAccessibleDescription", "setPlaceholderText",
    "setStatusTip", "setTitle", "addAction", "addMenu", "addItem", "addTab", "addRow", "show_message", "say",
    "QLabel", "QPushButton", "QCheckBox", "QAction", "QGroupBox", "QToolBar", "QDockWidget", "QMenu", "Section",
    "Name", "Picker", "CurvePlot", "BarPlot", "HeatMap", "ContourPlot", "setHeaderLabels", "set_title", "question",
    "getOpenFileName", "getSaveFileName", "getText", "about", "Command",
}  # fmt: skip
FIRST = {"addItem", "addMenu", "say", "show_message", "Section"}
UNTRANSLATED = {"OptLab", "lr"}


def plain_words(node: ast.AST) -> Iterator[str]:
    """Words of a literal, or of the fixed parts of an f-string, outside of calls."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from WORD.findall(re.sub(r"<[^>]*>", "", node.value))
    elif isinstance(node, ast.JoinedStr | ast.List | ast.Tuple):
        for part in getattr(node, "values", None) or getattr(node, "elts", ()):
            yield from plain_words(part)


def test_no_visible_literal_goes_untranslated():
    files = [*Path(gui.__file__).parent.rglob("*.py"), *(bundled("plugins") / "panels").rglob("*.py")]
    found = []
    for path in files:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            shown = node.args[1:2] if name == "Command" else node.args[:1] if name in FIRST else node.args
            if name in SHOWING and path.name != "picture.py":  # which names the tags of a PNG
                bad = {word for arg in shown for word in plain_words(arg)} - UNTRANSLATED
                found += [f"{path.name}:{node.lineno} {word}" for word in bad]
    assert not found


def test_language_of_the_settings_is_spoken(qapp, speak):
    app.choose_language(qapp, "en")
    assert i18n.language() == "en"
    app.choose_language(qapp, "zh_CN")
    assert i18n.tr("Run") == "运行"
