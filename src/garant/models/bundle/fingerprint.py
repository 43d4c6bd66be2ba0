"""One digest for the meaning of all features: it changes when any of them would compute something else."""

from collections.abc import Iterable
from dataclasses import dataclass

from garant.storage import sha256_json


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureDefinition:
    """What decides a feature's values.

    Parameters
    ----------
    name : str
        Name of the feature.
    sql : str
        SQL text of the expression in the reference dialect.
    dtype : str
        ``number`` or ``category``.
    levels : tuple of str or None
        Frozen levels of a category.
    """

    name: str
    sql: str
    dtype: str
    levels: tuple[str, ...] | None


def feature_fingerprint(definitions: Iterable[FeatureDefinition]) -> str:
    """Hexadecimal sha256 of the canonical definitions, whatever their order."""
    ordered = sorted(definitions, key=lambda definition: definition.name)
    return sha256_json([[d.name, d.sql, d.dtype, None if d.levels is None else list(d.levels)] for d in ordered])
