"""Every command of the window, as records."""

from functools import partial
from typing import TYPE_CHECKING

from optlab.gui.commands import Command
from optlab.gui.tune_dialog import show_tuning
from optlab.i18n import LANGUAGES, tr

if TYPE_CHECKING:
    from optlab.gui.window import Window


def commands(window: "Window") -> list[Command]:
    """All commands, menu by menu."""
    return [*_file(window), *_edit(window), *_run(window), *_view(window), *_plugins(window), *_help(window)]


def _file(window: "Window") -> list[Command]:
    files, table, desk = window.files, window.table, window.desk

    def has_runs() -> bool:
        return any(entry.run.count for entry in desk.entries)

    return [
        Command("open", tr("Open experiment…"), "Ctrl+O", "folder", files.ask_open, menu="File"),
        Command("save", tr("Save experiment"), "Ctrl+S", "", files.save, menu="File"),
        Command("save_as", tr("Save experiment as…"), "Ctrl+Shift+S", "", files.save_as, menu="File"),
        Command("save_plugin", tr("Save function as plugin…"), "", "plugin", files.save_plugin, files.can_save_plugin,
                menu="File"),
        Command("csv_all", tr("Export all runs as CSV…"), "Ctrl+E", "export", lambda: files.export_csv(desk.entries),
                has_runs, menu="File", group="export"),
        Command("csv_selected", tr("Export selected runs as CSV…"), "Ctrl+Shift+E", "",
                lambda: files.export_csv(table.selected()), has_runs, menu="File", group="export"),
        Command("png_view", tr("Export view as PNG…"), "Ctrl+G", "", files.export_view, menu="File", group="export"),
        Command("copy_view", tr("Copy view as image"), "Ctrl+Shift+C", "copy", files.copy_view, menu="File",
                group="export"),
        Command("report", tr("Lesson report…"), "Ctrl+Shift+R", "", window.tutor.notes.export,
                lambda: desk.document.experiment.lesson is not None, menu="File", group="export",
                tip=tr("Save questions, predictions, answers, pictures and settings of the lesson as one web page")),
        Command("quit", tr("Quit"), "Ctrl+Q", "", window.close, menu="File", group="quit"),
    ]  # fmt: skip


def _edit(window: "Window") -> list[Command]:
    document, table = window.desk.document, window.table
    stack = document.undo_stack
    return [
        Command("undo", tr("Undo"), "Ctrl+Z", "undo", stack.undo, stack.canUndo, menu="Edit"),
        Command("redo", tr("Redo"), "Ctrl+Shift+Z; Ctrl+Y", "redo", stack.redo, stack.canRedo, menu="Edit"),
        Command("variant", tr("Add a variant"), "Ctrl+D", "plus", document.add_trial, menu="Edit", group="trial"),
        Command("delete_runs", tr("Delete selected runs"), "", "trash", table.delete_selected,
                lambda: bool(window.runs.selected_keys()), menu="Edit", group="runs"),
    ]  # fmt: skip


def _run(window: "Window") -> list[Command]:
    control, session, desk = window.control, window.desk.session, window.desk

    def can_run() -> bool:
        return not control.trouble

    def busy() -> bool:
        return session.busy

    return [
        Command("run", tr("Run"), "F5; Ctrl+R", "run", control.run, can_run),
        Command("pause", tr("Pause"), "F6", "pause", control.pause_or_resume, busy,
                tip=tr("Hold the runs, or let them go on")),
        Command("step", tr("Step"), "F7", "step", control.step, can_run, tip=tr("Hold the runs and take one step")),
        Command("stop", tr("Stop"), "F8", "stop", control.stop, busy,
                tip=tr("End the runs with what they have recorded")),
        Command("tune", tr("Tune equally…"), "Ctrl+T", "", partial(show_tuning, window), can_run, group="tune",
                tip=tr("Find the best lr of every trial on one grid, with the same seeds, and rank them")),
        Command("live_lr", tr("Change lr of the selected run…"), "Ctrl+L", "", control.ask_rate, busy, group="live"),
        Command("cursor_newest", tr("Follow the newest step"), "Ctrl+End", "", lambda: desk.set_cursor(None),
                group="cursor"),
    ]  # fmt: skip


def _view(window: "Window") -> list[Command]:
    desk, settings, views, zoom = window.desk, window.settings, window.views, window.dresser.zoom

    def theme(name: str, text: str) -> Command:
        return Command(f"theme_{name}", text, "", "", lambda on: window.dresser.choose_theme(name), checkable=True,
                       menu="View", group="theme", checked=lambda: settings.theme == name)  # fmt: skip

    def language(code: str, text: str) -> Command:
        return Command(f"language_{code}", text, "", "", lambda on: window.dresser.choose_language(code),
                       checkable=True, menu="View", group="language",
                       checked=lambda: settings.language == code)  # fmt: skip

    return [
        Command("training", tr("Training view"), "Ctrl+1", "", partial(views.show_view, "training"), menu="View"),
        Command("landscape", tr("Landscape view"), "Ctrl+2", "", partial(views.show_view, "landscape"),
                menu="View"),
        Command("dock", tr("Experiment dock"), "Ctrl+3", "", window.left.setVisible, checkable=True, menu="View",
                group="docks", checked=window.left.isVisible),
        Command("runs", tr("Runs table"), "Ctrl+4", "", window.bottom.setVisible, checkable=True, menu="View",
                group="docks", checked=window.bottom.isVisible),
        Command("larger", tr("Larger text"), "Ctrl++; Ctrl+=", "", lambda: zoom(1), menu="View",
                group="size"),
        Command("smaller", tr("Smaller text"), "Ctrl+-", "", lambda: zoom(-1), menu="View", group="size"),
        Command("usual", tr("Usual text size"), "Ctrl+0", "", lambda: zoom(0), menu="View", group="size"),
        Command("full_screen", tr("Full screen"), "F12", "", window.show_full_screen, checkable=True, menu="View",
                group="size", checked=window.isFullScreen),
        theme("system", tr("Theme of the system")), theme("light", tr("Light theme")), theme("dark", tr("Dark theme")),
        language("system", tr("Language of the system")),
        *(language(code, name) for code, name in LANGUAGES.items()),
        Command("projector", tr("Projector mode"), "F11", "", window.stage.project, checkable=True, menu="View",
                group="stage", checked=lambda: desk.projected,
                tip=tr("For a lecture hall: one plot in the light theme, large text, thick lines; Esc leaves it")),
        Command("slide", tr("Project another plot"), "Ctrl+F11", "", desk.turn_slide, lambda: desk.projected,
                menu="View", group="stage"),
        Command("lesson", tr("Begin the lesson"), "Ctrl+B", "", window.tutor.begin_again,
                lambda: desk.document.experiment.lesson is not None, menu="View", group="stage"),
        Command("whole_lab", tr("Open the whole lab"), "Esc", "", window.stage.leave, lambda: desk.staged, menu="View",
                group="stage"),
        Command("reset_layout", tr("Reset layout"), "", "", window.places.reset, menu="View", group="reset"),
    ]  # fmt: skip


def _plugins(window: "Window") -> list[Command]:
    desk, authoring = window.helpdesk, window.authoring
    return [
        Command("new_plugin", tr("New plugin…"), "Ctrl+Shift+N", "plus", authoring.new, menu="Plugins"),
        Command("check_plugin", tr("Check a plugin…"), "Ctrl+Shift+K", "", authoring.check, menu="Plugins"),
        Command("plugin_folder", tr("Open plugin folder"), "", "folder", authoring.open_folder, menu="Plugins"),
        Command("rerun", tr("Run again after a reload"), "", "", partial(setattr, window.settings, "rerun"),
                checkable=True, menu="Plugins", checked=lambda: window.settings.rerun,
                tip=tr("Run the experiment again when a plugin that it uses has been saved")),
        Command("guide", tr("Writing plugins"), "Shift+F1", "help", desk.show_guide, menu="Plugins", group="guide"),
        Command("plugins", tr("Manage plugins…"), "", "plugin", desk.show_plugins, menu="Plugins", group="guide"),
    ]  # fmt: skip


def _help(window: "Window") -> list[Command]:
    return [
        Command("help", tr("Help on what has the focus"), "F1", "help", window.helpdesk.show_help, menu="Help"),
        Command("lessons", tr("Lessons…"), "Ctrl+Shift+L", "", window.helpdesk.show_lessons, menu="Help"),
        Command("palette", tr("Find a command…"), "Ctrl+Shift+P", "search", window.helpdesk.show_palette, menu="Help"),
        Command("shortcuts", tr("Keyboard shortcuts"), "", "", window.helpdesk.show_shortcuts, menu="Help"),
        Command("about", tr("About OptLab"), "", "info", window.helpdesk.show_about, menu="Help", group="about"),
    ]
