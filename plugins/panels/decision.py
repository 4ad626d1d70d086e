"""The Decision view: what each network answers over the plane of its inputs, along a line, or of images."""

from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QVBoxLayout

from optlab.api import hookimpl
from optlab.gui.api import AnswerPlots, Panel, drawable, tr

MOST = 4
"""Planes beside each other; of more runs, the first ones and the selected one."""


class Decision(Panel):
    """What the networks answer at the cursor's step, with the data.

    Two inputs: the plane in the colour of the likeliest class, the stronger the surer, and lines where that changes.
    One input: the fitted curves. Dots are points learned from, rings points kept for the test. Images: the class that
    is read and how likely it is, with a cross where it is wrong; of an autoencoder, below each image what became of it.
    A lecture hall sees one run at a time, and so does a lesson that names the plot `answer`.

    Look for: a plane of one colour (nothing is learned, or no gradient comes through); a border that winds around
    single dots and past the rings (over-fitting); strong colours far from all data (sure without reason).

    Source: the plane after Smilkov, Carter, Sculley, Viégas & Wattenberg, "Direct-Manipulation Visualization of Deep
    Networks", 2017, arXiv:1708.03788 (TensorFlow Playground).
    """

    name, title = "decision", "Decision"

    def build(self) -> None:
        self.answers = AnswerPlots(self.desk, MOST)
        self.which = QComboBox()
        self.which.setAccessibleName(tr("Runs of the Decision view"))
        self.which.setToolTip(tr("Show up to four runs beside each other, or the selected one alone"))
        self.which.addItem(tr("up to four runs"), MOST)
        self.which.addItem(tr("selected run"), 1)
        self.worst = QCheckBox(tr("worst first"))
        self.worst.setToolTip(tr("Show the images that are answered worst"))
        self.hint = QLabel(tr("dots: learned from · rings: test"))
        self.set_tools(self.hint, self.worst, self.which)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 6, 0, 0)
        whole.addWidget(self.answers, 1)
        self.answers.moved.connect(self.refresh)
        self.which.currentIndexChanged.connect(self.refresh)
        self.worst.toggled.connect(self.refresh)

    def why_not(self) -> str:
        if drawable(self.desk):
            return ""
        return tr("What this problem learns cannot be drawn: it takes a network of one or two inputs, or of images.")

    def reset(self) -> None:
        self.answers.forget()

    def refresh(self) -> None:
        desk = self.desk
        alone = desk.slide if desk.projected else 0 if "answer" in (desk.stage or ()) else None
        self.answers.refresh(self.which.currentData(), self.why_not(), self.worst.isChecked(), alone)
        self.which.setVisible(alone is None)
        self.worst.setVisible(self.answers.shows_images)
        self.hint.setVisible(not self.answers.shows_images)


@hookimpl
def register_panels() -> list[type]:
    return [Decision]
