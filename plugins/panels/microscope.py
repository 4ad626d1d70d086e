"""The step microscope: one step of one parameter, with the numbers of the update rule filled in."""

from PySide6.QtWidgets import QVBoxLayout

from optlab.api import hookimpl
from optlab.gui.api import Panel, StepSheet


class Microscope(Panel):
    """The update rule of the selected run's optimizer, and one parameter's numbers in it, at the cursor's step.

    Beside each equation, or below it, is the same with the numbers in it, and what they come to. They stand there only
    where they come to what the step has made: an equation about whole matrices, other steps or another option stands
    alone.

    Before the step and after it: the learning rate, the gradient as the rule gets it, after noise, clipping and
    penalties, every array that the optimizer remembers, m and v without their bias too where the rule corrects them,
    and the parameter. Choose a layer and a number in it. Nobody keeps what an optimizer remembers at every step: the
    run is computed again from its start up to that one, aside and on its own; its loss is compared with what was
    recorded, and where they differ a sentence says so.

    Look for: m and v far too small in the first steps, and their corrections large; a change that is hardly more than
    lr, whatever the gradient is (methods that divide by √v); a gradient that changes its sign at every step while m
    hardly does.
    """

    name, title = "microscope", "Step"

    def build(self) -> None:
        self.numbers = StepSheet(self.desk)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 8, 0, 0)
        whole.addWidget(self.numbers)

    def refresh(self) -> None:
        self.numbers.refresh()


@hookimpl
def register_panels() -> list[type]:
    return [Microscope]
