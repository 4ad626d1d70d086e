"""The application: made once, dressed before the first paint, with plugins and plots after it."""

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTimer, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from optlab import i18n
from optlab.engine.experiment_file import load_experiment
from optlab.engine.spec import Experiment
from optlab.fields import FieldError
from optlab.gui import errors, settings
from optlab.gui.desk import Desk
from optlab.gui.document import Document
from optlab.gui.dresser import theme_of
from optlab.gui.first_paint import FirstPaint
from optlab.gui.gc import GarbageCollector
from optlab.gui.latecomer import Latecomer
from optlab.gui.plots.curves import warm_up
from optlab.gui.recovery import recover, tell
from optlab.gui.theme import apply_theme
from optlab.gui.window import Window
from optlab.host import Host, load_plugins
from optlab.host.witness import last_death, witness
from optlab.i18n import tr
from optlab.paths import bundled, user_folder
from optlab.store.library import FIRST, find_experiment


def main(
    experiment: str | None = None, *, language: str | None = None, theme: str | None = None,
    plugins: Sequence[Path] = (), safe_mode: bool = False,
) -> int:  # fmt: skip
    """Open the window and wait until it is closed; the exit code."""
    app = make_application()
    death = last_death(user_folder("log"))
    announcer = errors.install(app, death=death)
    values, complaint = settings.load()
    values.theme, values.language = theme or values.theme, language or values.language
    choose_language(app, values.language)
    recovery = recover(death, plugins, safe_mode)
    safe_mode |= recovery.safe_mode
    try:
        window, messages = make_window(app, values, experiment, () if recovery.safe_mode else plugins, safe_mode,
                                       wait=False)  # fmt: skip
    except Exception:
        witness.say(traceback.format_exc(limit=-100))  # for the next start
        raise
    except BaseException:  # Ctrl-C, or nothing to open: nobody's fault
        errors.uninstall()
        raise
    announcer.raised.connect(lambda report: window.say(report.sentence, details=report.details))
    quit_signals = errors.QuitSignals(window.close, app)
    collector = GarbageCollector(app)
    collector.start()
    window.closing.connect(lambda: settings.save(values))
    window.places.restore(window.settings)
    window.show()
    FirstPaint(window, lambda: finish(window))
    tell(window, recovery, [complaint, *messages] if complaint else messages)
    code = app.exec() or (128 + quit_signals.received if quit_signals.received else 0)
    collector.stop()
    quit_signals.restore()
    errors.uninstall()
    return code


def make_application() -> QApplication:
    """The one QApplication, with our name and icon."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("OptLab")
    app.setDesktopFileName("optlab")
    app.setWindowIcon(QIcon(str(bundled("assets") / "icons" / "optlab.svg")))
    sys.setswitchinterval(0.0005)  # event delays of 15 to 22 ms beside a worker, 29 to 300 with the default 5 ms
    return app


def choose_language(app: QApplication, choice: str) -> None:
    """Speak the language of the setting, Qt's own dialogs too."""
    code = choice if choice in i18n.LANGUAGES else _system_language()
    i18n.set_language(code)
    translator = QTranslator(app)
    if code != "en" and translator.load(f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)


def _system_language() -> str:
    return "zh_CN" if QLocale.system().language() == QLocale.Language.Chinese else "en"


def make_window(
    app: QApplication, values: settings.Settings, experiment: str | None, plugins: Sequence[Path], safe_mode: bool,
    wait: bool = True,
) -> tuple[Window, list[str]]:  # fmt: skip
    """The window with its experiment, dressed but not shown, and what is to be said in it.

    Without `wait` plugins that are not known yet come later, and with them an experiment that needs one.
    """
    theme = theme_of(values.theme)
    apply_theme(app, theme, values.zoom)
    host = load_plugins(plugins, panels=True, shipped_only=safe_mode, wait=wait)
    messages = host.complaints
    wanted = experiment or values.last_experiment or FIRST
    opened, name, path, wrong = _first_experiment(host, wanted)
    window = Window(Desk(host, Document(opened), theme), values)
    window.desk.document.name, window.desk.document.path = name, path
    window.status.show_plugins(host)
    if wrong and host.waiting:  # nothing may be wrong but that a plugin is not there yet
        Latecomer(window, wanted)
        return window, messages
    return window, messages + wrong


def _first_experiment(host: Host, name: str) -> tuple[Experiment, str, Path | None, list[str]]:
    """The experiment, its name, the file where it is the user's own, and what is wrong with the one that was wanted."""
    wrong: list[str] = []
    for wanted in dict.fromkeys((name, FIRST)):
        try:
            path = find_experiment(wanted, host)
            own = path if wanted == str(path) else None
            return load_experiment(path, host.catalogue), wanted, own, wrong
        except (FieldError, OSError) as error:
            wrong.append(str(error))
    raise SystemExit(tr("OptLab cannot start: {why}", why="; ".join(wrong)))


def finish(window: Window) -> None:
    """What may wait until the window is on the screen: the views and the list of experiments."""
    window.views.set_panels(window.desk.host.panels)
    window.files.relist()
    document = window.desk.document
    document.opened.emit()
    document.changed.emit()
    window.experiment.fold_for(window.height())
    window.keeper.start()
    QTimer.singleShot(0, warm_up)
    QTimer.singleShot(0, window.desk.host.keep_warm)
