"""The pointer of a folder of runs: readers of scores must not be led to components, nor the other way round."""

from garant.exceptions import RunError, StorageError, UsageError
from garant.storage import Runs
from garant.storage.runs import POINTER


def require_verb(runs: Runs, verb: str) -> None:
    """Refuse a folder whose current run was made by another command than `verb`; one without a run is free.

    Raises
    ------
    UsageError
        When there is such a run.
    RunError
        When the pointer is there and cannot be read: a run would be made whole and then not be pointed to.
    StorageError
        When the folder cannot be reached.
    """
    if runs.document(POINTER) is None:
        return
    try:
        current = runs.current()
    except StorageError:
        raise
    except RunError:
        return
    found = current.manifest.get("verb")
    if found != verb:
        raise UsageError(
            f"{current.place}: is a run of `garant {found}`. Choose another --out: whoever follows its pointer looks "
            "for that run."
        )
