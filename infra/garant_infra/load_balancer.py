"""What ends TLS before the service: one listener, and figures of the service for nobody outside."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct

from garant_infra.serving_network import SERVICE_PORT, TLS_PORT
from garant_infra.stars import acknowledge

TLS_POLICY: Final = "ELBSecurityPolicy-TLS13-1-2-2021-06"

IDLE_SECONDS: Final = 25
"""Shorter than the service keeps a connection (30 s), or it would be closed while the load balancer sends on it."""

DRAIN_SECONDS: Final = 35
"""A task that is told to stop gets no new request and has this long for those that it has."""

_OWN_LOG = (
    "The service writes one line for each request itself, without personal data; a load balancer writes addresses and "
    "paths only to a bucket without a key of KMS, which is not had here."
)


class TlsBalancer(Construct):
    """Application load balancer with a certificate of ACM, inside the network unless it is said otherwise.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    vpc : ec2.CfnVPC
        The network.
    subnets : sequence of ec2.CfnSubnet
        Where it stands.
    group : ec2.CfnSecurityGroup
        Who may reach it.
    certificate : str
        ARN of the certificate.
    is_public : bool
        Whether it has public addresses.

    Attributes
    ----------
    target : elb.CfnTargetGroup
        Where tasks are added.
    listener : elb.CfnListener
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.CfnVPC,
        subnets: Sequence[ec2.CfnSubnet],
        group: ec2.CfnSecurityGroup,
        certificate: str,
        is_public: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        attribute = elb.CfnLoadBalancer.LoadBalancerAttributeProperty
        self._balancer = elb.CfnLoadBalancer(
            self,
            "Balancer",
            type="application",
            scheme="internet-facing" if is_public else "internal",
            subnets=[subnet.ref for subnet in subnets],
            security_groups=[group.attr_group_id],
            load_balancer_attributes=[
                attribute(key="idle_timeout.timeout_seconds", value=str(IDLE_SECONDS)),
                attribute(key="routing.http.drop_invalid_header_fields.enabled", value="true"),
            ],
        )
        acknowledge(self._balancer, "AwsSolutions-ELB2", _OWN_LOG)
        self.target = elb.CfnTargetGroup(
            self,
            "Tasks",
            vpc_id=vpc.ref,
            target_type="ip",
            protocol="HTTP",
            port=SERVICE_PORT,
            # Not /readyz: while the database is away a new task would be no better, and each of them goes on by itself.
            health_check_path="/healthz",
            health_check_interval_seconds=15,
            health_check_timeout_seconds=5,
            healthy_threshold_count=2,
            unhealthy_threshold_count=4,
            matcher=elb.CfnTargetGroup.MatcherProperty(http_code="200"),
            target_group_attributes=[
                elb.CfnTargetGroup.TargetGroupAttributeProperty(
                    key="deregistration_delay.timeout_seconds", value=str(DRAIN_SECONDS)
                )
            ],
        )
        self.listener = elb.CfnListener(
            self,
            "Tls",
            load_balancer_arn=self._balancer.ref,
            port=TLS_PORT,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificates=[elb.CfnListener.CertificateProperty(certificate_arn=certificate)],
            default_actions=[elb.CfnListener.ActionProperty(type="forward", target_group_arn=self.target.ref)],
        )
        self._keep_figures_inside()

    @property
    def address(self) -> str:
        """Name that the lender's DNS leads its host name to."""
        return self._balancer.attr_dns_name

    def _keep_figures_inside(self) -> None:
        """How much a lender decides is told to machines beside the tasks, never through here."""
        rule = elb.CfnListenerRule
        rule(
            self,
            "NoFigures",
            listener_arn=self.listener.ref,
            priority=1,
            conditions=[
                rule.RuleConditionProperty(
                    field="path-pattern", path_pattern_config=rule.PathPatternConfigProperty(values=["/metrics"])
                )
            ],
            actions=[
                rule.ActionProperty(
                    type="fixed-response",
                    fixed_response_config=rule.FixedResponseConfigProperty(
                        status_code="404", content_type="text/plain", message_body="Not here."
                    ),
                )
            ],
        )
