"""The Layers view: what the hidden layers of a run put out, what they are told, and which units still learn."""

from PySide6.QtWidgets import QVBoxLayout

from optlab.api import hookimpl
from optlab.gui.api import Panel, PortraitPlots, StepLink


class Layers(Panel):
    """Histograms of the outputs and of the gradients of every hidden layer, the layer next to the input at the bottom.

        outputs h_l = σ(z_l), a dot at their mean and a line from mean − spread to mean + spread
        gradients |∂L/∂h_l| on a logarithmic axis, those that are zero in the strip at its left
        saturated: the share of units and points with |σ′(z_l)| < 0.05
        dead: the share of units with σ′(z_l) = 0 at every point

    Each histogram is as high as its highest bin, by the root of the shares, so that few values are seen beside many. A
    click on a row, or the arrow keys, shows that layer over the steps of the run, at the right: the share of its
    outputs and gradients in every bin. Everything is measured aside at up to 128 steps of the selected run, on up to
    512 of the points that it learns from.

    Source: Glorot & Bengio, "Understanding the Difficulty of Training Deep Feedforward Neural Networks", AISTATS 2010,
    sections 3 and 4.

    Look for: outputs of one width in all layers, and gradients one above the other (healthy); gradients that wander to
    the left from layer to layer (vanishing); outputs that pile up at the ends of a sigmoid or a tanh (saturated); a
    strip of zeros and dead units that rise (ReLU units that no point reaches any more).
    """

    name, title, hero = "layers", "Layers", "outputs"

    def build(self) -> None:
        self.portraits = PortraitPlots(self.desk)
        self.outputs, self.gradients = (self.portraits.ridges[kind] for kind in ("values", "grads"))
        self.output_map, self.gradient_map = (self.portraits.maps[kind] for kind in ("values", "grads"))
        self.shares = self.portraits.shares
        self.set_tools(self.portraits.shown)
        self.link = StepLink(self.portraits.over_steps, self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 6, 0, 0)
        whole.addWidget(self.portraits, 1)

    def why_not(self) -> str:
        return self.portraits.why_not()

    def reset(self) -> None:
        self.portraits.reset()

    def stage(self) -> None:
        super().stage()
        self.portraits.shown.setVisible(not self.shares.isHidden())

    def refresh(self) -> None:
        desk = self.desk
        for plot in self.portraits.over_steps:
            plot.set_follow(desk.session.busy)
            plot.set_x_span(0, desk.reach)
            plot.set_cursor(desk.cursor)
        self.portraits.refresh()


@hookimpl
def register_panels() -> list[type]:
    return [Layers]
