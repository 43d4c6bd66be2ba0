"""A topic: features of one table that share reason family, direction of risk and meaning of NULL."""

from dataclasses import dataclass

from garant.features.feature import Feature, Legal, Missing, Sign, Unit
from garant.features.window import ALL, Window
from garant.tables.expressions import Value


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """Makes features of one family with the entries they have in common.

    Parameters
    ----------
    table : str
        Raw table that the features belong to.
    prefix : str
        First word of their names.
    family : str
        Reason family.
    sign, missing, legal
        Entries of the features unless a feature says otherwise.
    """

    table: str
    prefix: str
    family: str
    sign: Sign = Sign.NONE
    missing: Missing = Missing.NO_HISTORY
    legal: Legal = Legal.ALLOWED

    def feature(
        self,
        thing: str,
        unit: Unit,
        expression: Value,
        *,
        window: Window | None = None,
        sign: Sign | None = None,
        missing: Missing | None = None,
    ) -> Feature:
        """Feature named prefix, thing, window; text stem without the window, so that windows share their sentences.

        Parameters
        ----------
        thing : str
            What is measured, with its aggregate: ``late_days_max``.
        unit : Unit
            Unit of the value.
        expression : ibis value
            float64, or string for a category.
        window : Window or None
            Window of the aggregate; None for facts of the application itself.
        sign : Sign or None
            Direction of risk where it differs from the topic's.
        missing : Missing or None
            Meaning of NULL where it differs from the topic's.
        """
        stem = f"{self.prefix}_{thing}"
        return Feature(
            name=stem if window is None else f"{stem}_{window}",
            expression=expression,
            table=self.table,
            unit=unit,
            missing=missing or self.missing,
            sign=sign or self.sign,
            family=self.family,
            legal=self.legal,
            text=stem,
            window=window or ALL,
        )
