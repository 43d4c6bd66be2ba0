"""What is personal of a judgement, as bytes by class of retention, and back.

Every number comes back as it was, bit by bit. Only what the model read does not: of it an HMAC is kept, by which a
computation can be compared with the recorded one, and from the raw records it can be computed again.
"""

import hmac
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from garant.decisions.record import Digests, Judgement, RetentionClass, Said
from garant.models.cutoff import Outcome

_FORMAT = b"\x01"
_LENGTH_BYTES = 4
_LEVEL = 1
"""Raw records are JSON with the same names again and again: the fastest level makes a tenth of them."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A judgement as it was recorded, and the HMAC of what the model read, hexadecimal."""

    judgement: Judgement
    matrix_hmac: str


def judgement_payloads(judgement: Judgement, decision_key: bytes) -> dict[RetentionClass, bytes]:
    """Bytes of each class; `decision_key` is the one that the class ``decision`` is sealed with."""
    application = {"client": judgement.client, "subject": judgement.subject}
    decision = {
        "outcome": str(judgement.outcome),
        "pd": judgement.pd,
        "points": judgement.points,
        "margin": judgement.margin,
        "cutoff": judgement.cutoff,
        "refer_band": list(judgement.refer_band),
        "product": judgement.product,
        "rules": [_said(entry) for entry in judgement.rules],
        "reasons": [_said(entry) for entry in judgement.reasons],
        "main_reason_kept": judgement.main_reason_kept,
        "warnings": [_said(entry) for entry in judgement.warnings],
        "contributions": dict(judgement.contributions),
        "base_value": judgement.base_value,
        "timings": dict(judgement.timings),
        "label": None if judgement.label is None else dict(judgement.label),
        "matrix_hmac": matrix_hmac(judgement.matrix, decision_key),
    }
    challenger = {"challenger_pd": judgement.challenger_pd, "challenger_points": judgement.challenger_points}
    return {
        RetentionClass.APPLICATION: packed(application, judgement.raw),
        RetentionClass.DECISION: packed(decision),
        RetentionClass.CHALLENGER: packed(challenger),
    }


def opened_judgement(payloads: Mapping[RetentionClass, bytes], digests: Digests) -> Opened:
    """Judgement of the bytes that `judgement_payloads` made; `digests` stand in clear."""
    application, raw = unpacked(payloads[RetentionClass.APPLICATION])
    content, _ = unpacked(payloads[RetentionClass.DECISION])
    challenger, _ = unpacked(payloads[RetentionClass.CHALLENGER])
    low, high = content["refer_band"]
    judgement = Judgement(
        client=application["client"],
        subject=application["subject"],
        raw=raw,
        outcome=Outcome(content["outcome"]),
        pd=content["pd"],
        points=content["points"],
        margin=content["margin"],
        cutoff=content["cutoff"],
        refer_band=(low, high),
        product=content["product"],
        rules=tuple(_heard(entry) for entry in content["rules"]),
        reasons=tuple(_heard(entry) for entry in content["reasons"]),
        main_reason_kept=content["main_reason_kept"],
        warnings=tuple(_heard(entry) for entry in content["warnings"]),
        contributions=content["contributions"],
        base_value=content["base_value"],
        matrix=b"",
        challenger_pd=challenger["challenger_pd"],
        challenger_points=challenger["challenger_points"],
        digests=digests,
        timings=content["timings"],
        label=content.get("label"),
    )
    return Opened(judgement, content["matrix_hmac"])


def matrix_hmac(matrix: bytes, decision_key: bytes) -> str:
    """HMAC-SHA256 of what the model read, hexadecimal: a plain digest of so few values could be found by trying."""
    return hmac.digest(hmac.digest(decision_key, b"garant matrix", "sha256"), matrix, "sha256").hex()


def packed(content: Mapping[str, Any], attached: bytes = b"") -> bytes:
    """JSON with bytes behind it, compressed."""
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    return _FORMAT + zlib.compress(len(text).to_bytes(_LENGTH_BYTES, "big") + text + attached, _LEVEL)


def unpacked(payload: bytes) -> tuple[dict[str, Any], bytes]:
    """What `packed` put together.

    Raises
    ------
    ValueError
        When the bytes are of a later format.
    """
    if payload[:1] != _FORMAT:
        raise ValueError(f"a payload of format {payload[:1].hex()}, expected {_FORMAT.hex()}")
    content = zlib.decompress(payload[1:])
    end = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "big")
    return json.loads(content[_LENGTH_BYTES:end]), content[end:]


def _said(entry: Said) -> dict[str, Any]:
    return {
        "code": entry.code,
        "texts": dict(entry.texts),
        "kind": entry.kind,
        "feature": entry.feature,
        "effect": entry.effect,
        "notes": None if entry.notes is None else dict(entry.notes),
        "fields": list(entry.fields),
    }


def _heard(entry: Mapping[str, Any]) -> Said:
    values: dict[str, Any] = {**entry, "fields": tuple(entry["fields"])}
    return Said(**values)
