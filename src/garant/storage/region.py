"""Where a bucket may lie: judged before a connection is opened, and on AWS once more by the bucket's own answer."""

from typing import Any
from urllib.parse import urlsplit

from garant.exceptions import StorageError, UsageError
from garant.settings import Settings

_AWS_DOMAINS = ("amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "api.aws")


def allowed_region(settings: Settings, *, configured: str | None = None) -> str:
    """Region to speak to.

    Parameters
    ----------
    settings : Settings
        `regions`, `s3_region`, `s3_endpoint`.
    configured : str or None
        Region of the user's AWS profile, which counts when the settings say none.

    Raises
    ------
    UsageError
        When the region is not known or not among the allowed ones, or the address is one of AWS elsewhere.
    """
    allowed = f"allowed are {', '.join(settings.regions)} (setting regions)"
    region = settings.s3_region or configured
    if not region:
        raise UsageError(f"S3: the region is not known. Set GARANT_S3_REGION or AWS_REGION; {allowed}.")
    if region not in settings.regions:
        raise UsageError(f"S3: region {region} is refused; {allowed}. Nothing was sent.")
    if settings.s3_endpoint and is_aws(settings) and region not in _host(settings).split("."):
        raise UsageError(f"S3: {settings.s3_endpoint} is not in region {region}; {allowed}. Nothing was sent.")
    return region


def is_aws(settings: Settings) -> bool:
    """Whether requests go to AWS itself, where a bucket tells its region."""
    if not settings.s3_endpoint:
        return True
    return _host(settings).endswith(tuple(f".{domain}" for domain in _AWS_DOMAINS))


def check_bucket_region(bucket: str, found: str | None, settings: Settings) -> None:
    """Judge what the bucket says of itself, before an object of it is read or written.

    Raises
    ------
    StorageError
        When the bucket lies outside the allowed regions, or does not say where.
    """
    if found in settings.regions:
        return
    where = f"lies in region {found}" if found else "does not say in which region it lies"
    allowed = ", ".join(settings.regions)
    raise StorageError(
        f"s3://{bucket}: the bucket {where}; allowed are {allowed} (setting regions). No object was read or written."
    )


def region_in(response: Any) -> str | None:  # noqa: ANN401 - the library's answers and errors are plain dictionaries
    """Region that an answer of AWS states in its headers, also one that refuses."""
    return response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("x-amz-bucket-region")


def _host(settings: Settings) -> str:
    return (urlsplit(settings.s3_endpoint or "").hostname or "").lower().rstrip(".")
