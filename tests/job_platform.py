"""A platform to run jobs on, as far as it can be had here: stacks in moto, buckets on an S3 server, empty archives."""

import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from aws_server import ACCOUNT, REGION, AwsServer
from garant.cloud import names
from garant.cloud.environment import NEEDED
from scripted_cloud import ScriptedCloud

BUCKETS = {purpose: names.bucket_name(purpose, account=ACCOUNT, region=REGION) for purpose in names.BUCKETS}


@dataclass(frozen=True, slots=True)
class Said:
    """What a command ended with and printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command prints
        """The JSON on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Platform:
    """Where the commands of a test work."""

    cloud: ScriptedCloud
    s3: Any
    lender: Path
    bundle: Path
    environment: Path
    garant: Callable[..., Said]

    def bucket(self, purpose: str) -> str:
        """Name of a bucket."""
        return BUCKETS[purpose]

    def keys(self, purpose: str, prefix: str = "") -> set[str]:
        """Keys in a bucket."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKETS[purpose], Prefix=prefix)
        return {found["Key"] for page in pages for found in page.get("Contents", ())}

    def read(self, purpose: str, key: str) -> bytes:
        """Content of an object."""
        return self.s3.get_object(Bucket=BUCKETS[purpose], Key=key)["Body"].read()

    def run(self, *more: str) -> Said:
        """`garant cloud run` with the model and the environment."""
        return self.garant("run", "--bundle", str(self.bundle), "--environment", str(self.environment), *more)


def packed(path: Path, *, python: str = "3.11", **packages: str) -> Path:
    """Write an archive with these packages beside those of this machine; an empty release leaves one out."""
    held = {name: "1.0" if name == "numba" else version(name) for name in NEEDED} | packages
    names_in = [f"lib/python{python}/site-packages/{n}-{v}.dist-info/METADATA" for n, v in held.items() if v]
    with tarfile.open(path, "w:gz") as archive:
        for name in ["bin/python", *names_in]:
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    return path


def deploy(aws: AwsServer, *, profile: str = "small") -> str:
    """Have the stacks tell of a platform, with an application and a state machine in moto; return the application."""
    # moto knows no release of the line that is deployed; the label is held to our own list elsewhere.
    application = aws.client("emr-serverless").create_application(
        name="garant", releaseLabel="emr-6.9.0", type="SPARK", clientToken="platform"
    )["applicationId"]
    machine = aws.client("stepfunctions").create_state_machine(
        name="garant-run", definition="{}", roleArn=f"arn:aws:iam::{ACCOUNT}:role/machine"
    )["stateMachineArn"]
    data = {names.bucket_output(purpose): bucket for purpose, bucket in BUCKETS.items()}
    batch = {
        names.APPLICATION_ID: application,
        names.JOB_ROLE_ARN: f"arn:aws:iam::{ACCOUNT}:role/job",
        names.STATE_MACHINE_ARN: machine,
        names.PROFILE: profile,
    }
    key = {names.KEY_ARN: f"arn:aws:kms:{REGION}:{ACCOUNT}:key/12345678-1234-1234-1234-123456789012"}
    for stack, outputs in ((names.DATA, data | key), (names.BATCH, batch)):
        template = {
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {name: {"Value": value} for name, value in outputs.items()},
        }
        aws.client("cloudformation").create_stack(StackName=stack, TemplateBody=json.dumps(template))
    return application


def empty_bucket(s3: Any, bucket: str) -> None:  # noqa: ANN401 - a client of boto3
    """Remove every object of a bucket."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        found = [{"Key": listed["Key"]} for listed in page.get("Contents", ())]
        if found:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
