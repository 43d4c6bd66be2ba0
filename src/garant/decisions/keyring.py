"""The keys of the store: master key → key of a person → key of one payload, and what is derived for names.

Each is random and closed with the one above it, which says for whom: destroying one closes everything below for ever.
"""

import hmac
import secrets

from garant.decisions.record import RetentionClass
from garant.exceptions import AlteredRecordError
from garant.keys import MasterKey
from garant.keys.master import KEY_BYTES, WrongKeyError, seal, unseal


class Keyring:
    """What is done with the master key, and nothing else is."""

    def __init__(self, master: MasterKey) -> None:
        self._master = master
        self._subjects = master.derive("subjects of decisions")
        self._requests = master.derive("requests")
        self._api_keys = master.derive("API keys")
        self._answers = master.derive("answers about nobody")
        self._page_cookies = master.derive("cookies of pages")

    @property
    def id(self) -> str:
        """Id of the master key."""
        return self._master.id

    def pseudonym(self, subject: str) -> bytes:
        """Name of a person in the database, which only the holder of the master key can find."""
        return hmac.digest(self._subjects, subject.encode(), "sha256")

    def request(self, principal: str, route: str, key: str) -> bytes:
        """Name of a request: its key is chosen by others and may say something of a person."""
        parts = [part.encode() for part in (principal, route, key)]
        return hmac.digest(self._requests, b"".join(len(p).to_bytes(4, "big") + p for p in parts), "sha256")

    def body(self, request: bytes, body: bytes) -> bytes:
        """Digest of a request's body that cannot be found by trying bodies."""
        return hmac.digest(self._requests, b"body" + request + body, "sha256")

    def api_secret(self, key_id: str, secret: str) -> bytes:
        """What is kept of the secret of an API key."""
        return hmac.digest(self._api_keys, f"{key_id}:{secret}".encode(), "sha256")

    def wrap_subject(self, key: bytes, pseudonym: bytes) -> bytes:
        """Close the key of a person."""
        return self._master.wrap(key, b"subject" + pseudonym)

    def subject_key(self, wrapped: bytes, pseudonym: bytes) -> bytes:
        """Open the key of a person."""
        try:
            return self._master.unwrap(wrapped, b"subject" + pseudonym)
        except WrongKeyError as error:
            raise AlteredRecordError(
                "The key of a person in the record store cannot be opened: it was changed."
            ) from error

    @property
    def page_cookies(self) -> bytes:
        """Key that sessions of pages are signed with."""
        return self._page_cookies

    @property
    def answers(self) -> bytes:
        """Key of answers that tell of nobody."""
        return self._answers


def new_key() -> bytes:
    """Random key of 256 bits."""
    return secrets.token_bytes(KEY_BYTES)


def wrap_payload_key(subject_key: bytes, key: bytes, record: str, retention: RetentionClass) -> bytes:
    """Close the key of a payload with that of its person."""
    return seal(subject_key, key, f"payload key {record} {retention}".encode())


def payload_key(subject_key: bytes, wrapped: bytes, record: str, retention: RetentionClass) -> bytes:
    """Open the key of a payload."""
    return opened(subject_key, wrapped, f"payload key {record} {retention}".encode(), record)


def opened(key: bytes, sealed: bytes, about: bytes, record: str) -> bytes:
    """Decrypt, or say which record is not what was recorded.

    Raises
    ------
    AlteredRecordError
        When anything that the ciphertext is bound to, or itself, is another.
    """
    try:
        return unseal(key, sealed, about)
    except WrongKeyError as error:
        raise AlteredRecordError(
            f"Record {record} is not what was recorded: it, or what it is bound to, was changed in the database. "
            "Nothing of it is shown; compare with a back-up."
        ) from error
