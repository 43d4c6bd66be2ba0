"""Reading the retrained models of a bundle: only who asks about them pays for them, no score needs any."""

from typing import TYPE_CHECKING

from garant.exceptions import UsageError
from garant.models.bundle.load_check import check_loads
from garant.models.bundle.model_text import check_model_text
from garant.models.bundle.reading import Bundle
from garant.models.bundle.retrains import member_file
from garant.models.bundle.trust import Trust
from garant.models.lightgbm_alone import load_lightgbm

if TYPE_CHECKING:
    import lightgbm as lgb


def read_members(bundle: Bundle, trust: Trust) -> "tuple[lgb.Booster, ...]":
    """Retrained models of `bundle`, each tried in another process before it is loaded here.

    Raises
    ------
    UsageError
        When the bundle was trained without members.
    BundleFormatError, BundleLoadError
        When a member is cut, has other inputs than the bundle, or cannot be loaded.
    """
    entry = bundle.content.retrains
    if entry is None:
        raise UsageError(
            f"{bundle.folder}: holds no retrained models, so nothing can be said about the stability of reasons. "
            "Train again with --members 5."
        )
    names = [feature.name for feature in bundle.content.features]
    load_lightgbm()
    import lightgbm as lgb  # noqa: PLC0415 - who asks for nothing of the kind waits for none

    found: list[lgb.Booster] = []
    for number in range(1, entry.members + 1):
        text, where = bundle.files[member_file(number)], bundle.folder / member_file(number)
        check_model_text(text.decode(errors="replace"), names, where=str(where))
        check_loads(text, inputs=len(names), where=where, memory=trust.loaded)
        found.append(lgb.Booster(model_str=text.decode()))
    return tuple(found)
