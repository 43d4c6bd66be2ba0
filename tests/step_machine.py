"""A state machine of AWS Step Functions, run by hand: of its language what garant's uses, an error for the rest.

The server of tests starts no job and lets every job succeed at once, so a script says here what EMR answers. What is
sent to EMR is checked against the model of its interface that botocore has.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import botocore.session
from botocore.model import ListShape, StructureShape
from botocore.validate import ParamValidator

Json = dict[str, Any]


@dataclass
class ScriptedEmr:
    """EMR that answers as it is told; it knows a job again by its token.

    Parameters
    ----------
    states : sequence of sequences of str
        For each job, what looks at it find, the last one for ever.
    refusals : int
        How many requests it refuses first.
    """

    states: Sequence[Sequence[str]]
    refusals: int = 0
    started: list[Json] = field(default_factory=list[Json])
    tokens: dict[str, int] = field(default_factory=dict[str, int])
    looks: dict[int, int] = field(default_factory=dict[int, int])

    def start_job_run(self, request: Json) -> Json:
        if self.refusals:
            self.refusals -= 1
            raise ConnectionError
        if request["clientToken"] not in self.tokens:
            self.tokens[request["clientToken"]] = len(self.started)
            self.started.append(request)
        return {"JobRunId": f"job{self.tokens[request['clientToken']]}"}

    def get_job_run(self, request: Json) -> Json:
        job = int(request["jobRunId"].removeprefix("job"))
        look = self.looks[job] = self.looks.get(job, -1) + 1
        states = self.states[job]
        return {"JobRun": {"State": states[min(look, len(states) - 1)], "StateDetails": f"details of job {job}"}}


@dataclass(frozen=True)
class Ended:
    """How an execution ended.

    Attributes
    ----------
    status : str
        ``SUCCEEDED``, ``FAILED`` or ``TIMED_OUT``.
    error, cause : str
        Of one that failed.
    output : dict
        Of one that succeeded.
    path : list of str
        States that it went through.
    seconds : float
        What it waited.
    """

    status: str
    error: str
    cause: str
    output: Json
    path: list[str]
    seconds: float


_MODEL = "emr-serverless"


def execute(definition: Json, emr: ScriptedEmr, given: Json, *, name: str) -> Ended:
    """Run a machine until it ends."""
    machine = _Execution(definition, emr, name)
    return machine.run(given)


class _Execution:
    def __init__(self, definition: Json, emr: ScriptedEmr, name: str) -> None:
        self._definition, self._emr = definition, emr
        self._context = {"Execution": {"Name": name}}
        self._seconds = 0.0
        self._actions: dict[str, Callable[[Json], Json]] = {
            "startJobRun": emr.start_job_run,
            "getJobRun": emr.get_job_run,
        }

    def run(self, data: Json) -> Ended:
        path: list[str] = []
        at = self._definition["StartAt"]
        while True:
            path.append(at)
            if self._seconds > self._definition["TimeoutSeconds"]:
                return Ended("TIMED_OUT", "States.Timeout", "", {}, path, self._seconds)
            state = self._definition["States"][at]
            match state["Type"]:
                case "Succeed":
                    return Ended("SUCCEEDED", "", "", data, path, self._seconds)
                case "Fail":
                    cause = _look_up(state["CausePath"], data) if "CausePath" in state else state["Cause"]
                    return Ended("FAILED", state["Error"], cause, {}, path, self._seconds)
                case "Choice":
                    chosen = [c["Next"] for c in state["Choices"] if _is_chosen(c, data)]
                    at = chosen[0] if chosen else state["Default"]
                case "Wait":
                    self._seconds += state["Seconds"]
                    at = state["Next"]
                case "Pass":
                    data, at = _put(state["ResultPath"], data, state["Result"]), state["Next"]
                case "Task":
                    answer = self._ask(state, data)
                    if answer is None:
                        return Ended("FAILED", "States.TaskFailed", "", {}, path, self._seconds)
                    selected = self._filled(state["ResultSelector"], answer)
                    data, at = _put(state["ResultPath"], data, selected), state["Next"]
                case other:
                    raise NotImplementedError(other)

    def _ask(self, state: Json, data: Json) -> Json | None:
        """Answer of EMR; None when it refuses for longer than the machine repeats."""
        found = re.fullmatch(r"arn:[a-z-]+:states:::aws-sdk:emrserverless:(\w+)", state["Resource"])
        assert found is not None, state["Resource"]
        request = as_botocore(found[1], self._filled(state["Parameters"], data))
        (retry,) = state["Retry"]
        assert retry["ErrorEquals"] == ["States.TaskFailed"]
        wait = retry["IntervalSeconds"]
        for _ in range(retry["MaxAttempts"] + 1):
            try:
                return self._actions[found[1]](request)
            except ConnectionError:
                self._seconds += wait
                wait *= retry["BackoffRate"]
        return None

    def _filled(self, template: Any, data: Json) -> Any:  # noqa: ANN401 - JSON
        if isinstance(template, list):
            return [self._filled(each, data) for each in template]
        if not isinstance(template, dict):
            return template
        filled: Json = {}
        for key, value in template.items():
            if key.endswith(".$"):
                filled[key.removesuffix(".$")] = self._value(value, data)
            else:
                filled[key] = self._filled(value, data)
        return filled

    def _value(self, expression: str, data: Json) -> Any:  # noqa: ANN401 - JSON
        if called := re.fullmatch(r"States\.Format\('([^']*)', (.+)\)", expression):
            values = [self._value(each.strip(), data) for each in called[2].split(",")]
            return called[1].format(*values)
        if expression.startswith("$$."):
            return _look_up(expression[1:], self._context)
        return _look_up(expression, data)


def as_botocore(action: str, parameters: Json) -> Json:
    """Write the parameters of a step as botocore does, and check them against its model of EMR."""
    operation = action[:1].upper() + action[1:]
    shape = botocore.session.get_session().get_service_model(_MODEL).operation_model(operation).input_shape
    request = _named_as(parameters, shape)
    report = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()
    return request


def _named_as(value: Any, of: object) -> Any:  # noqa: ANN401 - JSON
    # What botocore's classes hold is not typed.
    shape: Any = of
    if isinstance(of, StructureShape):
        members = {name[:1].upper() + name[1:]: name for name in shape.members}
        assert set(value) <= set(members), f"{set(value) - set(members)} is not in {shape.name}"
        return {members[name]: _named_as(each, shape.members[members[name]]) for name, each in value.items()}
    if isinstance(of, ListShape):
        return [_named_as(each, shape.member) for each in value]
    # botocore does not look at patterns and at most lengths, AWS does.
    limits: Json = shape.metadata
    pattern, longest = limits.get("pattern"), limits.get("max")
    assert pattern is None or re.fullmatch(pattern, str(value), re.DOTALL), f"{value!r} is not like {pattern}"
    assert longest is None or not isinstance(value, str) or len(value) <= longest, f"{len(value)} characters"
    return value


_KINDS: Mapping[str, Callable[[Any], bool]] = {
    "IsString": lambda value: isinstance(value, str),
    "IsNumeric": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}
_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "StringEquals": lambda value, other: isinstance(value, str) and value == other,
    "NumericEquals": lambda value, other: value == other,
    "NumericGreaterThan": lambda value, other: value > other,
    "NumericLessThanEquals": lambda value, other: value <= other,
}


def _is_chosen(choice: Json, data: Json) -> bool:
    if "And" in choice:
        return all(_is_chosen(each, data) for each in choice["And"])
    (test,) = set(choice) - {"Variable", "Next"}
    there = _is_there(choice["Variable"], data)
    if test == "IsPresent":
        return there is choice[test]
    # AWS ends an execution that compares what is not there.
    assert there, choice
    value = _look_up(choice["Variable"], data)
    return _KINDS[test](value) is choice[test] if test in _KINDS else _COMPARED[test](value, choice[test])


def _is_there(path: str, data: Json) -> bool:
    try:
        _look_up(path, data)
    except KeyError:
        return False
    return True


def _look_up(path: str, data: Any) -> Any:  # noqa: ANN401 - JSON
    for part in path.removeprefix("$.").split("."):
        data = data[part]
    return data


def _put(path: str, data: Json, value: Any) -> Json:  # noqa: ANN401 - JSON
    assert re.fullmatch(r"\$\.\w+", path), path
    return {**json.loads(json.dumps(data)), path.removeprefix("$."): value}
