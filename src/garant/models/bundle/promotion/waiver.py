"""A waiver: somebody who holds a trusted key writes why a bundle is promoted although gates fail."""

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path

from garant.exceptions import PromotionError, UsageError
from garant.keys import PublicKey
from garant.models.bundle.part import Part
from garant.models.bundle.signature import Signer
from garant.models.bundle.trust import Trust
from garant.storage import canonical_json
from garant.storage.unreadable import unreadable

MIN_CHARACTERS = 40
"""Shorter texts do not say why."""

_MOST_BYTES = 100_000


class Waiver(Part):
    """A signed waiver, as the history of a registry keeps it.

    Parameters
    ----------
    bundle : str
        Digest of the one bundle that it is about.
    gates : tuple of str
        Gates that failed when it was written; it waives no other.
    text : str
        Why.
    public_key, signature : str
        Who says so: line of the key, base64 of the signature.
    """

    bundle: str
    gates: tuple[str, ...]
    text: str
    public_key: str
    signature: str

    def is_signed(self) -> bool:
        """Whether the signature is the one of this waiver by this key."""
        try:
            key = PublicKey.parse(self.public_key)
            signature = base64.b64decode(self.signature, validate=True)
        except (UsageError, binascii.Error, ValueError):
            return False
        return key.signed(_message(self.bundle, self.gates, self.text), signature)


def sign_waiver(file: Path, *, bundle: str, gates: Sequence[str], signer: Signer, trust: Trust) -> Waiver:
    """Waiver of the failed `gates` of the bundle with the digest `bundle`, with the text in `file`.

    Raises
    ------
    PromotionError
        When the text says too little or cannot be read, or the key is none that the settings trust: a development key
        waives nothing.
    """
    try:
        with file.open("rb") as stream:
            text = stream.read(_MOST_BYTES).decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PromotionError(f"{unreadable(file, error, kind='text')} Write there why the gates are waived.") from error
    if len(text) < MIN_CHARACTERS:
        raise PromotionError(
            f"{file}: has {len(text)} characters, expected at least {MIN_CHARACTERS}. Write why these gates are "
            f"waived, by whom and until when: {', '.join(gates)}."
        )
    if signer.development or not trust.accepts(signer.signature):
        raise PromotionError(
            f"A waiver needs a key that the setting trusted_keys lists; {signer.key.public.id} is "
            f"{'a development key' if signer.development else 'not listed'}. Give its file with --key."
        )
    signature = signer.key.sign(_message(bundle, gates, text))
    return Waiver(
        bundle=bundle,
        gates=tuple(gates),
        text=text,
        public_key=signer.key.public.text,
        signature=base64.b64encode(signature).decode(),
    )


def _message(bundle: str, gates: Sequence[str], text: str) -> bytes:
    said = canonical_json({"bundle": bundle, "gates": list(gates), "text": text})
    return b"garant waiver signature 1\n" + said.encode()
