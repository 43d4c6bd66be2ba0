"""What an error of S3 means and what to do about it; never what is in a request, so that no secret is repeated."""

from typing import Final, Literal

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    FlexibleChecksumError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ResponseStreamingError,
    SSOError,
    TokenRetrievalError,
)

from garant.exceptions import GarantError, StorageError, UsageError

Action = Literal["list", "read", "write", "delete", "look at", "list the versions of", "delete versions of"]

PERMISSIONS: Final[dict[Action, str]] = {
    "list": "s3:ListBucket",
    "read": "s3:GetObject (and s3:ListBucket: without it what is absent counts as denied)",
    "write": "s3:PutObject",
    "delete": "s3:DeleteObject",
    "look at": "s3:ListBucket",
    "list the versions of": "s3:ListBucketVersions",
    "delete versions of": "s3:DeleteObjectVersion",
}

_ABSENT: Final = frozenset({"NoSuchKey", "404"})
_OTHER: Final = frozenset({"PreconditionFailed", "412"})

_MEANINGS: Final = (
    (
        {"AccessDenied", "AllAccessDisabled", "Forbidden", "403"},
        "access denied to {action} it. Allow {permission} there for these credentials.",
    ),
    (
        {"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired"},
        "the server does not accept the credentials ({code}). Check key, secret and session token.",
    ),
    (
        {"RequestTimeTooSkewed"},
        "the server refuses the request because the clock of this machine is wrong. Set it.",
    ),
    ({"NoSuchBucket"}, "there is no such bucket. Check its name and the region."),
    (_ABSENT, "vanished between listing and reading. Run the command again when nobody writes there."),
    (_OTHER, "changed while it was in use here. Run the command again when nobody writes there."),
    (
        {"SlowDown", "ServiceUnavailable", "Throttling", "ThrottlingException", "RequestLimitExceeded", "503"},
        "the server is too busy ({code}, {attempts} attempts). Try again later, or raise GARANT_S3_ATTEMPTS.",
    ),
)
"""Codes of S3 and what they mean to the user."""

_NO_IDENTITY = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)


def explained(error: BotoCoreError | ClientError, *, action: Action, where: str, attempts: int) -> GarantError:
    """Error of garant for what went wrong when `where` (an s3:// name) was listed, read, written or deleted."""
    if isinstance(error, _NO_IDENTITY):
        return UsageError(
            f"{where}: no usable credentials ({type(error).__name__}). Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or run where a role gives them."
        )
    if isinstance(error, ClientError):
        return StorageError(f"{where}: {_meaning(error, action=action, attempts=attempts)}")
    if is_broken_off(error):
        return StorageError(
            f"{where}: the answer was cut short or damaged {attempts} times ({type(error).__name__}); nothing of it "
            "was taken. Try again later, or raise GARANT_S3_ATTEMPTS."
        )
    return StorageError(
        f"{where}: no answer after {attempts} attempts ({type(error).__name__}). Check GARANT_S3_ENDPOINT, the network "
        "and GARANT_S3_REGION."
    )


def _meaning(error: ClientError, *, action: Action, attempts: int) -> str:
    code = code_of(error)
    about = error.response.get("ResponseMetadata", {})
    status, request = about.get("HTTPStatusCode", "?"), about.get("RequestId", "none")
    # A 404 without a body, as HEAD gives it, says no more than the request asked for.
    code = "NoSuchBucket" if code == "404" and action in {"list", "look at", "list the versions of"} else code
    other = f"S3 refused to {action} it: {code} (HTTP {status}, request {request}, {attempts} attempts at most)."
    for codes, meaning in _MEANINGS:
        if code in codes:
            return meaning.format(action=action, attempts=attempts, code=code, permission=PERMISSIONS[action])
    return other


def code_of(error: ClientError) -> str:
    """Code that the server gave."""
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def is_absent(error: ClientError) -> bool:
    """Whether the object is not there."""
    return code_of(error) in _ABSENT


def condition_failed(error: ClientError) -> bool:
    """Whether the object is there, or is another one, against the condition of the request."""
    return code_of(error) in _OTHER


def is_unknown(error: ClientError) -> bool:
    """Whether the server does not know the request at all."""
    return code_of(error) in {"NotImplemented", "MethodNotAllowed", "501", "405"}


def is_conflict(error: ClientError) -> bool:
    """Whether two conditional writes met; the answer of AWS that asks to try again."""
    return code_of(error) in {"ConditionalRequestConflict", "OperationAborted", "409"}


def is_broken_off(error: BotoCoreError | ClientError) -> bool:
    """Whether a body ended early or differs from its checksum: the library does not fetch it again by itself."""
    return isinstance(error, (FlexibleChecksumError, IncompleteReadError, ResponseStreamingError))
