"""Product: schedules that act together."""

from optlab.api import Array, FieldError, Operator, Reacting, Schedule, hookimpl, parts, tr


class Product(Operator):
    """Multiply the factors of schedules that all run at once.

        factor(t) = of₀(t) · of₁(t) · …

    A rise times a decay warms up without pushing the decay back; a cyclic schedule times an exponential one swings
    ever less.

    Source: the ChainedScheduler of PyTorch; Paszke et al., "PyTorch: An Imperative Style, High-Performance Deep
    Learning Library", NeurIPS 2019, arXiv:1912.01703.
    """

    name, timed = "product", False

    of: tuple[Schedule, ...] = parts(Schedule, "cyclic", "exponential", label="parts", doc="the schedules to multiply")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.of:
            raise FieldError(tr("{where}: expected at least one part, got none", where="Product.of"))

    @property
    def needs_end(self) -> bool:
        return not all(schedule.endless for schedule in self.of)

    def at(self, t: Array, steps: int, epoch: int = 1) -> dict[str, Array]:
        result = self.of[0].at(t, steps, epoch)
        for schedule in self.of[1:]:
            for name, values in schedule.at(t, steps, epoch).items():
                result[name] = result[name] * values if name in result else values
        return result

    def reacting(self, steps: int, epoch: int) -> Reacting:
        return [found for schedule in self.of for found in schedule.reacting(steps, epoch)]

    def notice(self, steps: int, epoch: int = 1) -> str:
        return next((words for schedule in self.of if (words := schedule.notice(steps, epoch))), "")


@hookimpl
def register_schedules() -> list[type]:
    return [Product]
