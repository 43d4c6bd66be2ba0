"""The scorecard of a bundle, checked to fit the bundle that holds it."""

from pydantic import ValidationError

from garant.exceptions import BundleFormatError, GarantError
from garant.models.bundle.content import CHALLENGER_FILE
from garant.models.bundle.reading import Bundle
from garant.models.scorecard.content import Scorecard


def read_scorecard(bundle: Bundle) -> Scorecard | None:
    """Scorecard of `bundle`; None when it was trained without one.

    Raises
    ------
    BundleFormatError
        When ``challenger.json`` is not what garant writes, or speaks of features that are no inputs of the bundle.
    """
    if bundle.content.challenger is None:
        return None
    where = bundle.folder / CHALLENGER_FILE
    remedy = "Take the bundle from where it was made, or train again."
    try:
        scorecard = Scorecard.model_validate_json(bundle.files[CHALLENGER_FILE])
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'content'}: {e['msg']}" for e in error.errors()[:5])
        raise BundleFormatError(f"{where}: {wrong}. {remedy}") from error
    except GarantError as error:
        raise BundleFormatError(f"{where}: {error} {remedy}") from error
    levels = {column.name: column.levels for column in bundle.columns}
    foreign = [entry.name for entry in scorecard.features if levels.get(entry.name, ()) != entry.levels]
    if foreign:
        raise BundleFormatError(f"{where}: {', '.join(foreign[:5])} is no input of this bundle. {remedy}")
    return scorecard
