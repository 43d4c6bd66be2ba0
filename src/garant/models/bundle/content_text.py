"""From the bytes of ``bundle.json`` to its content: what is foreign, newer or contradicts itself is refused."""

import json
from typing import Any, cast

from pydantic import ValidationError

from garant.exceptions import BundleFormatError, GarantError
from garant.models.bundle.content import HEADER, MAJOR, REQUIRED_FILES, BundleContent

REMEDY = "Take the bundle from where it was made, or train again."


def parse_content(text: bytes, *, where: str) -> BundleContent:
    """Content of ``bundle.json``.

    Sections that this garant does not know are passed over where the file calls them optional.

    Raises
    ------
    BundleFormatError
        When it is foreign, of a newer format, contradicts itself, or needs a section that this garant does not know.
    """
    found = json_object(text, where=where)
    _check_format(found.get("format"), where=where)
    known = _known_sections(found, where=where)
    try:
        content = BundleContent.model_validate_json(json.dumps(known, allow_nan=False))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'content'}: {e['msg']}" for e in error.errors()[:5])
        raise BundleFormatError(f"{where}: {wrong}. {REMEDY}") from error
    except GarantError as error:
        raise BundleFormatError(f"{where}: {error} {REMEDY}") from error
    missing = sorted(REQUIRED_FILES - set(content.files))
    if missing:
        raise BundleFormatError(f"{where}: lists no digest of {', '.join(missing)}. {REMEDY}")
    return content


def json_object(text: bytes, *, where: str) -> dict[str, Any]:
    """The JSON object `text`, without a key that comes twice and without NaN.

    Raises
    ------
    BundleFormatError
        When it is anything else.
    """
    try:
        found = json.loads(text.decode(), object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BundleFormatError(f"{where}: is no JSON that garant wrote ({error}). {REMEDY}") from error
    if not isinstance(found, dict):
        raise BundleFormatError(f"{where}: holds {type(found).__name__}, expected an object. {REMEDY}")
    return cast("dict[str, Any]", found)


def _check_format(found: Any, *, where: str) -> None:  # noqa: ANN401 - anything may stand in a foreign file
    version = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    major, minor = version.get("major"), version.get("minor")
    if type(major) is not int or type(minor) is not int:
        raise BundleFormatError(f"{where}: states no format, so it is not a bundle of garant. {REMEDY}")
    if major == MAJOR and minor >= 0:
        # A higher minor than ours adds optional sections, which are passed over.
        return
    read = f"this garant reads {MAJOR}.x"
    if major > MAJOR:
        raise BundleFormatError(f"{where}: has format {major}.{minor}, {read}. Install the garant that wrote it.")
    raise BundleFormatError(f"{where}: has the draft format {major}.{minor}, {read}. Train again.")


def _known_sections(found: dict[str, Any], *, where: str) -> dict[str, Any]:
    sections = found.get("sections")
    listed = cast("dict[str, Any]", sections) if isinstance(sections, dict) else {}
    required, optional = (_names(listed.get(kind)) for kind in ("required", "optional"))
    unlisted = sorted(set(found) - HEADER - required - optional)
    if unlisted:
        raise BundleFormatError(f"{where}: section {unlisted[0]!r} is not listed under sections. {REMEDY}")
    known = set(BundleContent.model_fields)
    needed = sorted(required - known)
    if needed:
        raise BundleFormatError(
            f"{where}: needs {', '.join(map(repr, needed))}, which this garant does not know. "
            f"Install the garant that wrote it ({found.get('garant_version', 'version not stated')})."
        )
    passed_over = optional - known
    kept = {name: value for name, value in found.items() if name not in passed_over}
    kept["sections"] = {"required": sorted(required), "optional": sorted(optional - passed_over)}
    return kept


def _names(found: Any) -> set[str]:  # noqa: ANN401 - anything may stand in a foreign file
    return {name for name in cast("list[Any]", found) if isinstance(name, str)} if isinstance(found, list) else set()


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key comes twice")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")
