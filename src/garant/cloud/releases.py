"""Which releases of EMR a job may run on. Neither AWS CDK nor cfn-lint refuses a label that does not exist."""

from dataclasses import dataclass
from datetime import date

from garant.exceptions import UnknownNameError


@dataclass(frozen=True)
class Release:
    """One release of EMR Serverless.

    Attributes
    ----------
    label : str
        What EMR calls it.
    spark : str
        Its Spark; the first two numbers must be those of garant's extra ``spark``.
    pythons : tuple of str
        Versions of Python on its workers.
    supported_until : date
        Last day of support; of a long-term release the last day of the month that AWS names.
    """

    label: str
    spark: str
    pythons: tuple[str, ...]
    supported_until: date


RELEASES = (Release("emr-spark-8.1.0", "4.1.1", ("3.11", "3.13"), date(2029, 9, 30)),)
"""Releases whose Spark is the line that garant is tested with; source: release guide of Amazon EMR, read 2026-11-24.

``emr-spark-8.0.0`` has Spark 4.0 and ends in May 2027, ``emr-7.13.0`` has Spark 3.5: both are refused.
"""

EMR_RELEASE = RELEASES[0]
"""The release that is deployed."""

JOB_PYTHON = "3.11"
"""Python of the environment archive; must be one of the release."""


def release_of(label: str) -> Release:
    """Release of a label.

    Raises
    ------
    UnknownNameError
        When it is not on the list.
    """
    for release in RELEASES:
        if release.label == label:
            return release
    labels = [release.label for release in RELEASES]
    raise UnknownNameError("release of EMR", label, labels, f"Known are {', '.join(labels)}.")
