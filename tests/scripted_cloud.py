"""What moto does not do: a state machine that runs its executions, jobs that work, print and are billed.

It stands between a client and the moto server and passes everything on. An execution that is new is played by a script
of the test, in a thread: it holds the execution's input to the request that the templates make of it, and says how
execution and job end. Those states alone are put into the answers that pass by. Everything here is made up: it shows
what garant does with such answers, and nothing of how a real job runs.
"""

import gzip
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from botocore.session import get_session
from botocore.validate import ParamValidator

from aws_server import AwsServer

Document = dict[str, Any]

_PASSED = ("Content-Type", "X-Amz-Target", "Authorization", "X-Amz-Date", "X-Amz-Security-Token")


@dataclass(slots=True)
class ScriptedJob:
    """A job that a script plays.

    Parameters
    ----------
    cloud : ScriptedCloud
        Where.
    execution : str
        Name of the execution.
    input : dict
        What the state machine was told.
    """

    cloud: "ScriptedCloud"
    execution: str
    input: Document
    ids: list[str] = field(default_factory=list[str])

    def attempt(self) -> str:
        """Start the job as the state machine would; the request is held to AWS's own model of it."""
        number = len(self.ids)
        request = start_job_run(self.input, token=f"{self.execution}-{number}", application=self.cloud.application_id)
        require_valid(request)
        # moto knows no session policy and no name of a mode.
        answer = self.cloud.aws.client("emr-serverless").start_job_run(**request)
        self.ids.append(answer["jobRunId"])
        self.state("RUNNING")
        return self.ids[-1]

    def state(self, state: str, *, details: str = "", billed: tuple[float, float, float] | None = None) -> None:
        """Say how the last attempt stands, and what of it is billed (vCPU, GB, disk hours)."""
        said: Document = {"state": state, "stateDetails": details}
        if billed is not None:
            said["billedResourceUtilization"] = dict(
                zip(("vCPUHour", "memoryGBHour", "storageGBHour"), billed, strict=True)
            )
        self.cloud.jobs[self.ids[-1]] = said

    def prints(self, s3: Any, stream: str, text: str) -> None:  # noqa: ANN401 - a client of boto3
        """Bring what the driver printed to the bucket of logs, as EMR does."""
        bucket, _, prefix = self.input["log_uri"].removeprefix("s3://").partition("/")
        key = f"{prefix}applications/{self.cloud.application_id}/jobs/{self.ids[-1]}/SPARK_DRIVER/{stream}.gz"
        s3.put_object(Bucket=bucket, Key=key, Body=gzip.compress(text.encode()))

    def ends(self, status: str, *, error: str = "", cause: str = "") -> None:
        """End the execution."""
        self.cloud.executions[self.execution] = {"status": status, "error": error, "cause": cause}


Script = Callable[[ScriptedJob], None]


@dataclass(slots=True)
class ScriptedCloud:
    """The proxy.

    Attributes
    ----------
    started : list of str
        Names of executions that were really started, in their order.
    requests : list of str
        Operations of Step Functions that were asked for.
    executions, jobs : dict
        How they stand, by name and by id, where a script said so.
    broken : list of BaseException
        What went wrong in scripts.
    """

    aws: AwsServer
    application_id: str = ""
    script: Script = field(default=lambda job: job.ends("FAILED", cause="no script"))
    started: list[str] = field(default_factory=list[str])
    requests: list[str] = field(default_factory=list[str])
    executions: dict[str, Document] = field(default_factory=dict[str, Document])
    jobs: dict[str, Document] = field(default_factory=dict[str, Document])
    broken: list[BaseException] = field(default_factory=list[BaseException])
    threads: list[threading.Thread] = field(default_factory=list[threading.Thread])
    endpoint: str = ""

    def forget(self) -> None:
        """Be as new; scripts that still play are waited for."""
        self.wait()
        for kept in (self.started, self.requests, self.executions, self.jobs, self.broken, self.threads):
            kept.clear()
        self.script = lambda job: job.ends("FAILED", cause="no script")

    def wait(self) -> None:
        """Wait for scripts, and raise what went wrong in one."""
        for thread in list(self.threads):
            thread.join(timeout=120)
        if self.broken:
            raise self.broken[0]

    def play(self, name: str, given: str) -> None:
        """Play an execution that is new."""
        self.started.append(name)
        job = ScriptedJob(self, name, json.loads(given))
        script = self.script

        def run() -> None:
            try:
                script(job)
            except BaseException as error:  # noqa: BLE001 - told by the test that waits
                self.broken.append(error)
                job.ends("FAILED", error="Script", cause=repr(error))

        self.threads.append(threading.Thread(target=run, daemon=True))
        self.threads[-1].start()

    def changed(self, target: str, path: str, answer: Document) -> Document:
        """Put the states of scripts into an answer."""
        for found in [answer, *answer.get("executions", ())]:
            if found.get("name") in self.executions and "status" in found:
                found.update({key: value for key, value in self.executions[found["name"]].items() if value})
        if "/jobruns" in path and not target:
            for found in [answer.get("jobRun", {}), *answer.get("jobRuns", ())]:
                found.update(self.jobs.get(found.get("jobRunId") or found.get("id") or "", {}))
        return answer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cloud: ClassVar[ScriptedCloud]

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: self.headers[name] for name in _PASSED if name in self.headers}
        url = f"{self.cloud.aws.endpoint}{self.path}"
        request = urllib.request.Request(url, data=body or None, headers=headers, method=self.command)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
                status, told, kind = answer.status, answer.read(), answer.headers.get("Content-Type", "")
        except urllib.error.HTTPError as error:
            status, told, kind = error.code, error.read(), error.headers.get("Content-Type", "")
        self._send(status, self._looked_at(status, body, told), kind)

    def _looked_at(self, status: int, body: bytes, told: bytes) -> bytes:
        target = self.headers.get("X-Amz-Target") or ""
        if target.startswith("AWSStepFunctions."):
            self.cloud.requests.append(target.removeprefix("AWSStepFunctions."))
        if status != 200:
            return told
        if target == "AWSStepFunctions.StartExecution":
            asked = json.loads(body)
            if asked["name"] not in self.cloud.started:
                self.cloud.play(asked["name"], asked["input"])
            return told
        if target.startswith("AWSStepFunctions.") or "/jobruns" in self.path:
            return json.dumps(self.cloud.changed(target, self.path, json.loads(told))).encode()
        return told

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind or "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _pass_on  # noqa: N815 - names of the library

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@contextmanager
def scripted_cloud(aws: AwsServer) -> Generator[ScriptedCloud]:
    """Stand before a moto server."""
    cloud = ScriptedCloud(aws)
    handler = type("Handler", (_Handler,), {"cloud": cloud})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        cloud.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        yield cloud
        server.shutdown()


def start_job_run(given: Mapping[str, Any], *, token: str, application: str) -> Document:
    """Request that the state machine makes of its input: every entry is used, and none is missing."""
    return {
        "applicationId": application,
        "clientToken": token,
        "executionRoleArn": "arn:aws:iam::123456789012:role/job",
        "name": given["name"],
        "executionIamPolicy": {"policy": given["policy"]},
        "executionTimeoutMinutes": given["timeout_minutes"],
        "jobDriver": {
            "sparkSubmit": {
                "entryPoint": given["entry_point"],
                "entryPointArguments": given["arguments"],
                "sparkSubmitParameters": given["spark_parameters"],
            }
        },
        "configurationOverrides": {
            "monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": given["log_uri"]}}
        },
    }


def require_valid(request: Document) -> None:
    """Hold a request to AWS's model of StartJobRun: names and types, and the lengths that botocore does not look at."""
    shape: Any = get_session().get_service_model("emr-serverless").operation_model("StartJobRun").input_shape
    report = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()
    _require_lengths(request, shape)


def _require_lengths(value: Any, shape: Any, where: str = "") -> None:  # noqa: ANN401 - any part, and its shape
    if isinstance(value, dict):
        for name, part in value.items():
            member = shape.members[name] if shape.type_name == "structure" else shape.value
            _require_lengths(part, member, f"{where}.{name}")
    elif isinstance(value, list):
        for part in value:
            _require_lengths(part, shape.member, where)
    elif isinstance(value, str):
        most = shape.metadata.get("max")
        assert most is None or len(value) <= most, f"{where}: {len(value)} characters, {most} are taken"


def allows(policy: str, action: str, arn: str) -> bool:
    """Whether a session policy allows something."""
    return any(
        action in statement["Action"] and any(fnmatchcase(arn, pattern) for pattern in statement["Resource"])
        for statement in json.loads(policy)["Statement"]
        if statement["Effect"] == "Allow"
    )
