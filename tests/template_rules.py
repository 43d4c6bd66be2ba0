"""What every template of the platform must hold: each rule looks at templates and tells what breaks it.

Rules judge plain dictionaries, so that a test can plant a defect in a copy and see it told.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from garant.cloud.profiles import Profile
from garant.cloud.releases import RELEASES

Template = dict[str, Any]
Templates = Mapping[str, Template]
Rule = Callable[[Templates], list[str]]

STARS, WITHOUT_KEY = "garant:stars", "garant:without_key"
SHORTEST_REASON = 20


def resources(templates: Templates, kind: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Resources of a type, or all, with the name of their stack and their own."""
    for stack, template in templates.items():
        for name, resource in template["Resources"].items():
            if resource["Type"] == kind or not kind:
                yield f"{stack}/{name}", resource


def statements(resource: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Statements of every policy of a resource, wherever it stands."""
    todo: list[Any] = [resource.get("Properties", {})]
    while todo:
        found = todo.pop()
        if isinstance(found, dict):
            yield from found.get("Statement", ()) if isinstance(found.get("Statement"), list) else ()
            todo += found.values()
        elif isinstance(found, list):
            todo += found


def policies(template: Template, role: str) -> list[dict[str, Any]]:
    """Statements of what a role may do, by how its name begins; names of other resources in angle brackets."""
    (found,) = [r for name, r in template["Resources"].items() if r["Type"] == _ROLE and name.startswith(role)]
    return spelled([s for policy in found["Properties"]["Policies"] for s in statements({"Properties": policy})])


_ROLE = "AWS::IAM::Role"


def as_list(value: Any) -> list[Any]:  # noqa: ANN401 - a policy holds one or several
    return value if isinstance(value, list) else [value]


def _has_star(value: Any) -> bool:  # noqa: ANN401
    return "*" in json.dumps(value)


def one_application(profile: Profile, *, interactive: bool = False) -> Rule:
    """Exactly one application, with the limits of a profile and nothing that costs while it idles."""

    def rule(templates: Templates) -> list[str]:
        found = list(resources(templates, "AWS::EMRServerless::Application"))
        if len(found) != 1:
            return [f"{len(found)} applications, expected one"]
        ((name, resource),) = found
        has = resource["Properties"]
        stop = has.get("AutoStopConfiguration", {})
        logs = has.get("MonitoringConfiguration", {})
        capacity = {"Cpu": f"{profile.vcpu} vCPU", "Memory": f"{profile.memory_gb} GB", "Disk": f"{profile.disk_gb} GB"}
        checks = {
            "maximum capacity": has.get("MaximumCapacity") == capacity,
            "automatic stop": stop.get("Enabled") is True and 1 <= stop["IdleTimeoutMinutes"] <= 15,
            "no initial capacity": "InitialCapacity" not in has,
            "one run at a time": has.get("SchedulerConfiguration", {}).get("MaxConcurrentRuns") == 1,
            "a release of the list": has.get("ReleaseLabel") in {release.label for release in RELEASES},
            "encrypted logs": "EncryptionKeyArn" in logs.get("S3MonitoringConfiguration", {}),
            "no copy of logs elsewhere": logs.get("ManagedPersistenceMonitoringConfiguration") == {"Enabled": False},
            "no notebooks unless asked for": interactive or "InteractiveConfiguration" not in has,
            "no network that costs": "NetworkConfiguration" not in has,
        }
        return [f"{name}: {what}" for what, is_so in checks.items() if not is_so]

    return rule


def private_buckets(templates: Templates) -> list[str]:
    """Every bucket: closed, encrypted, versioned, with an end to old versions, kept, TLS only."""
    broken: list[str] = []
    policies = {
        json.dumps(policy["Properties"]["Bucket"]): policy
        for _, policy in resources(templates, "AWS::S3::BucketPolicy")
    }
    for name, resource in resources(templates, "AWS::S3::Bucket"):
        has = resource["Properties"]
        rules = [r for r in has.get("LifecycleConfiguration", {}).get("Rules", []) if r["Status"] == "Enabled"]
        old = [r["NoncurrentVersionExpiration"]["NoncurrentDays"] for r in rules if "NoncurrentVersionExpiration" in r]
        unfinished = [r["AbortIncompleteMultipartUpload"] for r in rules if "AbortIncompleteMultipartUpload" in r]
        closed = has.get("PublicAccessBlockConfiguration", {})
        policy = policies.get(json.dumps({"Ref": name.rpartition("/")[2]}), {})
        checks = {
            "public access is blocked": len(closed) == 4 and all(closed.values()),
            "encrypted with the key, by bucket": _is_encrypted(resource),
            "versioned": has.get("VersioningConfiguration") == {"Status": "Enabled"},
            "old versions end in 30 days": bool(old) and max(old) <= 30,
            "unfinished uploads end in a day": {"DaysAfterInitiation": 1} in unfinished,
            "no lists of access": has.get("OwnershipControls", {}).get("Rules")
            == [{"ObjectOwnership": "BucketOwnerEnforced"}]
            and "AccessControl" not in has,
            "TLS only": any(map(_refuses_without_tls, statements(policy))),
            "replication is refused": any(
                s["Effect"] == "Deny" and "s3:PutReplicationConfiguration" in as_list(s["Action"])
                for s in statements(policy)
            )
            and "ReplicationConfiguration" not in has,
            "nobody is everybody": not any(
                s["Effect"] == "Allow" and _has_star(s["Principal"]) for s in statements(policy)
            ),
        }
        broken += [f"{name}: {what}" for what, is_so in checks.items() if not is_so]
    return broken


def kept_data(templates: Templates) -> list[str]:
    """Buckets and key of stack Data outlive the stack."""
    kinds = {"AWS::S3::Bucket", "AWS::KMS::Key"}
    return [
        f"GarantData/{name}: is not retained"
        for name, resource in templates["GarantData"]["Resources"].items()
        if resource["Type"] in kinds
        and {resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")} != {"Retain"}
    ]


def _is_encrypted(resource: Mapping[str, Any]) -> bool:
    said = resource["Properties"].get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [{}])[0]
    default = said.get("ServerSideEncryptionByDefault", {})
    if default.get("SSEAlgorithm") == "aws:kms":
        return bool(default.get("KMSMasterKeyID")) and said.get("BucketKeyEnabled") is True
    reason = resource.get("Metadata", {}).get(WITHOUT_KEY, "")
    return default.get("SSEAlgorithm") == "AES256" and len(reason) >= SHORTEST_REASON


def _refuses_without_tls(statement: Mapping[str, Any]) -> bool:
    return (
        statement["Effect"] == "Deny"
        and statement["Action"] == "s3:*"
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
        and len(as_list(statement["Resource"])) == 2
    )


def explained_stars(templates: Templates) -> list[str]:
    """No star in an action or a resource without a reason of 20 characters beside it."""
    broken: list[str] = []
    for name, resource in resources(templates):
        reasons = resource.get("Metadata", {}).get(STARS, {})
        for statement in statements(resource):
            parts = [statement.get(part, ()) for part in ("Action", "NotAction", "Resource", "NotResource")]
            reason = reasons.get(statement.get("Sid"), "")
            if _has_star(parts) and len(reason.strip()) < SHORTEST_REASON:
                broken.append(f"{name}: {statement.get('Sid', statement)}: a star without a reason")
    return broken


def bounded_roles(templates: Templates) -> list[str]:
    """Every role has the boundary and own policies alone; there are no users and no keys of users."""
    broken = [
        f"{name}: is a {resource['Type']}"
        for name, resource in resources(templates)
        if resource["Type"] in {"AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::IAM::Group"}
    ]
    for name, role in resources(templates, "AWS::IAM::Role"):
        boundary = json.dumps(role["Properties"].get("PermissionsBoundary", ""))
        if "Boundary" not in boundary:
            broken.append(f"{name}: has no permissions boundary")
        if role["Properties"].get("ManagedPolicyArns"):
            broken.append(f"{name}: has policies that somebody else wrote")
    return broken


def narrow_trust(templates: Templates) -> list[str]:
    """A service takes a role for this account and these resources alone, GitHub for one repository."""
    broken: list[str] = []
    for name, role in resources(templates, "AWS::IAM::Role"):
        for statement in statements({"Properties": role["Properties"]["AssumeRolePolicyDocument"]}):
            told = statement.get("Condition", {})
            keys = {key for condition in told.values() for key in condition}
            principal = statement["Principal"]
            if "Service" in principal:
                is_narrow = {"aws:SourceAccount", "aws:SourceArn"} <= keys
            elif "Federated" in principal:
                exact = told.get("StringEquals", {})
                is_narrow = any(k.endswith(":sub") for k in exact) and any(k.endswith(":aud") for k in exact)
                is_narrow = is_narrow and not _has_star(exact) and set(told) == {"StringEquals"}
            else:
                is_narrow = False
            if not is_narrow:
                broken.append(f"{name}: trusts {principal} without saying for whom")
    return broken


def narrow_pass_role(templates: Templates) -> list[str]:
    """Who may give a role to a service may give this one, to this service."""
    return [
        f"{name}: gives any role, or to any service"
        for name, resource in resources(templates)
        for statement in statements(resource)
        if "iam:PassRole" in as_list(statement.get("Action"))
        and statement.get("Sid") != "AtMost"
        and (_has_star(statement["Resource"]) or "iam:PassedToService" not in json.dumps(statement.get("Condition")))
    ]


_KEY_OF = {
    "AWS::CloudTrail::Trail": "KMSKeyId",
    "AWS::Logs::LogGroup": "KmsKeyId",
    "AWS::RDS::DBCluster": "KmsKeyId",
    "AWS::RDS::DBInstance": "KmsKeyId",
    "AWS::SecretsManager::Secret": "KmsKeyId",
    "AWS::SNS::Topic": "KmsMasterKeyId",
}
"""Where a resource says its key."""


def encrypted(templates: Templates) -> list[str]:
    """What keeps logs, messages, secrets or rows is encrypted with the key; the key is rotated."""
    broken = [
        f"{name}: has no key"
        for name, resource in resources(templates)
        if (entry := _KEY_OF.get(resource["Type"])) and not resource["Properties"].get(entry)
    ]
    return broken + [
        f"{name}: is not rotated"
        for name, key in resources(templates, "AWS::KMS::Key")
        if key["Properties"].get("EnableKeyRotation") is not True
    ]


def silent_machine(templates: Templates) -> list[str]:
    """The state machine logs all steps, and nothing of what is in them."""
    broken: list[str] = []
    for name, machine in resources(templates, "AWS::StepFunctions::StateMachine"):
        logs = machine["Properties"].get("LoggingConfiguration", {})
        if logs.get("Level") != "ALL" or logs.get("IncludeExecutionData") is not False:
            broken.append(f"{name}: logs too little, or what is in a run")
        if "TimeoutSeconds" not in machine["Properties"]["Definition"]:
            broken.append(f"{name}: may run for ever")
    return broken


def schedule_off(templates: Templates) -> list[str]:
    """Nothing starts by itself unless it was asked for."""
    return [
        f"{name}: is on"
        for name, schedule in resources(templates, "AWS::Scheduler::Schedule")
        if schedule["Properties"].get("State") != "DISABLED"
    ]


_BY_HAND = ("AWS::Lambda::", "Custom::", "AWS::CloudFormation::CustomResource")


def nothing_hidden(templates: Templates) -> list[str]:
    """No function that the CDK brought along, with a role that nobody wrote."""
    return [
        f"{name}: is a {resource['Type']}"
        for name, resource in resources(templates)
        if resource["Type"].startswith(_BY_HAND)
    ]


EVERYWHERE: tuple[Rule, ...] = (
    private_buckets,
    kept_data,
    explained_stars,
    bounded_roles,
    narrow_trust,
    narrow_pass_role,
    encrypted,
    silent_machine,
    nothing_hidden,
)
"""Rules of every deployment, whatever is asked for."""


def spelled(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Write what CloudFormation would put in: the name of a resource in angle brackets, joined text as text."""
    match value:
        case {"Fn::Join": [between, parts]}:
            return between.join(map(str, map(spelled, parts)))
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Ref": name} | {"Fn::ImportValue": name}:
            return f"<{name}>"
        case dict():
            return {key: spelled(each) for key, each in value.items()}
        case list():
            return [spelled(each) for each in value]
        case _:
            return value
