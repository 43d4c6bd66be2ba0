"""The platform as a picture: what the templates hold, and who may do what to what by their policies.

Nothing is drawn that no template says: boxes are resources, arrows are permissions of roles, targets of schedules and
addresses that a resource names. The order of the stacks is the only choice made here.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

Template = Mapping[str, Any]

ROWS: Final = ("GarantGuard", "GarantBatch", "GarantData", "GarantServing")
WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN, HEAD = 200, 78, 64, 96, 28, 34

_TASK = "AWS::ECS::TaskDefinition"
_ON_CURVE = (0.26, 0.74)

BOLD, SMALL = 'font-weight="bold"', 'font-size="12"'

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


def svg_of(templates: Mapping[str, Template], language: str) -> str:
    """Picture as SVG."""
    drawn = found_in(templates, language)
    places: dict[str, tuple[float, float]] = {}
    parts: list[str] = []
    y, right = float(MARGIN), 0.0
    for stack in ROWS:
        row = [key for key, node in drawn.nodes.items() if node.stack == stack]
        if not row:
            continue
        for at, key in enumerate(row):
            places[key] = (MARGIN + 16 + at * (WIDTH + GAP_X), y + HEAD)
        width = len(row) * (WIDTH + GAP_X) - GAP_X + 32
        right = max(right, width)
        parts.append(
            f'<rect x="{MARGIN}" y="{y}" width="{width}" height="{HEIGHT + HEAD + 16}" rx="6" fill="#f4f4f2" '
            f'stroke="#8a8a8a"/><text x="{MARGIN + 16}" y="{y + 23}" font-weight="bold">{escape(stack)}</text>'
        )
        y += HEIGHT + HEAD + 16 + GAP_Y
    parts += [_arrow(edge, verbs, places, language) for edge, verbs in _together(drawn.edges)]
    parts += [_box(drawn.nodes[key], place, language) for key, place in places.items()]
    total, height = right + 2 * MARGIN, y - GAP_Y + MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total:.0f} {height:.0f}" role="img" '
        f'font-family="Helvetica, Arial, sans-serif" font-size="14"><title>{_word("title", language)}</title>'
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="#1f4e79"/></marker></defs>'
        f'<rect width="{total:.0f}" height="{height:.0f}" fill="#fff"/>'
    )
    return "\n".join([head, *parts, "</svg>\n"])


def _word(key: str, language: str, **values: object) -> str:
    return WORDS[key][language == "fr"].format(**values)


def _lines(kind: str, said: Mapping[str, Any], language: str) -> Iterator[str]:
    match kind:
        case "AWS::S3::Bucket":
            yield str(said["BucketName"]).split("-")[1]
        case "AWS::EMRServerless::Application":
            most = said["MaximumCapacity"]
            yield f"{said['ReleaseLabel']}, {most['Cpu']}, {most['Memory']}"
            yield _word("minutes", language, n=said["AutoStopConfiguration"]["IdleTimeoutMinutes"])
            if said["SchedulerConfiguration"]["MaxConcurrentRuns"] == 1:
                yield _word("alone", language)
        case "AWS::Scheduler::Schedule" if said["State"] == "DISABLED":
            yield _word("off", language)
        case "AWS::Budgets::Budget":
            yield _word("usd", language, n=f"{float(said['Budget']['BudgetLimit']['Amount']):g}")
        case "AWS::RDS::DBInstance":
            yield str(said["DBInstanceClass"])
        case "AWS::ECS::Service" if "DesiredCount" in said:
            yield _word("tasks", language, n=said["DesiredCount"])
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


def _together(edges: set[Edge]) -> Iterator[tuple[Edge, list[str]]]:
    """One arrow for each pair of boxes, with all its verbs."""
    pairs: dict[tuple[str, str], set[str]] = {}
    for edge in edges:
        pairs.setdefault((edge.source, edge.target), set()).add(edge.verb)
    for (source, target), verbs in sorted(pairs.items()):
        yield Edge(source, target, ""), sorted(verbs)


def _box(node: Node, place: tuple[float, float], language: str) -> str:
    x, y = place
    rows = [_word(node.kind, language), *node.lines]
    top = y + HEIGHT / 2 - 9 * (len(rows) - 1) + 5
    texts = "".join(
        f'<text x="{x + WIDTH / 2}" y="{top + 18 * at}" text-anchor="middle" '
        f"{SMALL if at else BOLD}>{escape(row)}</text>"
        for at, row in enumerate(rows)
    )
    return f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="4" fill="#fff" stroke="#333"/>{texts}'


def _arrow(edge: Edge, verbs: list[str], places: Mapping[str, tuple[float, float]], language: str) -> str:
    (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
    label = escape(", ".join(_word(verb, language) for verb in verbs))
    if y1 == y2:
        forward = x2 > x1
        start, end = (x1 + WIDTH, x2) if forward else (x1, x2 + WIDTH)
        beside = abs(x2 - x1) <= WIDTH + GAP_X
        middle = y1 + HEIGHT / 2
        if beside:
            path = f"M{start} {middle}L{end} {middle}"
            at = ((start + end) / 2, middle - 6)
        else:
            above = y1 - 12
            path = f"M{x1 + WIDTH / 2} {y1}C{x1 + WIDTH / 2} {above} {x2 + WIDTH / 2} {above} {x2 + WIDTH / 2} {y2}"
            at = ((x1 + x2 + WIDTH) / 2, y1 - 12)
    else:
        down = y2 > y1
        start, end = (y1 + HEIGHT, y2) if down else (y1, y2 + HEIGHT)
        shift = (hash_of(edge) % 5 - 2) * 22
        from_x, to_x = x1 + WIDTH / 2 + shift, x2 + WIDTH / 2 + shift
        bend = (end - start) / 2
        path = f"M{from_x} {start}C{from_x} {start + bend} {to_x} {end - bend} {to_x} {end}"
        # The point of the curve at two thirds of its way.
        at = (from_x * _ON_CURVE[0] + to_x * _ON_CURVE[1], start + (end - start) * 0.63)
    return (
        f'<path d="{path}" fill="none" stroke="#1f4e79" stroke-width="1.5" marker-end="url(#tip)"/>'
        f'<text x="{at[0]:.0f}" y="{at[1]:.0f}" text-anchor="middle" font-size="12" fill="#1f4e79" '
        f'paint-order="stroke" stroke="#fff" stroke-width="4">{label}</text>'
    )


def hash_of(edge: Edge) -> int:
    """Number of an arrow, the same in every run: arrows between near boxes should not lie on one another."""
    return sum(map(ord, edge.source + edge.target))
