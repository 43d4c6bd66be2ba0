"""A finding: what one inquiry into a trained model adds to its bundle, its report and the command line."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from garant.models.bundle.part import Part
from garant.reports.section import SectionMaker
from garant.runs.challenger import Challenger
from garant.runs.judged_model import JudgedModel
from garant.runs.progress import Progress
from garant.runs.train_options import TrainOptions
from garant.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inquiry:
    """What a finding is made from.

    Parameters
    ----------
    model : JudgedModel
        The model and the applicants that it was judged on.
    options : TrainOptions
        What the training was asked.
    settings : Settings
        Threads, memory.
    progress : callable
        Told about long work.
    challenger : Challenger or None
        The scorecard, where one was trained.
    """

    model: JudgedModel
    options: TrainOptions
    settings: Settings
    progress: Progress
    challenger: Challenger | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finding:
    """What was found; whatever is empty adds nothing.

    Parameters
    ----------
    bundle : mapping of str to Part
        Optional sections of ``bundle.json``.
    files : mapping of str to bytes
        Files of the bundle.
    sections : tuple of SectionMaker
        Sections of the validation report.
    said : tuple of str
        Lines for whoever started the training.
    """

    bundle: Mapping[str, Part] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    sections: tuple[SectionMaker, ...] = ()
    said: tuple[str, ...] = ()
