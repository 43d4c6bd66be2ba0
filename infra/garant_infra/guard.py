"""Stack Guard: what a role may never do, what is spent, what goes wrong, who looked at what."""

from collections.abc import Mapping

from aws_cdk import Environment, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from garant.cloud.profiles import Profile
from garant_infra.boundary import PermissionsBoundary


class GuardStack(Stack):
    def __init__(self, scope, construct_id, *, env, key, buckets, profile, budget, mail, github, github_provider):
        super().__init__(scope, construct_id, env=env)
        self.boundary = PermissionsBoundary(self, "Boundary", region=self.region)
