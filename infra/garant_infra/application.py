"""The application on EMR Serverless: costs nothing while no job runs, and no more than its profile while one does."""

from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_emrserverless as emr
from aws_cdk import aws_kms as kms
from constructs import Construct

from garant.cloud import names
from garant.cloud.profiles import AUTO_STOP_MINUTES, Profile
from garant.cloud.releases import EMR_RELEASE, release_of

QUEUE_MINUTES: Final = 15
"""How long a job waits for another one to end; the least that EMR takes."""

ARCHITECTURE: Final = "X86_64"
"""Of the workers, and of the wheels in the environment archive."""


class PortfolioApplication(Construct):
    """Spark application with the limits of a profile.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    profile : Profile
        What all workers together may use.
    key : kms.IKey
        Encrypts the logs.
    interactive : bool
        Whether notebooks may use it.
    release : str
        Label of EMR; one of `garant.cloud.releases.RELEASES`.

    Attributes
    ----------
    arn, application_id : str
        What it is called.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        profile: Profile,
        key: kms.IKey,
        interactive: bool = False,
        release: str = EMR_RELEASE.label,
    ) -> None:
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        logs = names.bucket_name("logs", account=stack.account, region=stack.region)
        of = emr.CfnApplication
        application = of(
            self,
            "Application",
            name="garant-portfolio",
            # Neither the CDK nor CloudFormation's linter refuses a label that does not exist.
            release_label=release_of(release).label,
            type="Spark",
            architecture=ARCHITECTURE,
            maximum_capacity=of.MaximumAllowedResourcesProperty(
                cpu=f"{profile.vcpu} vCPU", memory=f"{profile.memory_gb} GB", disk=f"{profile.disk_gb} GB"
            ),
            auto_start_configuration=of.AutoStartConfigurationProperty(enabled=True),
            auto_stop_configuration=of.AutoStopConfigurationProperty(
                enabled=True, idle_timeout_minutes=AUTO_STOP_MINUTES
            ),
            scheduler_configuration=of.SchedulerConfigurationProperty(
                max_concurrent_runs=1, queue_timeout_minutes=QUEUE_MINUTES
            ),
            monitoring_configuration=of.MonitoringConfigurationProperty(
                s3_monitoring_configuration=of.S3MonitoringConfigurationProperty(
                    log_uri=f"s3://{logs}/{names.JOB_LOGS}", encryption_key_arn=key.key_arn
                ),
                # AWS would keep a second copy of the logs where no rule of ours ends it.
                managed_persistence_monitoring_configuration=of.ManagedPersistenceMonitoringConfigurationProperty(
                    enabled=False
                ),
            ),
            interactive_configuration=of.InteractiveConfigurationProperty(
                studio_enabled=True, livy_endpoint_enabled=True
            )
            if interactive
            else None,
        )
        self.arn, self.application_id = application.attr_arn, application.attr_application_id
