"""The tasks of the decision service: how one is made, how many there are, what happens when new ones do not start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_logs as logs
from constructs import Construct

from garant.cloud.serving_size import ServingSize
from garant_infra.serving_network import SERVICE_PORT
from garant_infra.serving_roles import ServingRoles
from garant_infra.stars import acknowledge

STATE: Final = "/var/lib/garant"
USER: Final = "10001:10001"
"""Of the Dockerfile: volumes belong to this user."""

STOP_SECONDS: Final = 45
"""Longer than the service takes to finish the requests that it has."""

_GRACE_SECONDS: Final = 120
_CPU_UNITS: Final = 1024

_ADDRESSES = (
    "What stands in the environment are addresses and names; passwords and the master key are handed over from Secrets "
    "Manager, and a test looks that no other name is among them."
)
_NO_INSIGHTS = (
    "Load, health and number of tasks are told by ECS and the load balancer without a price; Container Insights would "
    "be paid for by metric, at all times."
)


@dataclass(frozen=True, kw_only=True)
class Words:
    """What one container is told.

    Attributes
    ----------
    command : sequence of str
        Behind ``garant``.
    variables : mapping
        No secrets.
    secrets : mapping
        Variable → ARN in Secrets Manager, with the entry of its JSON.
    """

    command: Sequence[str]
    variables: Mapping[str, str]
    secrets: Mapping[str, str]


class ServingTasks(Construct):
    """Cluster, task and service on Fargate.

    A task first makes what is missing in the database, then serves. Its root cannot be written, it has no rights of
    the system, and starts as the user of the image.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    size : ServingSize
        Of a task, and how many.
    image : str
        Image by its digest.
    roles : ServingRoles
        What it may do.
    log_group : logs.ILogGroup
        Where its lines go.
    prepare, serve : Words
        What its two containers are told.
    subnets : sequence of ec2.CfnSubnet
        Where it stands.
    group : ec2.CfnSecurityGroup
        Whom it reaches.
    target : elb.CfnTargetGroup
        Who sends it requests.
    region : str
        Of the log.

    Attributes
    ----------
    cluster : ecs.CfnCluster
    service : ecs.CfnService
    """

    def __init__(  # noqa: PLR0913 - what a service is made of
        self,
        scope: Construct,
        construct_id: str,
        *,
        size: ServingSize,
        image: str,
        roles: ServingRoles,
        log_group: logs.ILogGroup,
        prepare: Words,
        serve: Words,
        subnets: Sequence[ec2.CfnSubnet],
        group: ec2.CfnSecurityGroup,
        target: elb.CfnTargetGroup,
        region: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._image, self._region, self._log_group = image, region, log_group
        self.cluster = ecs.CfnCluster(self, "Cluster")
        acknowledge(self.cluster, "AwsSolutions-ECS4", _NO_INSIGHTS)
        task = self._task(size, roles, prepare, serve)
        self.service = self._service(task, subnets, group, target)
        self._scale(size)

    def _task(self, size: ServingSize, roles: ServingRoles, prepare: Words, serve: Words) -> ecs.CfnTaskDefinition:
        container = ecs.CfnTaskDefinition
        after = container.ContainerDependencyProperty(container_name="prepare", condition="SUCCESS")
        alive = container.HealthCheckProperty(
            command=["CMD", "python", "-m", "garant.api.alive"],
            interval=30,
            timeout=5,
            retries=3,
            start_period=_GRACE_SECONDS,
        )
        port = container.PortMappingProperty(container_port=SERVICE_PORT, protocol="tcp")
        task = container(
            self,
            "Task",
            family="garant-service",
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(size.vcpu * _CPU_UNITS),
            memory=str(size.memory_gb * _CPU_UNITS),
            runtime_platform=container.RuntimePlatformProperty(
                cpu_architecture="X86_64", operating_system_family="LINUX"
            ),
            execution_role_arn=roles.starting.role_arn,
            task_role_arn=roles.task.role_arn,
            # Of the task alone, and gone with it; the image says whose they are.
            volumes=[container.VolumeProperty(name="state"), container.VolumeProperty(name="tmp")],
            container_definitions=[
                self._container("prepare", prepare, essential=False),
                self._container(
                    "serve", serve, essential=True, depends_on=[after], health_check=alive, port_mappings=[port]
                ),
            ],
        )
        acknowledge(task, "AwsSolutions-ECS2", _ADDRESSES)
        return task

    def _container(
        self,
        name: str,
        words: Words,
        **more: Any,  # noqa: ANN401 - of the construct, which checks them
    ) -> ecs.CfnTaskDefinition.ContainerDefinitionProperty:
        container = ecs.CfnTaskDefinition
        return container.ContainerDefinitionProperty(
            name=name,
            image=self._image,
            command=[*words.command],
            user=USER,
            readonly_root_filesystem=True,
            privileged=False,
            linux_parameters=container.LinuxParametersProperty(
                init_process_enabled=True, capabilities=container.KernelCapabilitiesProperty(drop=["ALL"])
            ),
            mount_points=[
                container.MountPointProperty(source_volume="state", container_path=STATE, read_only=False),
                container.MountPointProperty(source_volume="tmp", container_path="/tmp", read_only=False),  # noqa: S108
            ],
            stop_timeout=STOP_SECONDS,
            environment=[
                container.KeyValuePairProperty(name=key, value=value) for key, value in sorted(words.variables.items())
            ],
            secrets=[
                container.SecretProperty(name=key, value_from=value) for key, value in sorted(words.secrets.items())
            ],
            log_configuration=container.LogConfigurationProperty(
                log_driver="awslogs",
                options={
                    "awslogs-group": self._log_group.log_group_name,
                    "awslogs-region": self._region,
                    "awslogs-stream-prefix": "task",
                },
            ),
            **more,
        )

    def _service(
        self,
        task: ecs.CfnTaskDefinition,
        subnets: Sequence[ec2.CfnSubnet],
        group: ec2.CfnSecurityGroup,
        target: elb.CfnTargetGroup,
    ) -> ecs.CfnService:
        service = ecs.CfnService
        return service(
            self,
            "Service",
            cluster=self.cluster.ref,
            task_definition=task.ref,
            launch_type="FARGATE",
            # How many is the business of scaling: said here, each deployment would set it back.
            deployment_configuration=service.DeploymentConfigurationProperty(
                minimum_healthy_percent=100,
                maximum_percent=200,
                deployment_circuit_breaker=service.DeploymentCircuitBreakerProperty(enable=True, rollback=True),
            ),
            enable_execute_command=False,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            health_check_grace_period_seconds=_GRACE_SECONDS,
            load_balancers=[
                service.LoadBalancerProperty(
                    container_name="serve", container_port=SERVICE_PORT, target_group_arn=target.ref
                )
            ],
            network_configuration=service.NetworkConfigurationProperty(
                awsvpc_configuration=service.AwsVpcConfigurationProperty(
                    assign_public_ip="DISABLED",
                    subnets=[subnet.ref for subnet in subnets],
                    security_groups=[group.attr_group_id],
                )
            ),
        )

    def _scale(self, size: ServingSize) -> None:
        target = scaling.CfnScalableTarget(
            self,
            "Count",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=f"service/{self.cluster.ref}/{self.service.attr_name}",
            min_capacity=size.tasks_min,
            max_capacity=size.tasks_max,
        )
        policy = scaling.CfnScalingPolicy
        policy(
            self,
            "ByLoad",
            policy_name="load",
            policy_type="TargetTrackingScaling",
            scaling_target_id=target.ref,
            target_tracking_scaling_policy_configuration=policy.TargetTrackingScalingPolicyConfigurationProperty(
                predefined_metric_specification=policy.PredefinedMetricSpecificationProperty(
                    predefined_metric_type="ECSServiceAverageCPUUtilization"
                ),
                target_value=size.cpu_target_percent,
                scale_out_cooldown=60,
                scale_in_cooldown=300,
            ),
        )
