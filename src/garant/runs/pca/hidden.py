"""Who is left out because they were erased: from the runs that are written to, or from those that are read."""

from dataclasses import dataclass
from pathlib import Path

from garant.runs.personal_rows import clients_in
from garant.runs.suppression import NOBODY, Suppression, require_same_list, suppression_of
from garant.settings import Settings
from garant.storage import Json, Runs


@dataclass(frozen=True, slots=True)
class Hidden:
    """Two lists of erased clients.

    Parameters
    ----------
    of_out : Suppression
        List of the folder of runs that is written to.
    of_source : Suppression
        List of the one that the matrix is read from.
    """

    of_out: Suppression
    of_source: Suppression

    @classmethod
    def of(cls, out: Runs, source: Runs | None, settings: Settings) -> "Hidden":
        """Read both lists.

        Raises
        ------
        KeyFileError
            When there is a list and its key is missing or another one.
        """
        return cls(suppression_of(out, settings), suppression_of(source, settings) if source is not None else NOBODY)

    @property
    def digests(self) -> dict[str, Json]:
        """What a run's identity says of them."""
        return {"out": self.of_out.digest, "source": self.of_source.digest}

    def among(self, part: Path) -> frozenset[int]:
        """Clients of a part of a matrix who are on either list."""
        lists = [names for names in (self.of_out, self.of_source) if names.names]
        clients = frozenset(clients_in(part)) if lists else frozenset[int]()
        return frozenset().union(*(names.among(clients) for names in lists))

    def require_same(self, out: Runs, settings: Settings) -> None:
        """Raise RunError when people were erased from the runs that are written to meanwhile."""
        require_same_list(out, self.of_out, settings)
