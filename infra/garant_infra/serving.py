"""Stack Serving: API and pages on Fargate behind TLS, with PostgreSQL. Off unless asked for: it costs by the hour."""

from typing import Final

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from garant.cloud import names
from garant.cloud.serving_size import SERVING_SIZE
from garant_infra.image_repository import ImageRepository
from garant_infra.load_balancer import TlsBalancer
from garant_infra.log_group import EncryptedLogGroup
from garant_infra.master_secret import FIELD, MasterSecret
from garant_infra.records_database import OWNER, SERVICE_ROLE, RecordsDatabase
from garant_infra.serving_context import ServingWanted, serving_wanted
from garant_infra.serving_network import FRONT, ServingNetwork
from garant_infra.serving_roles import Bundle, ServingRoles
from garant_infra.serving_tasks import ServingTasks, Words

AUTHORITY: Final = "/opt/garant/certificates/rds.pem"
"""In the image: certificates that those of databases of RDS are checked against (certificates/README.md)."""


class ServingStack(Stack):
    """The decision service: at first its repository of images, and with an image all of it.

    Parameters
    ----------
    scope, construct_id
        As of every stack.
    env : Environment
        Account and region.
    key : kms.IKey
        Key of stack Data, which outlives this one: what is kept here can be read with it.
    boundary : iam.IManagedPolicy
        Permissions boundary of stack Guard.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        env: Environment,
        key: kms.IKey,
        boundary: iam.IManagedPolicy,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=env,
            description="garant: API and pages on Fargate behind TLS, PostgreSQL for the record of decisions",
        )
        want = serving_wanted(self.node.try_get_context, account=self.account, region=self.region)
        images = ImageRepository(self, "Repository", key=key)
        CfnOutput(self, names.IMAGE_REPOSITORY, value=images.repository.attr_repository_uri)
        if want is not None:
            self._serve(want, images=images, key=key, boundary=boundary)

    def _serve(
        self,
        want: ServingWanted,
        *,
        images: ImageRepository,
        key: kms.IKey,
        boundary: iam.IManagedPolicy,
    ) -> None:
        curated = names.bucket_name("curated", account=self.account, region=self.region)
        bundle = Bundle(bucket=f"arn:{self.partition}:s3:::{curated}", folder=f"{names.BUNDLES}{want.bundle}/")
        network = ServingNetwork(
            self, "Network", key=key, boundary=boundary, ingress=want.ingress, readable=[bundle.files]
        )
        database = RecordsDatabase(
            self,
            "Database",
            size=SERVING_SIZE,
            subnets=network.records,
            group=network.groups.database,
            key=key,
            snapshot=want.snapshot,
        )
        master = MasterSecret(self, "Master", key=key, existing=want.master_key)
        balancer = TlsBalancer(
            self,
            "Tls",
            vpc=network.vpc,
            subnets=network.front,
            group=network.groups.balancer,
            certificate=want.certificate,
            is_public=want.is_public,
        )
        log_group = EncryptedLogGroup(self, "Lines", name="/garant/serving/service", key=key)
        roles = ServingRoles(
            self,
            "Roles",
            boundary=boundary,
            key=key,
            repository=images.repository,
            log_group=log_group,
            secrets=[database.owner_secret, master.arn],
            bundle=bundle,
            login=database.login_arn,
        )
        tasks = ServingTasks(
            self,
            "Service",
            size=SERVING_SIZE,
            image=images.image(want.image),
            roles=roles,
            log_group=log_group,
            prepare=_prepare(database),
            serve=_serve(want, database, place=bundle.place, master=master.arn, region=self.region),
            subnets=network.tasks,
            group=network.groups.tasks,
            target=balancer.target,
            region=self.region,
        )
        for needed in (balancer.listener, *network.routes):
            tasks.service.node.add_dependency(needed)
        outputs = {
            names.SERVICE_URL: f"https://{want.host}",
            names.BALANCER_ADDRESS: balancer.address,
            names.CLUSTER_NAME: tasks.cluster.ref,
            names.SERVICE_NAME: tasks.service.attr_name,
            names.MASTER_KEY_AT: master.arn,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)


def _prepare(database: RecordsDatabase) -> Words:
    """What a task does first, with the owner's password: what is there already stays as it is."""
    return Words(
        command=["ledger", "migrate", "--only-new", "--service-role", SERVICE_ROLE],
        variables={"GARANT_STORE_URL": database.url(OWNER, authority=AUTHORITY)},
        secrets={"PGPASSWORD": f"{database.owner_secret}:password::"},
    )


def _serve(want: ServingWanted, database: RecordsDatabase, *, place: str, master: str, region: str) -> Words:
    """Serve, with no password: the role of the task signs what the database asks for."""
    variables = {
        # Where its bundle may lie.
        "AWS_REGION": region,
        "GARANT_STORE_URL": database.url(SERVICE_ROLE, authority=AUTHORITY, words="&password_from=rds-iam"),
        "GARANT_TRUSTED_KEYS": want.trusted_keys,
        "GARANT_TRUSTED_PROXY": ",".join(FRONT),
        "GARANT_PUBLIC_URL": f"https://{want.host}",
        "GARANT_JWT_ISSUER": want.jwt_issuer,
        "GARANT_JWT_AUDIENCE": want.jwt_audience,
    }
    if want.oidc_issuer is not None and want.oidc_client_id is not None:
        variables |= {"GARANT_OIDC_ISSUER": want.oidc_issuer, "GARANT_OIDC_CLIENT_ID": want.oidc_client_id}
    command = ["serve", "--bundle", place, "--host", "0.0.0.0", "--workers", str(SERVING_SIZE.vcpu)]  # noqa: S104
    return Words(
        command=command if want.has_pages else [*command, "--only", "api"],
        variables=variables,
        secrets={"GARANT_MASTER_KEY_TEXT": f"{master}:{FIELD}::"},
    )
