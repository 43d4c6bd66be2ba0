"""A star in a policy stands there for a reason, and the template carries the reason beside it."""

from collections.abc import Iterable, Mapping, Sequence

from aws_cdk import Acknowledgment, CfnResource, Stack, Validations
from constructs import IConstruct

METADATA = "garant:stars"
"""Entry in the metadata of a resource: Sid of a statement that holds a star → why it must."""

SHORTEST_REASON = 20
"""Characters of a reason."""


def explain_stars(resource: IConstruct, reasons: Mapping[str, str]) -> None:
    """Write into the template why statements of a resource's policies hold a star.

    Parameters
    ----------
    resource : IConstruct
        What holds the policies.
    reasons : mapping
        By Sid of the statement.

    Raises
    ------
    ValueError
        When a reason is too short to be one.
    """
    for sid, reason in reasons.items():
        check_reason(sid, reason)
    found = resource if isinstance(resource, CfnResource) else resource.node.default_child
    if not isinstance(found, CfnResource):
        raise TypeError(f"{resource.node.path}: has no resource of its own. Explain the stars where the policy is.")
    if reasons:
        found.add_metadata(METADATA, dict(reasons))


def acknowledge(at: IConstruct, rule: str, reason: str) -> None:
    """Accept a finding of cdk-nag, for a reason.

    Raises
    ------
    ValueError
        When the reason is too short to be one.
    """
    check_reason(rule, reason)
    Validations.of(at).acknowledge(Acknowledgment(id=rule, reason=reason))


def acknowledge_stars(at: IConstruct, resources: Iterable[str], reason: str) -> None:
    """Accept that a policy allows something on resources with a star: on these and on no others."""
    stack = Stack.of(at)
    for resource in resources:
        found = _as_cdk_nag_names(stack.resolve(resource))
        if "*" in found:
            acknowledge(at, f"AwsSolutions-IAM5[Resource::{found}]", reason)


def _as_cdk_nag_names(resource: object) -> str:
    """Write an ARN that CloudFormation puts together as cdk-nag does in the name of a finding."""
    match resource:
        case str():
            return resource
        case {"Fn::Join": [str() as between, Sequence() as parts]}:
            return between.join(map(_as_cdk_nag_names, parts))
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Ref": name}:
            return f"<{name}>"
        case _:
            raise TypeError(f"{resource}: is no ARN that can be named. Put it together from names and attributes.")


def check_reason(what: str, reason: str) -> None:
    """Refuse a reason that says nothing."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise ValueError(
            f"{what}: the reason {reason!r} says too little. Write at least {SHORTEST_REASON} characters: "
            "what needs it, and why nothing narrower will do."
        )
