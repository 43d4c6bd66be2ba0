"""Every finding of a training, in the order of the report."""

from collections.abc import Callable

from garant.runs.findings.directions import directions_kept
from garant.runs.findings.economics import economics_of
from garant.runs.findings.external_scores import external_scores
from garant.runs.findings.fairness import fairness
from garant.runs.findings.finding import Finding, Inquiry
from garant.runs.findings.leak_checks import leak_checks_finding
from garant.runs.findings.refer_band import refer_band_finding
from garant.runs.findings.selection import selection
from garant.runs.findings.tuning import tuning
from garant.runs.findings.validation import validation
from garant.runs.findings.variants import choices_priced

FINDERS: tuple[Callable[[Inquiry], Finding], ...] = (
    validation,
    tuning,
    selection,
    directions_kept,
    choices_priced,
    external_scores,
    fairness,
    leak_checks_finding,
    refer_band_finding,
    economics_of,
)


def findings_of(inquiry: Inquiry) -> Finding:
    """All findings as one."""
    found = [find(inquiry) for find in FINDERS]
    return Finding(
        bundle={name: part for each in found for name, part in each.bundle.items()},
        files={name: data for each in found for name, data in each.files.items()},
        sections=tuple(make for each in found for make in each.sections),
        said=tuple(line for each in found for line in each.said),
    )
