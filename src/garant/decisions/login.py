"""Whose word PostgreSQL takes: a password that does not stand in store_url is fetched anew for every connection.

So a password that was changed, or a token that counts a quarter of an hour, needs no new start of the service. Two
words of the address say where it comes from, and PostgreSQL never sees them: ``?password_file=/run/secrets/store`` and
``?password_from=rds-iam``.
"""

from pathlib import Path
from typing import Any

from garant.exceptions import StoreError

FILE, SOURCE = "password_file", "password_from"

_RDS_IAM = "rds-iam"
_PORT = 5432
_ENCRYPTED = {"require", "verify-ca", "verify-full"}


def with_password(options: dict[str, Any]) -> dict[str, Any]:
    """Options of a connection with the password in the place of the words that say where it comes from.

    Raises
    ------
    StoreError
        When the file cannot be read or is empty, the source is unknown, or the token would cross the network in clear.
    """
    own = dict(options)
    file, source = own.pop(FILE, None), own.pop(SOURCE, None)
    if file is not None and source is not None:
        raise StoreError(f"store_url: {FILE} and {SOURCE} say both where the password comes from. Keep one of them.")
    if file is not None:
        own["password"] = password_in(Path(str(file)))
    if source is not None:
        own["password"] = _token(str(source), own)
    return own


def password_in(file: Path) -> str:
    """Password that stands alone in a file.

    Raises
    ------
    StoreError
        When the file cannot be read or is empty.
    """
    try:
        password = file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "no text"
        raise StoreError(f"{file}: the password of the record store cannot be read ({reason}).") from None
    if not password:
        raise StoreError(f"{file}: is empty. Expected the password of the record store.")
    return password


def _token(source: str, options: dict[str, Any]) -> str:
    if source != _RDS_IAM:
        raise StoreError(f"store_url: {SOURCE} = {source} is not known. Expected {_RDS_IAM}.")
    if options.get("sslmode") not in _ENCRYPTED:
        raise StoreError(
            f"store_url: {SOURCE}={_RDS_IAM} would send a token in clear. Add sslmode=verify-full and sslrootcert."
        )
    from garant.storage.database_token import rds_token  # noqa: PLC0415 - an extra

    return rds_token(host=str(options["host"]), port=int(options.get("port", _PORT)), user=str(options["user"]))
