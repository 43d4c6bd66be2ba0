"""Where images of the service are kept: a tag never moves, each is looked through, old ones go."""

import json
from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_kms as kms
from constructs import Construct

NAME: Final = "garant-service"

KEPT_IMAGES: Final = 10
"""Images to roll back to; what is older is paid for without use."""


class ImageRepository(Construct):
    """Repository of ECR, encrypted, with tags that never move. It can be filled again, so it goes with its stack.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    key : kms.IKey
        Encrypts the images.

    Attributes
    ----------
    repository : ecr.CfnRepository
    """

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey) -> None:
        super().__init__(scope, construct_id)
        old = {
            "rulePriority": 1,
            "description": "Images beyond those that one rolls back to",
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": KEPT_IMAGES},
            "action": {"type": "expire"},
        }
        self.repository = ecr.CfnRepository(
            self,
            "Images",
            repository_name=NAME,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=ecr.CfnRepository.ImageScanningConfigurationProperty(scan_on_push=True),
            encryption_configuration=ecr.CfnRepository.EncryptionConfigurationProperty(
                encryption_type="KMS", kms_key=key.key_arn
            ),
            lifecycle_policy=ecr.CfnRepository.LifecyclePolicyProperty(
                lifecycle_policy_text=json.dumps({"rules": [old]})
            ),
            empty_on_delete=True,
        )
        self.repository.apply_removal_policy(RemovalPolicy.DESTROY)

    def image(self, digest: str) -> str:
        """Address of an image by its digest, which nobody can move."""
        return f"{self.repository.attr_repository_uri}@{digest}"
