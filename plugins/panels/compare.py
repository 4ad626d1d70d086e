"""The Compare view: a column for every run, so that what differs is seen at one glance."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from optlab.api import hookimpl
from optlab.gui.api import BarFacets, CompareStrip, MapFacets, Panel, Thumbnails


class Compare(Panel):
    """The visible runs side by side, all on the same scales, at the step of the cursor.

    At the top what the run has come to: of a network with two inputs the plane in the colours of its answers, grey
    before the first step; of a landscape of two coordinates the way over its contours; of all else the loss. Below it
    the norm of the gradient in every layer: over the steps as a map, and at the cursor as bars from input to output.
    What is smaller than the scale is grey in the map, and a triangle below the bars. The accuracy is that of the points
    kept for the test, or learned from where none are.

    Look for: a column whose bars stand, whose map has one colour and whose picture takes the shape of the data (it
    learns); one whose bars fall below the floor towards the input and whose picture stays as it was (vanishing); one
    whose map grows from the input on (exploding).
    """

    name, title, hero = "compare", "Compare", "answers"

    def build(self) -> None:
        self.answers, self.maps, self.bars = Thumbnails(self.desk), MapFacets(self.desk), BarFacets(self.desk)
        self.columns = CompareStrip(self.desk, (self.answers, self.maps, self.bars))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 6, 0, 0)
        whole.addWidget(self.columns, 1)
        self.columns.made.connect(self.adopt)
        self.columns.moved.connect(self.refresh)
        self.columns.rows_changed.connect(self.stage)

    def slides(self) -> list[QWidget]:
        return [*self.columns.rows]

    def reset(self) -> None:
        self.columns.reset()

    def refresh(self) -> None:
        self.columns.refresh()


@hookimpl
def register_panels() -> list[type]:
    return [Compare]
