"""Who read or wrote which object: a trail of CloudTrail over the buckets that hold data of persons."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

TRAIL: Final = "garant-data-access"
"""Name of the trail; the bucket of logs and the key let this one write, by its name."""

TRAIL_PREFIX: Final = "access"
"""Place of its files in the bucket of logs."""

_OF_PERSONS: Final = ("raw", "curated", "results")


class AccessTrail(Construct):
    """Trail of reads and writes of objects, without the content; nothing is paid for while nobody reads.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    buckets : mapping
        The buckets by their purpose; files of the trail go to ``logs``, which it does not watch.
    key : kms.IKey
        Encrypts the files.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, buckets: Mapping[str, s3.IBucket], key: kms.IKey
    ) -> None:
        super().__init__(scope, construct_id)
        watched = [buckets[purpose].arn_for_objects("") for purpose in _OF_PERSONS]
        selector = cloudtrail.CfnTrail.AdvancedEventSelectorProperty
        field = cloudtrail.CfnTrail.AdvancedFieldSelectorProperty
        cloudtrail.CfnTrail(
            self,
            "Trail",
            trail_name=TRAIL,
            is_logging=True,
            is_multi_region_trail=False,
            include_global_service_events=False,
            enable_log_file_validation=True,
            s3_bucket_name=buckets["logs"].bucket_name,
            s3_key_prefix=TRAIL_PREFIX,
            kms_key_id=key.key_arn,
            advanced_event_selectors=[
                selector(
                    name="Objects of persons",
                    field_selectors=[
                        field(field="eventCategory", equal_to=["Data"]),
                        field(field="resources.type", equal_to=["AWS::S3::Object"]),
                        field(field="resources.ARN", starts_with=watched),
                    ],
                )
            ],
        )
