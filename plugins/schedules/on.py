"""On: a schedule of another field than the learning rate."""

from optlab.api import Array, FieldError, Operator, Reacting, Schedule, hookimpl, part, text, tr


class On(Operator):
    """Move another field by a schedule: momentum, weight decay, clipping, noise.

        target(t) = own value · of(t)
        lr(t) = own lr · lr(t)

    The target is a field of the optimizer, or of the gradient's pipeline (decay, l2, l1, clip_norm, clip_value,
    clip_layer, noise), with a value other than 0 to begin with; momentum is β₁ where an optimizer has only that. For
    two targets, let the schedule of the learning rate be another one of these.

    Source: inject_hyperparams of optax; Babuschkin et al., "The DeepMind JAX Ecosystem", 2020.
    """

    name, title, timed = "on", "on another field", False

    target: str = text("momentum", doc="name of the field: momentum, beta2, weight_decay, decay, clip_norm, noise, …")
    of: Schedule = part(Schedule, "linear", label="its schedule", doc="factors of the field's own value")
    lr: Schedule = part(Schedule, "constant", label="schedule of lr", doc="factors of the learning rate")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.target == "lr" or not self.target.isidentifier():
            raise FieldError(
                tr("On.target: expected the name of a field other than lr, got {that!r}", that=self.target)
            )
        if self.of.reacting(1000, 1):
            words = tr("On.of: expected a schedule that is known before the run, got {that}", that=self.of.heading())
            raise FieldError(words)

    @property
    def needs_end(self) -> bool:
        return not (self.of.endless and self.lr.endless)

    def at(self, t: Array, steps: int, epoch: int = 1) -> dict[str, Array]:
        return {**self.lr.at(t, steps, epoch), self.target: self.of.at(t, steps, epoch)["lr"]}

    def reacting(self, steps: int, epoch: int) -> Reacting:
        return self.lr.reacting(steps, epoch)

    def notice(self, steps: int, epoch: int = 1) -> str:
        return self.of.notice(steps, epoch) or self.lr.notice(steps, epoch)


@hookimpl
def register_schedules() -> list[type]:
    return [On]
