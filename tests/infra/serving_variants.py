"""Program of the tests: makes stack Serving as it can be asked for, all in one process of Node.

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
    wanted: dict[str, dict[str, str]] = json.loads((folder / "wanted.json").read_text(encoding="utf-8"))
    for name, context in wanted.items():
        region = "eu-central-1" if name == "restored" else "eu-west-3"
        app.synthesise(account=account, region=region, context=context, out=folder / name)
    (folder / "judged.json").write_text(json.dumps(planted(folder, wanted["served"], account)), encoding="utf-8")


def planted(folder: Path, context: dict[str, str], account: str) -> str:
    """What is said to a service that somebody opens to the world, with a database in the clear."""
    from aws_cdk import App, Stack
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_rds as rds

    opened = App(outdir=str(folder / "planted"), analytics_reporting=False, context=context)
    app.build(opened, account=account, region="eu-west-3")
    stack: Any = opened.node.find_child("GarantServing")
    assert isinstance(stack, Stack)
    ec2.CfnSecurityGroupIngress(stack, "World", ip_protocol="tcp", from_port=443, to_port=443, cidr_ip="0.0.0.0/0")
    rds.CfnDBInstance(stack, "Bare", engine="postgres", db_instance_class="db.t4g.small", allocated_storage="20")
    try:
        opened.synth()
    except RuntimeError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
