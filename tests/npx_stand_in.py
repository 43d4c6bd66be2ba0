"""A program called ``npx`` that stands in for AWS CDK: it writes down how it was started, and deploys nothing.

``destroy`` asks the AWS server of the tests to delete the stacks, so that a command may look what is left.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PROGRAM = """#!{python} -SE
import json, os, pathlib, sys, urllib.request
folder = pathlib.Path({folder!r})
number = len(list(folder.glob("*.json")))
record = {{"argv": sys.argv[1:], "variables": dict(os.environ), "cwd": os.getcwd()}}
(folder / f"{{number:03}}.json").write_text(json.dumps(record))
verb = sys.argv[3]
if verb == (folder / "fails").read_text():
    sys.exit(7)
if verb == "destroy":
    for stack in (word for word in sys.argv[4:] if word.startswith("Garant")):
        if stack == "GarantToolkit":
            continue
        scope = f"testing/20260101/{{os.environ['AWS_REGION']}}/cloudformation/aws4_request"
        request = urllib.request.Request(
            os.environ["AWS_ENDPOINT_URL"],
            data=f"Action=DeleteStack&Version=2010-05-15&StackName={{stack}}".encode(),
            headers={{"Authorization": f"AWS4-HMAC-SHA256 Credential={{scope}}, SignedHeaders=host, Signature=0"}},
        )
        urllib.request.urlopen(request).read()
"""


@dataclass(frozen=True, slots=True)
class Started:
    """How the program was started once."""

    argv: list[str]
    variables: dict[str, str]
    cwd: str


class NpxStandIn:
    """The program, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "bin"
        self._records = folder / "started"
        self.folder.mkdir(parents=True)
        self._records.mkdir()
        self.fail("never")
        program = self.folder / "npx"
        program.write_text(_PROGRAM.format(python=sys.executable, folder=str(self._records)))
        program.chmod(0o755)

    def fail(self, verb: str) -> None:
        """Let the next commands of this verb fail."""
        (self._records / "fails").write_text(verb)

    def started(self) -> Sequence[Started]:
        """Every start, in their order."""
        found: list[dict[str, Any]] = [json.loads(file.read_text()) for file in sorted(self._records.glob("*.json"))]
        return [Started(**one) for one in found]
