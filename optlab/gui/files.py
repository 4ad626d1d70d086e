"""Files: open and save experiments, export runs and pictures; every failure ends in a sentence."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QMessageBox, QToolButton

from optlab.atomic import ExportError, write_atomic
from optlab.engine.experiment_file import dump_experiment, load_experiment
from optlab.engine.session import Entry
from optlab.fields import FieldError
from optlab.gui.desk import Desk
from optlab.gui.export_dialog import ExportDialog
from optlab.gui.icons import icon
from optlab.gui.picture import dressed, png_bytes, svg_bytes, view_picture
from optlab.gui.plots.canvas import Canvas
from optlab.gui.sheet import Sheet
from optlab.i18n import tr
from optlab.store.exporting import export_runs
from optlab.store.library import experiments, find_experiment
from optlab.store.names import slug
from optlab.store.plugin_file import plugin_name, plugin_source

if TYPE_CHECKING:
    from optlab.gui.window import Window

OPEN = "\0open"
"""The picker's item that opens a file dialog."""


class Files(QObject):
    """What the File menu, the Export button, the picker and dropped files do."""

    listed = Signal(list)  # items of the experiment picker

    def __init__(self, desk: Desk, window: "Window") -> None:
        super().__init__(window)
        self._desk, self._window = desk, window
        desk.export_requested.connect(self.export_plot)

    # experiments

    def relist(self) -> None:
        """Fill the picker: shipped and own experiments, recent files, and a way to open others."""
        shelves = experiments(self._desk.host)
        items = [(shelf.name, tr(shelf.title), shelf.place()) for shelf in shelves]
        known = {str(shelf.path) for shelf in shelves}
        own = [str(self._desk.document.path)] if self._desk.document.path else []
        files = dict.fromkeys([*own, *self._window.settings.recent])
        recent = [file for file in files if file not in known and Path(file).is_file()]
        items += [(file, Path(file).stem, file) for file in recent]
        self.listed.emit([*items, (OPEN, tr("Open a file…"), tr("an experiment in a TOML file"))])

    def open_named(self, name: str) -> bool:
        """Open a shipped or recent experiment, or ask for a file; False where nothing was opened."""
        if name == OPEN:
            self.listed.emit([])
            self.relist()
            return self.ask_open()
        try:
            return self.open_file(find_experiment(name, self._desk.host), name)
        except FieldError as error:
            self._window.say(str(error))
            return False

    def open_lesson(self, name: str) -> bool:
        """Open an experiment as the lesson that it is."""
        self._window.settings.lessons = True
        return self.open_named(name)

    def ask_open(self) -> bool:
        """Let the user choose a file."""
        file, _ = QFileDialog.getOpenFileName(
            self._window, tr("Open experiment"), self._folder(), tr("Experiments (*.toml)")
        )
        return bool(file) and self.open_file(Path(file), file)

    def open_file(self, path: Path, name: str) -> bool:
        """Open an experiment; what is wrong with it is said, and nothing changes."""
        if not self.may_leave():
            return False
        try:
            experiment = load_experiment(path, self._desk.host.catalogue)
        except (FieldError, OSError) as error:
            words = str(error) if isinstance(error, FieldError) else f"{path.name}: {error.strerror or error}"
            self._window.say(words)
            self.relist()
            return False
        own = name == str(path)
        if own:
            self._window.settings.remember(str(path))
        self._window.settings.last_experiment = name
        self._desk.document.open(experiment, name, path if own else None)
        self.relist()
        return True

    def may_leave(self) -> bool:
        """Ask before unsaved changes of a saved experiment are lost; others are kept as a variant by undo alone."""
        document = self._desk.document
        if document.path is None or document.undo_stack.isClean():
            return True
        box = QMessageBox.StandardButton
        text = tr("Save the changes of {name}?", name=document.path.name)
        answer = QMessageBox.question(self._window, "OptLab", text, box.Save | box.Discard | box.Cancel)
        return answer == box.Discard or (answer == box.Save and self.save())

    def save(self) -> bool:
        """Save to the file that the experiment came from, or ask for one."""
        path = self._desk.document.path
        return self.save_as() if path is None else self._save_to(path)

    def save_as(self) -> bool:
        """Save to a file that the user chooses."""
        name = slug(self._desk.document.experiment.title or "experiment")
        path = self.ask(tr("Save experiment"), f"{name}.toml", tr("Experiments (*.toml)"))
        return path is not None and self._save_to(path)

    def _save_to(self, path: Path) -> bool:
        document = self._desk.document
        text = dump_experiment(document.experiment, self._desk.host.catalogue)
        if not self._write(path, text.encode()):
            return False
        document.path, document.name = path, str(path)
        document.undo_stack.setClean()
        self._window.settings.remember(str(path))
        self.relist()
        return True

    def can_save_plugin(self) -> bool:
        """Whether the problem is a typed function."""
        return self._desk.document.part("problem").name == "formula"

    def save_plugin(self) -> None:
        """Write the typed function as a plugin into the user's folder, and load it."""
        words, taken = QInputDialog.getText(self._window, tr("Save function as plugin"), tr("Name of the function"))
        if not taken:
            return
        problem = self._desk.document.part("problem")
        try:
            name = plugin_name(words)
        except FieldError as error:
            self._window.say(str(error))
            return
        self._window.authoring.keep(name, plugin_source(name, problem), develop=False)  # type: ignore[arg-type]

    # runs and pictures

    def export_button(self) -> QToolButton:
        """The toolbar's Export button with its menu."""
        button = QToolButton(self._window)
        button.setText(tr("Export"))
        button.setIcon(icon("export", self._desk.theme))
        button.setToolButtonStyle(self._window.toolButtonStyle().ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setAccessibleName(tr("Export"))
        menu = QMenu(button)
        for name in ("csv_all", "csv_selected", "png_view", "copy_view", "report"):
            menu.addAction(self._window.actions_[name])
        menu.addSeparator()
        own: list[QAction] = []
        menu.aboutToShow.connect(partial(self._offer_exporters, menu, own))
        button.setMenu(menu)
        return button

    def _offer_exporters(self, menu: QMenu, own: list[QAction]) -> None:
        """The formats that plugins add, as they are now, in place of those offered before."""
        for action in own:
            menu.removeAction(action)
            action.deleteLater()
        exporters: dict[str, Any] = self._desk.host.exporters
        labels = [cls.label for cls in exporters.values()]
        shown = [label if labels.count(label) == 1 else f"{label} ({name})"
                 for label, name in zip(labels, exporters, strict=True)]  # fmt: skip
        own[:] = [menu.addAction(tr("Export all runs: {label}…", label=label)) for label in shown]
        for action, cls in zip(own, exporters.values(), strict=True):
            action.setEnabled(any(entry.run.count for entry in self._desk.entries))
            action.triggered.connect(partial(self.export_with, cls))

    def export_with(self, cls: Any, *_: object) -> None:
        """Save all runs in the format of a plugin."""
        from optlab.lab import Result
        from optlab.store.csv_table import unique_names

        kinds = tr("{label} (*{suffix})", label=cls.label, suffix=cls.suffix)
        title = self._desk.document.experiment.title or "runs"
        path = self.ask(cls.label, f"{slug(title)}{cls.suffix}", kinds)
        if path is not None:
            entries = self._desk.entries
            names = unique_names([entry.run for entry in entries], [entry.name for entry in entries])
            runs = [Result(entry.run, name) for entry, name in zip(entries, names, strict=True)]
            self.guarded(path, partial(export_runs, cls, runs, path))

    def export_csv(self, entries: Sequence[Entry]) -> None:
        """Save runs as CSV."""
        from optlab.store.csv_table import write_csv  # polars: only when exporting

        title = self._desk.document.experiment.title or "runs"
        path = self.ask(tr("Export CSV"), f"{slug(title)}.csv", tr("CSV files (*.csv)"))
        if path is not None:
            names = [entry.name for entry in entries]
            self.guarded(path, partial(write_csv, path, [entry.run for entry in entries], names))

    def export_keys(self, keys: Sequence[str]) -> None:
        """Save the runs with these keys as CSV."""
        self.export_csv([entry for entry in self._desk.entries if str(entry.key) in keys])

    def export_view(self) -> None:
        """Save the view in front as PNG."""
        view = self._window.views.current
        if view is None or view.panel is None:
            return
        panel, ratio = view.panel, self._window.devicePixelRatioF()
        width, height = round(panel.width() * ratio), round(panel.height() * ratio)
        dialog = ExportDialog(self._desk.theme, width, height, self._window)
        if not dialog.exec():
            return
        title = tr(self._desk.document.experiment.title)
        image = view_picture(panel, title, *dialog.size_, dialog.dpi, dialog.theme)
        self._save_png(image, f"{slug(title)}-{view.name}.png", title)

    def copy_view(self) -> None:
        """Put the view in front on the clipboard."""
        view = self._window.views.current
        if view is not None and view.panel is not None:
            panel = view.panel
            size = panel.width() * 2, panel.height() * 2
            title = tr(self._desk.document.experiment.title)
            QGuiApplication.clipboard().setImage(view_picture(panel, title, *size, 192, self._desk.theme))
            self._window.say(tr("The picture is on the clipboard."), "info")

    def export_plot(self, plot: Canvas | Sheet, kind: str) -> None:
        """What a plot's own menu asks for: copy, png, svg or csv; of a sheet csv alone."""
        name = slug(plot.title or "plot")
        if kind == "csv" or isinstance(plot, Sheet):
            self._export_table(plot, name)
        elif kind == "copy":
            QGuiApplication.clipboard().setImage(plot.picture(plot.width() * 2, plot.height() * 2, 192))
        elif kind == "svg":
            path = self.ask(tr("Save SVG"), f"{name}.svg", tr("SVG pictures (*.svg)"))
            if path is not None:
                self._write(path, svg_bytes(plot, plot.width(), plot.height(), self._desk.theme, self.spec()))
        else:
            dialog = ExportDialog(self._desk.theme, plot.width() * 2, plot.height() * 2, self._window)
            if dialog.exec():
                with dressed(plot, dialog.theme):
                    image = plot.picture(*dialog.size_, dialog.dpi, dialog.theme)
                self._save_png(image, f"{name}.png", plot.title)

    def _export_table(self, plot: Canvas | Sheet, name: str) -> None:
        """Save what a plot shows; the visible runs where it does not say."""
        from optlab.store.columns import write_columns  # polars: only when exporting

        table = plot.table()
        if table is None:
            self.export_csv(self._desk.visible)
        elif not any(table.values()):
            self._window.say(tr("There is nothing in this plot that could be saved as CSV."), "info")
        else:
            path = self.ask(tr("Export CSV"), f"{name}.csv", tr("CSV files (*.csv)"))
            if path is not None:
                self.guarded(path, partial(write_columns, path, table))

    def _save_png(self, image: QImage, name: str, title: str) -> None:
        path = self.ask(tr("Export PNG"), name, tr("PNG pictures (*.png)"))
        if path is not None:
            self._write(path, png_bytes(image, title, self.spec()))

    def spec(self) -> str:
        return dump_experiment(self._desk.document.experiment, self._desk.host.catalogue)

    # the way to the disk

    def _folder(self) -> str:
        return self._window.settings.folder or str(Path.home())

    def ask(self, title: str, name: str, kinds: str) -> Path | None:
        file, _ = QFileDialog.getSaveFileName(self._window, title, str(Path(self._folder()) / name), kinds)
        if not file:
            return None
        path = Path(file)
        if not path.suffix:
            path = path.with_suffix(Path(name).suffix)
        self._window.settings.folder = str(path.parent)
        return path

    def _write(self, path: Path, data: bytes) -> bool:
        return self.guarded(path, lambda: write_atomic(path, data))

    def guarded(self, path: Path, work: object) -> bool:
        try:
            work()  # type: ignore[operator]
        except (ExportError, ValueError) as error:
            self._window.say(str(error))
            return False
        self._window.say(tr("Saved {path}", path=path), "info")
        return True
