"""Who may deploy from GitHub: one repository, by tokens that live as long as a workflow, and no key anywhere."""

from typing import Final

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from garant.cloud import names
from garant_infra import image_repository
from garant_infra.role import Grant, LeastPrivilegeRole

ISSUER: Final = "token.actions.githubusercontent.com"

ENVIRONMENT: Final = "production"
"""Environment of the repository whose jobs may deploy: there a person approves first."""

_DEPLOY: Final = ("deploy-role", "file-publishing-role", "image-publishing-role", "lookup-role")
_COMPARE: Final = ("lookup-role",)


class GitHubDeployer(Construct):
    """Two roles of a repository: one deploys after an approval, one compares on a pull request and changes nothing.

    They take the roles that ``cdk bootstrap`` made, and CloudFormation does the rest with its own. Beside that both
    read what is deployed, which ``garant cloud deploy`` goes on from, and the first one pushes images.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    repository : str
        ``owner/name``.
    provider : str or None
        ARN of GitHub's identity provider, of which an account has one at most; made when None.
    boundary : iam.IManagedPolicy
        Permissions boundary.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        repository: str,
        provider: str | None,
        boundary: iam.IManagedPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        if provider is None:
            # The resource of CloudFormation: the construct of the CDK would bring a function with a role of its own.
            made = iam.CfnOIDCProvider(self, "Provider", url=f"https://{ISSUER}", client_id_list=["sts.amazonaws.com"])
            provider = made.attr_arn
        pushes = [_token_of_images(), _push(self)]
        for construct, purpose, subject, roles, more in (
            ("Deploy", "deploy garant", f"environment:{ENVIRONMENT}", _DEPLOY, pushes),
            ("Compare", "compare templates of garant with what is deployed", "pull_request", _COMPARE, []),
        ):
            takes = Grant("TakeRolesOfCdk", ["sts:AssumeRole"], [_cdk_role(self, name) for name in roles])
            role = LeastPrivilegeRole(
                self,
                construct,
                purpose=f"GitHub Actions of {repository}: {purpose}",
                trusts=_token_of(provider, subject=f"repo:{repository}:{subject}"),
                grants=[takes, _read_stacks(self), *more],
                boundary=boundary,
            )
            CfnOutput(Stack.of(self), f"{construct}RoleArn", value=role.role_arn)


def _token_of(provider: str, *, subject: str) -> iam.WebIdentityPrincipal:
    """Trust tokens of one subject, in full: with a star another repository or branch could match."""
    return iam.WebIdentityPrincipal(
        provider, {"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": subject}}
    )


def _cdk_role(scope: Construct, name: str) -> str:
    stack = Stack.of(scope)
    role = f"cdk-{names.QUALIFIER}-{name}-{stack.account}-{stack.region}"
    return f"arn:{stack.partition}:iam::{stack.account}:role/{role}"


def _read_stacks(scope: Construct) -> Grant:
    """Read what is deployed, and what it was told: a deployment keeps what it does not name, and goes back to it."""
    stack = Stack.of(scope)
    place = f"arn:{stack.partition}:cloudformation:{stack.region}:{stack.account}:stack"
    return Grant(
        "ReadStacks",
        ["cloudformation:DescribeStacks", "cloudformation:GetTemplate"],
        [f"{place}/{name}/*" for name in (names.TOOLKIT, *names.STACKS)],
        star="CloudFormation puts an id of its own behind the name of a stack, another whenever it is made anew.",
    )


def _push(scope: Construct) -> Grant:
    """Push an image of the service; its digest is what is deployed."""
    stack = Stack.of(scope)
    return Grant(
        "PushImages",
        [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:CompleteLayerUpload",
            "ecr:InitiateLayerUpload",
            "ecr:PutImage",
            "ecr:UploadLayerPart",
        ],
        [f"arn:{stack.partition}:ecr:{stack.region}:{stack.account}:repository/{image_repository.NAME}"],
    )


def _token_of_images() -> Grant:
    return Grant(
        "LogInToImages",
        ["ecr:GetAuthorizationToken"],
        ["*"],
        star="A token of ECR is for the whole registry of the account: the action knows no resource.",
    )
