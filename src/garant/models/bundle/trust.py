"""Whose signature makes a bundle usable on this machine."""

from dataclasses import dataclass
from pathlib import Path

from garant.exceptions import BundleSignatureError
from garant.keys import PublicKey, read_key
from garant.models.bundle.signature import Signature
from garant.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Keys that are trusted, and where it is remembered which models were loaded before.

    Parameters
    ----------
    keys : tuple of PublicKey
        Keys that the settings list.
    own : PublicKey or None
        Development key of this machine, where there is one.
    development : bool
        Whether signatures of development keys are accepted at all.
    loaded : Path
        Folder of `garant.models.bundle.load_check`.
    """

    keys: tuple[PublicKey, ...]
    own: PublicKey | None
    development: bool
    loaded: Path

    @classmethod
    def of(cls, settings: Settings, *, development: bool = True) -> "Trust":
        """Trust that the settings state.

        Parameters
        ----------
        settings : Settings
            List the trusted keys and name the development key.
        development : bool
            False for a service that others than this machine reach: it takes no signature of a development key.

        Raises
        ------
        UsageError
            When a trusted key is none.
        KeyFileError
            When the development key is there and cannot be used.
        """
        own = settings.development_key
        return cls(
            keys=tuple(PublicKey.parse(line) for line in settings.trusted_keys),
            own=read_key(own).public if development and own.exists() else None,
            development=development,
            loaded=settings.cache_folder / "loaded",
        )

    def accepts(self, signature: Signature) -> bool:
        """Whether a bundle with this signature may be used."""
        if not signature.development:
            return signature.key in self.keys
        return self.development and (signature.key == self.own or signature.key in self.keys)

    def require(self, signature: Signature, *, where: Path) -> None:
        """Raise BundleSignatureError that says what to do unless `accepts`."""
        if self.accepts(signature):
            return
        key = signature.key
        sign = f"`garant bundle sign {where} --key FILE` with a key that the setting trusted_keys lists"
        if signature.development and not self.development:
            raise BundleSignatureError(
                f"{where}: is signed with a development key ({key.id}), which a service that others reach refuses. "
                f"Validate the bundle, then sign it: {sign}.",
                rule="development",
            )
        if signature.development:
            raise BundleSignatureError(
                f"{where}: is signed with the development key {key.id} of another machine or user. Sign it where it "
                f"was made: {sign}. Or train it again here.",
                rule="development",
            )
        raise BundleSignatureError(
            f"{where}: is signed with key {key.id}, which is not trusted here ({_listed(self.keys)}). If you know "
            f'whose key it is, add its line to trusted_keys in garant.toml: trusted_keys = ["{key.text}"].',
            rule="unknown_key",
        )


def _listed(keys: tuple[PublicKey, ...]) -> str:
    if not keys:
        return "the setting trusted_keys lists none"
    return f"the setting trusted_keys lists {', '.join(key.id for key in keys)}"
