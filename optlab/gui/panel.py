"""The base of the views: a panel reads the desk and draws what is visible."""

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ClassVar

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from optlab.gui.desk import Desk
from optlab.gui.fence import Fence
from optlab.gui.guard import guard
from optlab.gui.plots.canvas import Canvas


def _fenced(event: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(event)
    def fenced(self: "Panel", *args: Any) -> Any:
        fence = getattr(self, "_fence", None)
        if fence is None:
            return event(self, *args)
        with fence.calling(event.__name__, limited=event.__name__ == "paintEvent"):
            return event(self, *args)

    return fenced


class Panel(QWidget):
    """One view of the window. A plugin gives `name`, `title`, `build` and `refresh`.

    `build` makes the widgets once, before the panel is first shown. `refresh` brings them up to date: about 30 times a
    second while runs go and the panel is seen, and once whenever something else changed.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    hero: ClassVar[str] = ""
    """The attribute that holds what a lecture hall sees first of `slides`; it sees all of them where this is empty."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Guard what a view overrides of Qt's events: an exception that leaves one can end the process."""
        super().__init_subclass__(**kwargs)
        for name, method in list(vars(cls).items()):
            answers = name in ("event", "eventFilter")
            if inspect.isfunction(method) and hasattr(QWidget, name) and (answers or name.endswith("Event")):
                setattr(cls, name, guard(False if answers else None)(_fenced(method)))

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.tools = QWidget()
        """Small controls of the panel; the window shows them beside the step slider, where they take no plot's room."""
        self._fence: Fence | None = None  # the view's, once it is built
        self._built = False
        self.setObjectName(f"panel.{self.name}")

    def build(self) -> None:
        """Make the widgets."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Show what the desk holds now."""
        raise NotImplementedError

    def reset(self) -> None:
        """Forget ranges and zooms: other runs are shown from now on."""

    @property
    def busy(self) -> bool:
        """Whether it still works at what is to be seen: a picture waits for it."""
        return False

    def why_not(self) -> str:
        """Why the panel has nothing to show of the active experiment; an empty text where it has."""
        return ""

    def stage(self) -> None:
        """Show what `desk.stage` and `desk.hidden` ask for: little and large in a lesson or a lecture hall."""
        if not self.hero:
            return
        plots, hero, desk = self.slides(), getattr(self, self.hero, None), self.desk
        named: list[Any] = [getattr(self, name, None) for name in desk.stage or ()]
        chosen = [plot for plot in named if plot in plots] or sorted(plots, key=lambda plot: plot is not hero)
        if desk.projected:
            chosen = [chosen[desk.slide % len(chosen)]]
        for plot in plots:
            box: QWidget | None = plot
            while box is not None and box is not self:  # a box in which all is hidden would keep its room
                box.setVisible(any(box is one or box.isAncestorOf(one) for one in chosen))
                box = box.parentWidget()

    def slides(self) -> Sequence[QWidget]:
        """What a lesson or a lecture hall can see alone, in reading order: plots, or rows of them if a view says so."""
        return self.plots()

    def set_tools(self, *widgets: QWidget) -> None:
        """Put controls, and labels for them, into `tools`."""
        row = QHBoxLayout(self.tools)
        row.setContentsMargins(14, 0, 0, 0)
        row.setSpacing(10)
        for widget in widgets:
            if isinstance(widget, QLabel):
                widget.setProperty("role", "muted")
            row.addWidget(widget)

    def plots(self) -> list[Canvas]:
        """The plots in reading order: what an export of the view draws."""
        return self.findChildren(Canvas)

    def ensure_built(self) -> None:
        """Build at first use: hidden views cost nothing."""
        if not self._built:
            self._built = True
            self.build()
            for plot in self.plots():
                self.adopt(plot)
            self.stage()

    def adopt(self, plot: Canvas) -> None:
        """Dress a plot, and let it be exported: one that was made later than the others asks for it."""
        plot.export_requested.connect(self._on_export)
        plot.apply_theme(self.desk.theme, stroke=self.desk.stroke)

    def _on_export(self, kind: str) -> None:
        plot = self.sender()
        if isinstance(plot, Canvas):
            self.desk.export_requested.emit(plot, kind)

    def restyle(self) -> None:
        """Take the theme from the desk."""
        for plot in self.plots():
            plot.apply_theme(self.desk.theme, stroke=self.desk.stroke)
