"""Boxes and arrows of the platform's picture: what its templates hold, and who may do what to what by their policies.

Nothing stands there that no template says: boxes are resources, arrows are permissions of roles, targets of schedules
and addresses that a resource names.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Template = Mapping[str, Any]

ROWS: Final = ("GarantGuard", "GarantBatch", "GarantData", "GarantServing")

_TASK = "AWS::ECS::TaskDefinition"
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "AWS::S3::Bucket": ("bucket", "compartiment"),
    "AWS::KMS::Key": ("key", "clé"),
    "AWS::EMRServerless::Application": ("EMR Serverless", "EMR Serverless"),
    "AWS::StepFunctions::StateMachine": ("Step Functions", "Step Functions"),
    "AWS::Scheduler::Schedule": ("schedule", "planification"),
    "AWS::CloudTrail::Trail": ("CloudTrail", "CloudTrail"),
    "AWS::SNS::Topic": ("alerts", "alertes"),
    "AWS::Budgets::Budget": ("budget", "budget"),
    "AWS::CloudWatch::Alarm": ("alarms", "alarmes"),
    "AWS::IAM::ManagedPolicy": ("boundary of all roles", "limite de tous les rôles"),
    "AWS::IAM::OIDCProvider": ("GitHub, without a key", "GitHub, sans clé"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("load balancer, TLS", "répartiteur, TLS"),
    "AWS::ECS::Service": ("API and pages (Fargate)", "API et pages (Fargate)"),
    "AWS::RDS::DBInstance": ("PostgreSQL", "PostgreSQL"),
    "AWS::ECR::Repository": ("images", "images"),
    "read": ("reads", "lit"),
    "write": ("writes", "écrit"),
    "start": ("starts", "lance"),
    "tell": ("tells", "prévient"),
    "keep": ("keeps records in", "y enregistre"),
    "pass": ("passes on to", "transmet"),
    "off": ("off by default", "désactivée par défaut"),
    "minutes": ("stops after {n} idle minutes", "s’arrête après {n} minutes"),
    "alone": ("one run at a time", "un calcul à la fois"),
    "usd": ("{n} USD a month", "{n} USD par mois"),
    "tasks": ("{n} tasks at first", "{n} tâches au départ"),
    "title": ("What is deployed, and who may do what", "Ce qui est déployé, et qui peut faire quoi"),
}
"""Type or word → English, French."""

VERBS: Final[Mapping[str, str]] = {
    "s3:GetObject": "read",
    "s3:PutObject": "write",
    "states:StartExecution": "start",
    "emr-serverless:StartJobRun": "start",
    "sns:Publish": "tell",
    "rds-db:connect": "keep",
    "ecr:BatchGetImage": "read",
}


@dataclass(frozen=True)
class Node:
    """One box: a resource, or all alarms together."""

    stack: str
    name: str
    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Edge:
    """One arrow."""

    source: str
    target: str
    verb: str


@dataclass
class Drawn:
    """Boxes and arrows of templates; boxes by ``stack/name``."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: set[Edge] = field(default_factory=set)


def found_in(templates: Mapping[str, Template], language: str) -> Drawn:
    """Read boxes and arrows of the templates of all stacks."""
    drawn = Drawn()
    for stack in ROWS:
        for name, resource in templates.get(stack, {}).get("Resources", {}).items():
            kind = resource["Type"]
            if kind in WORDS and kind != "AWS::CloudWatch::Alarm":
                lines = tuple(_lines(kind, resource["Properties"], language))
                drawn.nodes[f"{stack}/{name}"] = Node(stack, name, kind, lines)
            elif kind == "AWS::CloudWatch::Alarm" and "GarantGuard/alarms" not in drawn.nodes:
                n = sum(each["Type"] == kind for each in templates[stack]["Resources"].values())
                drawn.nodes[f"{stack}/alarms"] = Node(stack, "alarms", kind, (str(n),))
    for stack, template in templates.items():
        for name, resource in template["Resources"].items():
            for edge in _edges(stack, name, resource, templates, drawn):
                if edge.source in drawn.nodes and edge.target in drawn.nodes and edge.source != edge.target:
                    drawn.edges.add(edge)
    return drawn


def word(key: str, language: str, **values: object) -> str:
    """Word or name of a kind in a language."""
    return WORDS[key][language == "fr"].format(**values)


def _lines(kind: str, said: Mapping[str, Any], language: str) -> Iterator[str]:
    match kind:
        case "AWS::S3::Bucket":
            yield str(said["BucketName"]).split("-")[1]
        case "AWS::EMRServerless::Application":
            most = said["MaximumCapacity"]
            yield f"{said['ReleaseLabel']}, {most['Cpu']}, {most['Memory']}"
            yield word("minutes", language, n=said["AutoStopConfiguration"]["IdleTimeoutMinutes"])
            if said["SchedulerConfiguration"]["MaxConcurrentRuns"] == 1:
                yield word("alone", language)
        case "AWS::Scheduler::Schedule" if said["State"] == "DISABLED":
            yield word("off", language)
        case "AWS::Budgets::Budget":
            yield word("usd", language, n=f"{float(said['Budget']['BudgetLimit']['Amount']):g}")
        case "AWS::RDS::DBInstance":
            yield str(said["DBInstanceClass"])
        case "AWS::ECS::Service" if "DesiredCount" in said:
            yield word("tasks", language, n=said["DesiredCount"])
        case _:
            return


def _edges(
    stack: str, name: str, resource: Template, templates: Mapping[str, Template], drawn: Drawn
) -> Iterator[Edge]:
    kind, said = resource["Type"], resource["Properties"]
    if kind == "AWS::IAM::Role":
        may = [
            (verb, target)
            for statement in _statements(said)
            for verb in {VERBS[action] for action in _listed(statement["Action"]) if action in VERBS}
            for target in _named(stack, statement["Resource"], templates, drawn)
        ]
        for holder in _holders(stack, name, resource, templates):
            yield from (Edge(holder, target, verb) for verb, target in may)
    elif kind in {"AWS::CloudTrail::Trail", "AWS::EMRServerless::Application"}:
        place = said.get("S3BucketName", said.get("MonitoringConfiguration", {}))
        for target in _named(stack, place, templates, drawn):
            if drawn.nodes[target].kind == "AWS::S3::Bucket":
                yield Edge(f"{stack}/{name}", target, "write")
    elif kind == "AWS::ElasticLoadBalancingV2::Listener":
        groups = {
            group
            for group, each in templates[stack]["Resources"].items()
            if each["Type"] == "AWS::ElasticLoadBalancingV2::TargetGroup" and f'"{group}"' in json.dumps(said)
        }
        services = [
            f"{stack}/{service}"
            for service, each in templates[stack]["Resources"].items()
            if each["Type"] == "AWS::ECS::Service" and any(f'"{group}"' in json.dumps(each) for group in groups)
        ]
        for source in _named(stack, said["LoadBalancerArn"], templates, drawn):
            yield from (Edge(source, service, "pass") for service in services)
    elif kind in {"AWS::CloudWatch::Alarm", "AWS::Budgets::Budget"}:
        source = f"{stack}/{'alarms' if kind == 'AWS::CloudWatch::Alarm' else name}"
        for target in _named(stack, said, templates, drawn):
            yield Edge(source, target, "tell")


def _holders(stack: str, role: str, resource: Template, templates: Mapping[str, Template]) -> Iterator[str]:
    """Resources that work under a role: whatever names it, and whatever its trust names."""
    trust = json.dumps(resource["Properties"]["AssumeRolePolicyDocument"])
    mine = {
        name
        for name, other in templates[stack]["Resources"].items()
        if other["Type"] != "AWS::IAM::Role"
        and (_works_under(other["Properties"], role) or (other["Type"] == _TASK and f'"{role}"' in json.dumps(other)))
    }
    for name, other in templates[stack]["Resources"].items():
        is_task = other["Type"] == "AWS::ECS::Service" and any(f'"{task}"' in json.dumps(other) for task in mine)
        if name in mine or is_task or (f'"{name}"' in trust and other["Type"] != "AWS::IAM::Role"):
            yield f"{stack}/{name}"


def _works_under(said: object, role: str) -> bool:
    """Whether a property of a resource says that it works under a role; one that it only hands on is none."""
    if isinstance(said, dict):
        return any(
            f'["{role}", "Arn"]' in json.dumps(value)
            if key in {"RoleArn", "TaskRoleArn"}
            else _works_under(value, role)
            for key, value in said.items()
            if key != "DefinitionString"
        )
    return isinstance(said, list) and any(_works_under(each, role) for each in said)


def _statements(role: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for policy in role.get("Policies", ()):
        yield from (each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Allow")


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _named(stack: str, value: object, templates: Mapping[str, Template], drawn: Drawn) -> Iterator[str]:
    """Boxes that a value names: by reference, by an export of another stack, or a bucket by its name."""
    text = json.dumps(value)
    for key, node in drawn.nodes.items():
        own = node.stack == stack and f'"{node.name}"' in text
        exported = f"{node.stack}:ExportsOutput" in text and (f"GetAtt{node.name}" in text or f"Ref{node.name}" in text)
        bucket = ""
        if node.kind == "AWS::S3::Bucket":
            bucket = str(templates[node.stack]["Resources"][node.name]["Properties"]["BucketName"])
        if own or exported or (bucket and bucket in text):
            yield key
