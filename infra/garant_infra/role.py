"""Roles that may do what is listed and nothing else, never more than the permissions boundary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from aws_cdk import aws_iam as iam
from constructs import Construct

from garant_infra.stars import acknowledge_stars, check_reason, explain_stars


@dataclass(frozen=True)
class Grant:
    """One statement of what a role may do.

    Attributes
    ----------
    sid : str
        Its name in the policy.
    actions : sequence of str
        Each in full: an action with a star is refused.
    resources : sequence of str
        ARNs.
    conditions : mapping
        As IAM writes them.
    star : str
        Why a resource holds a star; at least 20 characters where one does.
    """

    sid: str
    actions: Sequence[str]
    resources: Sequence[str]
    conditions: Mapping[str, Mapping[str, object]] = field(default_factory=dict[str, Mapping[str, object]])
    star: str = ""

    def __post_init__(self) -> None:
        """Refuse what the templates must not hold."""
        if any("*" in action for action in self.actions):
            raise ValueError(f"{self.sid}: an action holds a star. List the actions that are needed.")
        if any("*" in resource for resource in self.resources):
            check_reason(self.sid, self.star)

    def statement(self) -> iam.PolicyStatement:
        """Write it for the CDK."""
        return iam.PolicyStatement(
            sid=self.sid, actions=[*self.actions], resources=[*self.resources], conditions=dict(self.conditions)
        )


class LeastPrivilegeRole(iam.Role):
    """A role with the grants of its purpose, written by hand.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    purpose : str
        What it is for, for whoever reads the list of roles.
    trusts : iam.ServicePrincipal or iam.WebIdentityPrincipal
        Who may take it: `service_trust` for a service of AWS.
    grants : sequence of Grant
        What it may do.
    boundary : iam.IManagedPolicy
        What it may never do more than.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        purpose: str,
        trusts: iam.ServicePrincipal | iam.WebIdentityPrincipal,
        grants: Sequence[Grant],
        boundary: iam.IManagedPolicy,
    ) -> None:
        document = iam.PolicyDocument(statements=[grant.statement() for grant in grants])
        super().__init__(
            scope,
            construct_id,
            description=purpose,
            # The protocols of the CDK name some parameters otherwise than its classes do.
            assumed_by=cast("iam.IPrincipal", trusts),
            inline_policies={construct_id: document} if grants else None,
            permissions_boundary=boundary,
        )
        explain_stars(self, {grant.sid: grant.star for grant in grants if grant.star})
        for grant in grants:
            if grant.star:
                acknowledge_stars(self, grant.resources, grant.star)


def service_trust(service: str, *, account: str, source_arns: Sequence[str]) -> iam.ServicePrincipal:
    """Trust a service of AWS, on behalf of this account and of these of its resources alone.

    Parameters
    ----------
    service : str
        ``"states.amazonaws.com"``.
    account : str
        The account.
    source_arns : sequence of str
        For whom the service may take the role; a star is allowed where the resource has no name yet.
    """
    conditions = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": [*source_arns]},
    }
    return iam.ServicePrincipal(service, conditions=conditions)
