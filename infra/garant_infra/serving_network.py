"""Where the service stands: subnets of three kinds, one way out, and who may reach whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aws_cdk import Fn, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from garant_infra.log_group import EncryptedLogGroup
from garant_infra.role import Grant, LeastPrivilegeRole, service_trust
from garant_infra.stars import explain_stars

NETWORK: Final = "10.73.0.0/20"
FRONT: Final = ("10.73.0.0/24", "10.73.1.0/24")
"""Where the load balancer stands: the service believes what these say of who asks, and nobody else."""

_TASKS: Final = ("10.73.4.0/24", "10.73.5.0/24")
_RECORDS: Final = ("10.73.8.0/24", "10.73.9.0/24")

SERVICE_PORT: Final = 8000
DATABASE_PORT: Final = 5433
TLS_PORT: Final = 443

_ANYWHERE: Final = "0.0.0.0/0"

_NAMES: Final = "Layers of images have names that ECR chooses, and a bundle has many files below its digest."


@dataclass(frozen=True)
class Groups:
    """Security groups of the three who talk to each other."""

    balancer: ec2.CfnSecurityGroup
    tasks: ec2.CfnSecurityGroup
    database: ec2.CfnSecurityGroup


class ServingNetwork(Construct):
    """A network with a front, tasks and records in two zones.

    Tasks reach the lender's identity provider, the repository, logs and secrets through one NAT gateway, and S3
    through an endpoint that has no price. The records reach nobody.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    key : kms.IKey
        Encrypts the log of connections.
    boundary : iam.IManagedPolicy
        Of the role that writes it.
    ingress : sequence of str
        Networks that may reach the load balancer; the own one alone where there is none.
    readable : sequence of str
        ARNs of objects that tasks read through the endpoint of S3.

    Attributes
    ----------
    vpc : ec2.CfnVPC
    front, tasks, records : list of ec2.CfnSubnet
    groups : Groups
    routes : list of construct
        What must be there before a task starts.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        boundary: iam.IManagedPolicy,
        ingress: Sequence[str],
        readable: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        self.vpc = ec2.CfnVPC(self, "Vpc", cidr_block=NETWORK, enable_dns_support=True, enable_dns_hostnames=True)
        self.front = self._subnets("Front", FRONT)
        self.tasks = self._subnets("Tasks", _TASKS)
        self.records = self._subnets("Records", _RECORDS)
        self.routes: list[Construct] = []
        self._out_by_gateway()
        self._endpoint_of_s3([self._out_by_nat().ref], readable)
        self._log_connections(key, boundary)
        self.groups = self._groups(ingress or (NETWORK,))

    def _subnets(self, purpose: str, blocks: Sequence[str]) -> list[ec2.CfnSubnet]:
        return [
            ec2.CfnSubnet(
                self,
                f"{purpose}{number}",
                vpc_id=self.vpc.ref,
                cidr_block=block,
                availability_zone=Fn.select(number, Fn.get_azs()),
                map_public_ip_on_launch=False,
            )
            for number, block in enumerate(blocks)
        ]

    def _out_by_gateway(self) -> None:
        """Route of the front to the internet: for the NAT gateway, and for a load balancer with public addresses."""
        gateway = ec2.CfnInternetGateway(self, "Gateway")
        attached = ec2.CfnVPCGatewayAttachment(self, "Attached", vpc_id=self.vpc.ref, internet_gateway_id=gateway.ref)
        table = self._table("Front", self.front)
        route = ec2.CfnRoute(
            self,
            "ByGateway",
            route_table_id=table.ref,
            destination_cidr_block=_ANYWHERE,
            gateway_id=gateway.ref,
        )
        route.add_resource_dependency(attached)
        self.routes.append(route)

    def _out_by_nat(self) -> ec2.CfnRouteTable:
        """Route of the tasks out, which nobody comes in by. One for both zones: a second would be paid twice."""
        address = ec2.CfnEIP(self, "Address", domain="vpc")
        nat = ec2.CfnNatGateway(self, "Nat", subnet_id=self.front[0].ref, allocation_id=address.attr_allocation_id)
        table = self._table("Tasks", self.tasks)
        route = ec2.CfnRoute(
            self,
            "ByNat",
            route_table_id=table.ref,
            destination_cidr_block=_ANYWHERE,
            nat_gateway_id=nat.ref,
        )
        self.routes.append(route)
        # Subnets of the records keep the main table of the network, which leads nowhere.
        return table

    def _table(self, purpose: str, subnets: Sequence[ec2.CfnSubnet]) -> ec2.CfnRouteTable:
        table = ec2.CfnRouteTable(self, f"{purpose}Routes", vpc_id=self.vpc.ref)
        for number, subnet in enumerate(subnets):
            association = ec2.CfnSubnetRouteTableAssociation(
                self, f"{purpose}Route{number}", route_table_id=table.ref, subnet_id=subnet.ref
            )
            self.routes.append(association)
        return table

    def _endpoint_of_s3(self, tables: Sequence[str], readable: Sequence[str]) -> None:
        stack = Stack.of(self)
        layers = f"arn:{stack.partition}:s3:::prod-{stack.region}-starport-layer-bucket/*"
        statements = [
            _anybody("WhatTasksRead", "s3:GetObject", [layers, *readable]),
            _anybody("WhatTasksList", "s3:ListBucket", sorted({arn.partition("/")[0] for arn in readable})),
        ]
        endpoint = ec2.CfnVPCEndpoint(
            self,
            "S3",
            vpc_id=self.vpc.ref,
            service_name=f"com.amazonaws.{stack.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=[*tables],
            policy_document={"Version": "2012-10-17", "Statement": statements},
        )
        explain_stars(endpoint, {"WhatTasksRead": _NAMES})

    def _log_connections(self, key: kms.IKey, boundary: iam.IManagedPolicy) -> None:
        stack = Stack.of(self)
        group = EncryptedLogGroup(self, "Connections", name="/garant/serving/connections", key=key)
        role = LeastPrivilegeRole(
            self,
            "ConnectionsRole",
            purpose="Writes which connections the network of the service let through",
            trusts=service_trust(
                "vpc-flow-logs.amazonaws.com",
                account=stack.account,
                source_arns=[f"arn:{stack.partition}:ec2:{stack.region}:{stack.account}:vpc-flow-log/*"],
            ),
            grants=[
                Grant(
                    "Connections",
                    ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                    [group.log_group_arn],
                ),
            ],
            boundary=boundary,
        )
        ec2.CfnFlowLog(
            self,
            "Log",
            resource_id=self.vpc.ref,
            resource_type="VPC",
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_group_name=group.log_group_name,
            deliver_logs_permission_arn=role.role_arn,
        )

    def _groups(self, ingress: Sequence[str]) -> Groups:
        groups = Groups(
            balancer=self._group("Balancer", "Load balancer of the decision service"),
            tasks=self._group("Service", "Tasks of the decision service"),
            database=self._group("Database", "Record of decisions"),
        )
        for number, network in enumerate(ingress):
            ec2.CfnSecurityGroupIngress(
                self,
                f"Asking{number}",
                group_id=groups.balancer.attr_group_id,
                ip_protocol="tcp",
                from_port=TLS_PORT,
                to_port=TLS_PORT,
                cidr_ip=network,
                description="Who may ask the service",
            )
        self._let("Forwarded", groups.balancer, groups.tasks, SERVICE_PORT)
        self._let("Recorded", groups.tasks, groups.database, DATABASE_PORT)
        ec2.CfnSecurityGroupEgress(
            self,
            "Out",
            group_id=groups.tasks.attr_group_id,
            ip_protocol="tcp",
            from_port=TLS_PORT,
            to_port=TLS_PORT,
            cidr_ip=_ANYWHERE,
            description="Identity provider, images, secrets and logs, over TLS",
        )
        return groups

    def _group(self, name: str, description: str) -> ec2.CfnSecurityGroup:
        # Without a rule AWS would add one that lets everything out.
        nowhere = ec2.CfnSecurityGroup.EgressProperty(
            ip_protocol="icmp",
            from_port=252,
            to_port=86,
            cidr_ip="255.255.255.255/32",
            description="Nothing else leaves",
        )
        return ec2.CfnSecurityGroup(
            self, name, group_description=description, vpc_id=self.vpc.ref, security_group_egress=[nowhere]
        )

    def _let(self, name: str, source: ec2.CfnSecurityGroup, target: ec2.CfnSecurityGroup, port: int) -> None:
        """Let one group reach another at one port, on both sides."""
        ec2.CfnSecurityGroupEgress(
            self,
            f"{name}Out",
            group_id=source.attr_group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            destination_security_group_id=target.attr_group_id,
            description=name,
        )
        ec2.CfnSecurityGroupIngress(
            self,
            f"{name}In",
            group_id=target.attr_group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            source_security_group_id=source.attr_group_id,
            description=name,
        )


def _anybody(sid: str, action: str, resources: Sequence[str]) -> dict[str, object]:
    """Statement of the endpoint: who may do it is a matter of roles, here it is what may be done at all."""
    return {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": action, "Resource": [*resources]}
