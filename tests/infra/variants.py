"""Program of the tests: makes what else can be asked for of ``infra/app.py``, all in one process of Node.

Starting Node and loading the CDK is most of what templates cost.
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "infra")]

import app  # noqa: E402 - found by the line above


def main(folder: Path, account: str) -> None:
    everything = {
        "profile": "medium",
        "github": "lender/garant",
        "mail": "risk@lender.example",
        "interactive": "true",
        "budget": "120",
        "schedule": str(folder / "schedule.json"),
    }
    words = [word for name, value in everything.items() for word in ("--context", f"{name}={value}")]
    place = ["--account", account, "--region", "eu-central-1", "--out", str(folder / "everything")]
    assert app.main([*place, *words]) == 0
    # The longest names of a region and a partition.
    app.synthesise(account=account, region="eusc-de-east-1", context=everything, out=folder / "sovereign")
    (folder / "judged.json").write_text(json.dumps({"bare": bare(folder), "star": star(), "release": release()}))


def bare(folder: Path) -> str:
    """What is said to a bucket with nothing, and a role with a star, that somebody adds."""
    from aws_cdk import App, Stack
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_s3 as s3

    planted = App(outdir=str(folder / "planted"), analytics_reporting=False)
    app.build(planted, account="111122223333", region="eu-west-3")
    stack: Any = planted.node.find_child("GarantBatch")
    assert isinstance(stack, Stack)
    s3.CfnBucket(stack, "Bare")
    trusted: Any = iam.ServicePrincipal("states.amazonaws.com")
    role = iam.Role(stack, "Wide", assumed_by=trusted)
    role.add_to_policy(iam.PolicyStatement(actions=["s3:*"], resources=["*"]))
    try:
        planted.synth()
    except RuntimeError as error:
        return str(error)
    return ""


def star() -> list[str]:
    """What is said to grants and acknowledgements without a reason."""
    from garant_infra.role import Grant
    from garant_infra.stars import acknowledge

    said: list[str] = []
    for attempt in (
        lambda: Grant("All", ["s3:*"], ["arn:aws:s3:::garant-raw"]),
        lambda: Grant("Any", ["s3:GetObject"], ["*"]),
        lambda: Grant("Any", ["s3:GetObject"], ["*"], star="because"),
        lambda: acknowledge(_nobody(), "AwsSolutions-S1", "later"),
    ):
        try:
            attempt()
        except ValueError as error:
            said.append(str(error))
        else:
            said.append("")
    return said


def release() -> str:
    """What is said to a release of EMR that is not on the list."""
    from aws_cdk import App, Stack
    from aws_cdk import aws_kms as kms

    from garant.cloud.profiles import DEFAULT_PROFILE
    from garant.exceptions import UnknownNameError
    from garant_infra.application import PortfolioApplication

    stack = Stack(App(analytics_reporting=False), "Other")
    key: Any = kms.Key(stack, "K")
    try:
        PortfolioApplication(stack, "A", profile=DEFAULT_PROFILE, key=key, release="emr-spark-8.0.0")
    except UnknownNameError as error:
        return str(error)
    return ""


def _nobody() -> Any:  # noqa: ANN401 - refused before it is looked at
    return None


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
