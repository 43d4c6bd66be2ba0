"""Say what serves decisions in an account: what a deployment goes back to when the one after it fails.

    python tools/deployed_service.py >> "$GITHUB_OUTPUT"

Prints `name=value` lines for a workflow: `repository` (address of the images), `url`, and `image` and `bundle`, digests
as the last deployment was told them; a line is empty where there is nothing. Reads two things of CloudFormation with
the caller's credentials and region, and changes nothing. Exit code 1: AWS refused, and the line says what.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

STACK: Final = "GarantServing"
# As garant.cloud.names has them: outputs of the stack, and the entry of each template that holds what it was told.
OUTPUTS: Final = {"repository": "ImageRepository", "url": "ServiceUrl"}
TOLD: Final = "garant:told"
ENTRIES: Final = {"image": "serving_image", "bundle": "serving_bundle"}
# What DescribeStacks answers for a stack that is not there.
ABSENT: Final = "ValidationError"


def deployed(client: Any) -> dict[str, str]:  # noqa: ANN401 - boto3 makes its clients at run time
    """Return what serves now; empty texts where nothing does.

    Parameters
    ----------
    client : CloudFormation client of boto3
    """
    found = dict.fromkeys((*OUTPUTS, *ENTRIES), "")
    try:
        stack = client.describe_stacks(StackName=STACK)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == ABSENT:
            return found
        raise
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())}
    body = client.get_template(StackName=STACK, TemplateStage="Original")["TemplateBody"]
    template = json.loads(body) if isinstance(body, str) else body
    told = template.get("Metadata", {}).get(TOLD, {})
    found |= {name: outputs.get(output, "") for name, output in OUTPUTS.items()}
    return found | {name: str(told.get(entry, "")) for name, entry in ENTRIES.items()}


def main() -> int:
    """Run the command line; return the exit code."""
    try:
        found = deployed(boto3.client("cloudformation"))
    except (BotoCoreError, ClientError) as error:
        print(f"deployed: {error}", file=sys.stderr)
        return 1
    print(*(f"{name}={value}" for name, value in found.items()), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
