"""How many rows of a table may be in quarantine before a command stops: beyond it the data are not what they seem."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from garant.exceptions import QuarantineLimitError, UsageError
from garant.tables.accepted import AcceptedTables
from garant.tables.report import AcceptanceReport

MIN_ROWS = 5
"""A share alone would stop a small table for one broken row."""

SHOWN_RULES = 3


@dataclass(frozen=True, slots=True)
class QuarantineLimit:
    """Most rows per table that may be in quarantine.

    Parameters
    ----------
    text : str
        The limit as it was given, for messages and manifests.
    share : Decimal or None
        Share of the table's rows, or `MIN_ROWS` where that is more.
    rows : int
        Number of rows, where it was given instead of a share.
    """

    text: str
    share: Decimal | None = None
    rows: int = 0

    @classmethod
    def parse(cls, text: str) -> "QuarantineLimit":
        """Read ``0.5%``, the share ``0.005``, or a whole number of rows ``200``; zero of either accepts no row.

        Raises
        ------
        UsageError
            When it is none of them.
        """
        said = text.strip()
        if said.isascii() and said.isdigit():
            return cls(said, rows=int(said))
        try:
            share = Decimal(said[:-1].strip()) / 100 if said.endswith("%") else Decimal(said)
        except InvalidOperation:
            share = Decimal(-1)
        if not share.is_finite() or not 0 <= share <= 1:
            raise UsageError(
                f"--accept-quarantine {text}: expected a share of each table's rows like 0.5% or 0.005, at most 100%, "
                "or a whole number of rows like 200."
            )
        return cls(said, share=share)

    def rows_of(self, total: int) -> int:
        """Most rows in quarantine of a table with `total` rows."""
        if self.share is None:
            return self.rows
        return max(int(self.share * total), MIN_ROWS if self.share else 0)

    def require(self, accepted: AcceptedTables, *, data: object) -> None:
        """Stop when more rows of any table are in quarantine; orphans do not count.

        Parameters
        ----------
        accepted : AcceptedTables
            The tables that are going to be used.
        data : path
            What the user called the data.

        Raises
        ------
        QuarantineLimitError
            With every table over its limit and the rules that its rows break most often.
        """
        over = self.tables_over(accepted)
        if over:
            lines = [self._line(accepted.report, table) for table in over]
            raise QuarantineLimitError(
                f"{data}: too many rows are in quarantine, so nothing was written.\n" + "\n".join(lines) + "\n"
                f"Look at them with `garant check {data} --out ACCEPTED` (they are in ACCEPTED/quarantine) and correct "
                "them at their source, or raise the limit with --accept-quarantine."
            )

    def tables_over(self, accepted: AcceptedTables) -> tuple[str, ...]:
        """Tables that have more rows in quarantine."""
        counts = {table: accepted.report.table(table) for table in accepted.tables}
        return tuple(table for table, count in counts.items() if count.quarantined > self.rows_of(count.rows))

    def _line(self, report: AcceptanceReport, table: str) -> str:
        count = report.table(table)
        most = self.rows_of(count.rows)
        rules = sorted(
            (rule for rule in report.rules if rule.rule.startswith(f"{table}.")), key=lambda rule: -rule.rows
        )
        broken = "; ".join(f"{rule.rule} ({rule.rows})" for rule in rules[:SHOWN_RULES])
        share = f"{count.quarantined / count.rows:.2%}"
        return (
            f"  {table}: {count.quarantined} of {count.rows} rows ({share}), at most {most} are accepted "
            f"({self.text}). Most frequent: {broken}"
        )


DEFAULT_LIMIT = QuarantineLimit("0.1%", share=Decimal("0.001"))
"""Up to which train and score go on: one row in a thousand, or `MIN_ROWS` where that is more."""
