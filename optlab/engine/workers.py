"""Where runs are computed: those of shipped plugins in the lab's own process, those of others in one of their own."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from optlab.engine import frames
from optlab.engine.batch import Batch
from optlab.engine.child import Child, Ended, Heard
from optlab.engine.planning import plan
from optlab.engine.remote import RemoteBatch
from optlab.engine.spec import Experiment, Trial
from optlab.fields import FieldError
from optlab.i18n import tr

DEATHS, MINUTES = 3, 5
"""So many ended processes of one plugin in so many minutes, and it is refused until it is switched on again."""

MEMORY = 4 << 30
"""Bytes that a worker process may take, and no more than half of what the machine has."""

Members = Sequence[tuple[Trial, int]]


class Workers:
    """Makes the batches of experiments.

    `outside` names the plugins from outside that a trial uses, `order` is the table from which a worker process makes
    the same runs. `printed(plugins, text)` hears, in a thread of its own, what their process printed when it has ended.
    """

    def __init__(
        self, outside: Callable[[Trial], tuple[str, ...]], order: Callable[[Experiment, Members], dict[str, Any]],
        printed: Callable[[Sequence[str], str], None],
    ) -> None:  # fmt: skip
        self.memory = MEMORY
        self.echo = False
        """Whether what processes print goes to the terminal too."""
        self._outside, self._order, self._printed = outside, order, printed
        self._spare: Child | None = None
        self._deaths: dict[str, list[float]] = {}

    def plan(self, experiment: Experiment) -> list[Batch]:
        """The batches of an experiment; a process for each that uses a plugin from outside."""
        return plan(experiment, self._batch, self._kind)

    def _kind(self, trial: Trial) -> tuple[Any, ...]:
        """What runs from outside need in common to share a batch: what a schedule of theirs raises ends all of it."""
        plugins = self._outside(trial)
        return (*plugins, type(trial.schedule)) if plugins else ()

    def warm(self) -> None:
        """Let a process wait for the next run, so that it starts at once."""
        if self._spare is None or not self._spare.alive:
            self._spare = Child()

    def close(self) -> None:
        """End the process that waits."""
        if self._spare is not None:
            self._spare.kill()
            self._spare.join(2.0)
            self._spare = None

    def pardon(self, plugin: str) -> None:
        """Let a plugin run again whose processes ended themselves."""
        self._deaths.pop(plugin, None)

    def _batch(self, experiment: Experiment, members: list[tuple[Trial, int]]) -> Batch:
        plugins = self._outside(members[0][0])
        if not plugins:
            return Batch(experiment, members)
        refused = next((name for name in plugins if len(self._deaths.get(name, ())) >= DEATHS), None)
        if refused is not None:
            batch = Batch(experiment, members)
            text = tr("{plugin} ended its process {n} times in {m} minutes; switch it on again to run it")
            batch.fail(FieldError(text.format(plugin=refused, n=DEATHS, m=MINUTES)))
            return batch

        def launch(heard: Heard, ended: Ended) -> Child:
            child, self._spare = self._spare, None
            if child is None or not child.alive:
                child = Child()
            child.echo = self.echo

            def over(reason: str) -> None:
                ended(reason)
                self._printed(plugins, child.printed)

            table = {**self._order(experiment, members), "memory": child.memory.handle, "limit": self.memory}
            child.order(frames.pack(table), heard, over)
            return child

        return RemoteBatch(experiment, members, launch, lambda: self._note(plugins))

    def _note(self, plugins: Sequence[str]) -> None:
        now = time.monotonic()
        for name in plugins:
            recent = [t for t in self._deaths.get(name, []) if now - t < 60 * MINUTES]
            self._deaths[name] = [*recent, now][-DEATHS:]
