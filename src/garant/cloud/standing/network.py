"""What is paid by the hour for being reachable: load balancers, endpoints, gateways, public addresses."""

from collections.abc import Sequence
from typing import Any, Final

from garant.cloud.account import Account
from garant.cloud.names import STACKS, TAG
from garant.cloud.prices import HOURS_PER_MONTH
from garant.cloud.standing.tagged import Tagged, stack_of
from garant.cloud.standing.thing import Billed, Standing, counted

_ABSENT: Final = frozenset(
    {"LoadBalancerNotFound", "InvalidVpcEndpointId.NotFound", "NatGatewayNotFound", "InvalidAllocationID.NotFound"}
)
_GONE: Final = frozenset({"deleted", "deleting", "failed"})


def find(account: Account, tagged: Sequence[Tagged]) -> list[Standing]:
    """All of them that exist."""
    ours = [{"Name": f"tag:{TAG}", "Values": [*STACKS]}]
    endpoints = account.each("ec2", "describe_vpc_endpoints", "VpcEndpoints", Filters=ours)
    gateways = account.each("ec2", "describe_nat_gateways", "NatGateways", Filters=ours)
    addresses = account.ask("ec2", "describe_addresses", Filters=ours)["Addresses"]
    return [
        *(_balancer(one) for one in _balancers(account, tagged)),
        *(_endpoint(one) for one in endpoints if _is_paid(one)),
        *(_gateway(one) for one in gateways if one["State"] not in _GONE),
        *(_address(one) for one in addresses),
    ]


def end(account: Account, thing: Standing) -> None:
    """Delete one of them."""
    name = thing.name
    if thing.kind == "load balancer":
        unprotected = [{"Key": "deletion_protection.enabled", "Value": "false"}]
        request = {"LoadBalancerArn": name, "Attributes": unprotected}
        account.unless(_ABSENT, lambda: account.ask("elbv2", "modify_load_balancer_attributes", **request))
        account.unless(_ABSENT, lambda: account.ask("elbv2", "delete_load_balancer", LoadBalancerArn=name))
    elif thing.kind == "endpoint":
        account.unless(_ABSENT, lambda: account.ask("ec2", "delete_vpc_endpoints", VpcEndpointIds=[name]))
    elif thing.kind == "gateway":
        account.unless(_ABSENT, lambda: account.ask("ec2", "delete_nat_gateway", NatGatewayId=name))
    else:
        account.unless(_ABSENT, lambda: account.ask("ec2", "release_address", AllocationId=name))


def _balancers(account: Account, tagged: Sequence[Tagged]) -> list[tuple[dict[str, Any], str]]:
    stacks = {thing.arn: thing.stack for thing in tagged if thing.service == "elasticloadbalancing"}
    listed = account.each("elbv2", "describe_load_balancers", "LoadBalancers") if stacks else []
    return [(one, stacks[one["LoadBalancerArn"]]) for one in listed if one["LoadBalancerArn"] in stacks]


def _balancer(found: tuple[dict[str, Any], str]) -> Standing:
    one, stack = found
    zones = len(one.get("AvailabilityZones", ()))
    public = one.get("Scheme") == "internet-facing"
    billed = [Billed("load_balancer", HOURS_PER_MONTH)]
    if public:
        # One in each zone at least; AWS adds some when there is load.
        billed.append(Billed("public_address", HOURS_PER_MONTH * zones))
    state = f"{one['State']['Code']}, {counted(zones, 'zone')}" + (", public addresses" if public else "")
    remark = "requests are paid beside"
    return Standing("load balancer", one["LoadBalancerArn"], stack, state, tuple(billed), remark=remark)


def _is_paid(endpoint: dict[str, Any]) -> bool:
    """Whether it has machines of its own; those to S3 by routes are free."""
    return endpoint["VpcEndpointType"] != "Gateway" and endpoint["State"].lower() not in _GONE


def _endpoint(one: dict[str, Any]) -> Standing:
    zones = max(1, len(one.get("SubnetIds", ())))
    billed = Billed("endpoint", HOURS_PER_MONTH * zones)
    state = f"{one['ServiceName']}, {counted(zones, 'zone')}"
    return Standing("endpoint", one["VpcEndpointId"], stack_of(one.get("Tags")), state, (billed,))


def _gateway(one: dict[str, Any]) -> Standing:
    billed = Billed("nat_gateway", HOURS_PER_MONTH)
    return Standing("gateway", one["NatGatewayId"], stack_of(one.get("Tags")), one["State"], (billed,))


def _address(one: dict[str, Any]) -> Standing:
    billed = Billed("public_address", HOURS_PER_MONTH)
    state = "in use" if one.get("AssociationId") else "not in use"
    return Standing("address", one["AllocationId"], stack_of(one.get("Tags")), state, (billed,))
