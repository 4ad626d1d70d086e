"""The verdict: what norms, hidden layers and theory say about a run, in sentences with their numbers."""

from dataclasses import dataclass, field

from optlab.engine.evidence import Inner, gather
from optlab.engine.remedies import Remedy, remedies
from optlab.engine.run import Run
from optlab.engine.sentences import headline, note, sentence, spaced
from optlab.engine.symptoms import diagnose
from optlab.engine.theory import expected
from optlab.i18n import tr


@dataclass(frozen=True)
class Verdict:
    """`kind` is that of the symptom, healthy, diverged, failed or none; `level` is how it is shown.

    `text` is the sentence, `note` what stands behind it: theory, threshold, layers.
    """

    kind: str
    level: str
    head: str = ""
    text: str = ""
    note: str = ""
    remedies: tuple[Remedy, ...] = field(default_factory=tuple)

    @property
    def badge(self) -> str:
        """The mark beside the run's name; empty where nothing is wrong."""
        return badges().get(self.kind, "")


NONE = Verdict("none", "neutral")


def badges() -> dict[str, str]:
    """The marks of what is wrong, by kind."""
    return {
        "vanishing": tr("▼ vanishing"),
        "exploding": tr("▲ exploding"),
        "dead": tr("✕ dead"),
        "saturated": tr("■ saturated"),
        "shrinking": tr("▼ shrinking"),
    }


def judge(run: Run, index: int | None = None, beside: Inner | None = None) -> Verdict:
    """What is known of the rows up to `index` (the last one by default) says.

    `beside` is what was measured of the hidden layers; without it norms and recorded series speak alone.
    """
    if run.status == "diverged" and index is None:
        found = remedies(run, "diverged")
        return Verdict("diverged", "error", tr("Diverged"), f"{run.label} · {run.message}", "", found)
    if run.status == "failed":
        return Verdict("failed", "error", tr("Failed"), f"{run.label} · {run.message}")
    evidence = gather(run, index, beside)
    if evidence is None:
        return _plain(run, index)
    symptom, problem = diagnose(evidence), run.trial.problem
    level = "neutral" if symptom.kind == "healthy" else "warning"
    return Verdict(
        symptom.kind, level, headline(symptom), sentence(run.label, evidence, symptom),
        note(problem, evidence, symptom, expected(problem)), remedies(run, symptom.kind),
    )  # fmt: skip


def _plain(run: Run, index: int | None) -> Verdict:
    """For a run without layers to compare: where it stands."""
    last = run.count - 1 if index is None else min(index, run.count - 1)
    if last < 0:
        return NONE
    words = {"label": run.label, "step": spaced(int(run.at(last, "step"))), "loss": f"{run.at(last, 'loss'):.3g}"}
    return Verdict("none", "neutral", "", tr("{label} · loss {loss} at step {step}", **words))


def first_over_last(run: Run, index: int | None = None) -> tuple[str, str, float, float] | None:
    """First and last station, the ratio of their norms and the factor from one to the next.

    None where there are not two of them, or nothing was recorded.
    """
    evidence = gather(run, index)
    return (evidence.names[0], evidence.names[-1], evidence.ratio, evidence.factor) if evidence else None
