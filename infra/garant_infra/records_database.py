"""The record of decisions on PostgreSQL: encrypted, reached over TLS alone, kept when the stack goes."""

from collections.abc import Sequence
from typing import Any, Final

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from constructs import Construct

from garant.cloud.serving_size import ServingSize
from garant_infra.bucket import ERASURE_DAYS
from garant_infra.serving_network import DATABASE_PORT
from garant_infra.stars import acknowledge

NAME: Final = "garant"
OWNER: Final = "garantowner"
"""RDS takes letters and digits for the name of an owner."""
SERVICE_ROLE: Final = "garant_service"

_VERSION: Final = "17"
_AUTHORITY: Final = "rds-ca-rsa2048-g1"

_NO_MINOR = (
    "The linter has a list of full versions that was fixed on its day. RDS takes a main version alone and chooses the "
    "newest minor one, which it also keeps up to date."
)
_AS_THE_SNAPSHOT = (
    "Made from a snapshot, whose encryption it has: that snapshot was taken of a database of this template."
)


class RecordsDatabase(Construct):
    """PostgreSQL on RDS in two zones.

    What the service insists on is set: no commit is told before it is on the disk. The owner's password is made,
    kept and changed every week by RDS itself; the service logs in by tokens of IAM, and has no password.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    size : ServingSize
        Machine and disk.
    subnets : sequence of ec2.CfnSubnet
        Where it stands.
    group : ec2.CfnSecurityGroup
        Who may reach it.
    key : kms.IKey
        Encrypts disk, backups and the owner's password.
    snapshot : str or None
        Snapshot of an earlier database to go on with.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        size: ServingSize,
        subnets: Sequence[ec2.CfnSubnet],
        group: ec2.CfnSecurityGroup,
        key: kms.IKey,
        snapshot: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        standing = rds.CfnDBSubnetGroup(
            self,
            "Subnets",
            db_subnet_group_description="Record of decisions, reached by the tasks of the service alone",
            subnet_ids=[subnet.ref for subnet in subnets],
        )
        parameters = rds.CfnDBParameterGroup(
            self,
            "Parameters",
            family=f"postgres{_VERSION}",
            description="TLS alone; a commit is told when it is on the disk",
            parameters={"rds.force_ssl": "1", "synchronous_commit": "on"},
        )
        self._database = rds.CfnDBInstance(
            self,
            "Records",
            engine="postgres",
            engine_version=_VERSION,
            db_instance_class=size.database_class,
            allocated_storage=str(size.database_gb),
            storage_type="gp3",
            multi_az=size.zones > 1,
            port=str(DATABASE_PORT),
            publicly_accessible=False,
            db_subnet_group_name=standing.ref,
            vpc_security_groups=[group.attr_group_id],
            db_parameter_group_name=parameters.ref,
            ca_certificate_identifier=_AUTHORITY,
            enable_iam_database_authentication=True,
            manage_master_user_password=True,
            master_user_secret=rds.CfnDBInstance.MasterUserSecretProperty(kms_key_id=key.key_arn),
            # A backup holds who was erased: none is older than what is promised.
            backup_retention_period=ERASURE_DAYS,
            copy_tags_to_snapshot=True,
            delete_automated_backups=True,
            deletion_protection=True,
            auto_minor_version_upgrade=True,
            **_origin(key, snapshot),
        )
        self._database.apply_removal_policy(RemovalPolicy.SNAPSHOT)
        self._database.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3691"]}})
        self._database.add_metadata("garant:linter", _NO_MINOR)
        if snapshot is not None:
            acknowledge(self._database, "AwsSolutions-RDS2", _AS_THE_SNAPSHOT)

    @property
    def owner_secret(self) -> str:
        """ARN of the secret with the owner's password."""
        return self._database.attr_master_user_secret_secret_arn

    def url(self, role: str, *, authority: str, words: str = "") -> str:
        """Address for a role; `authority` is the file with the certificates of RDS, without which nothing is sent."""
        place = f"{self._database.attr_endpoint_address}:{DATABASE_PORT}/{NAME}"
        return f"postgresql://{role}@{place}?sslmode=verify-full&sslrootcert={authority}{words}"

    @property
    def login_arn(self) -> str:
        """What a role of IAM connects as when it logs in as the service's role of PostgreSQL."""
        stack = Stack.of(self)
        user = f"{self._database.attr_dbi_resource_id}/{SERVICE_ROLE}"
        return f"arn:{stack.partition}:rds-db:{stack.region}:{stack.account}:dbuser:{user}"


def _origin(key: kms.IKey, snapshot: str | None) -> dict[str, Any]:
    """A new database, or one that goes on from a snapshot and has name, owner and encryption from there."""
    if snapshot is not None:
        return {"db_snapshot_identifier": snapshot}
    return {"db_name": NAME, "master_username": OWNER, "storage_encrypted": True, "kms_key_id": key.key_arn}
