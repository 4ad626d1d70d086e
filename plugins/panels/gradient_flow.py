"""The Gradient flow view: what every layer gets of the gradient, on its way from the output to the input."""

from PySide6.QtWidgets import QVBoxLayout

from optlab.api import hookimpl
from optlab.gui.api import LayerPlots, Panel, StepLink


class GradientFlow(Panel):
    """The norm of the gradient in every layer: as bars from input to output, as lines over steps, and as a map.

        ∂L/∂h_(l−1) = W_lᵀ (σ′(z_l) ∂L/∂h_l)

    Each layer on the way down multiplies the gradient by its weights and slopes. Where all layers are alike the
    product falls or grows like a power, a straight line on the logarithmic axis: the line through the bars of the
    selected run and the number beside every name are that factor per layer, towards the input. Where a run clips, the
    pale part of a bar is what clipping took away. The bands behind the lines are the other runs, from their smallest
    to their largest layer.

    A recurrent network multiplies by the same weights at every time step: its axis is time, and shows ∂L/∂hₜ. What is
    not recorded (∂L/∂h, weight norms, noise) is measured aside at up to 128 steps of a run, on up to 512 points. So is
    the card of a bar that is pointed at, or gone to with the arrow keys: σ and σ′ over the pre-activations of its
    layer, and the factors of all layers above it; a click holds it.

    Source: Hochreiter, Bengio, Frasconi & Schmidhuber, "Gradient Flow in Recurrent Nets: the Difficulty of Learning
    Long-Term Dependencies", 2001; Glorot & Bengio, "Understanding the Difficulty of Training Deep Feedforward Neural
    Networks", AISTATS 2010, section 4.2.

    Look for: bars of one height, factor near 1 (healthy); bars that fall towards the input, factor well below 1
    (vanishing); bars that rise towards it (exploding); bars of one height that all shrink together, which no ratio
    shows.
    """

    name, title, hero = "gradient_flow", "Gradient flow", "bars"

    def build(self) -> None:
        self.layers = LayerPlots(self.desk, large=True)
        self.norms, self.bars, self.map = self.layers.norms, self.layers.bars, self.layers.map
        self.set_tools(self.layers.series, self.layers.others, self.layers.biases)
        self.link = StepLink([self.norms, self.map], self)
        for plot in (self.norms, self.map):
            plot.zoomed.connect(self.refresh)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 6, 0, 0)
        whole.addWidget(self.layers, 1)

    def why_not(self) -> str:
        return self.layers.why_not()

    def reset(self) -> None:
        self.layers.reset()

    def refresh(self) -> None:
        desk = self.desk
        self.norms.set_follow(desk.session.busy)
        for plot in (self.norms, self.map):
            plot.set_x_span(0, desk.reach)
            plot.set_cursor(desk.cursor)
        self.layers.refresh(self.norms.plain_x())


@hookimpl
def register_panels() -> list[type]:
    return [GradientFlow]
