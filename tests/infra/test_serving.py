"""Stack Serving: off unless asked for, closed, encrypted, kept when it goes; and a defect for each rule to tell."""

import copy
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from cloud_docs import CONTEXT, files_of

from container_files import read_dockerfile
from garant.api import serve as api_serve
from garant.api.exposure import is_exposed, require_login, require_transport
from garant.cloud import names
from garant.cloud.serving_end import check_template
from garant.cloud.serving_size import SERVING_SIZE
from garant.decisions.login import with_password
from garant.exceptions import CloudError, UsageError
from garant.keys import MasterKey
from garant.settings import load_settings
from garant_infra.context import wanted
from garant_infra.serving_context import ServingWanted, serving_wanted
from template_rules import EVERYWHERE, Rule, Template, Templates, as_list, resources, statements

pytestmark = pytest.mark.xdist_group("infra")

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "111122223333"
ISSUER = "https://login.lender.example"

SERVED = {
    "serving_image": "sha256:" + "a" * 64,
    "serving_certificate": f"arn:aws:acm:eu-west-3:{ACCOUNT}:certificate/12345678-1234-1234-1234-123456789012",
    "serving_host": "garant.lender.example",
    "serving_bundle": "b" * 64,
    "serving_trusted_keys": "ed25519:" + "A" * 43 + "=",
    "serving_jwt_issuer": f"{ISSUER}/machines",
    "serving_jwt_audience": "https://garant.lender.example/api",
    "serving_oidc_issuer": f"{ISSUER}/staff",
    "serving_oidc_client_id": "garant-pages",
}
RESTORED = {name: value for name, value in SERVED.items() if "oidc" not in name} | {
    "serving_certificate": SERVED["serving_certificate"].replace("eu-west-3", "eu-central-1"),
    "serving_public": "true",
    "serving_ingress": "198.51.100.0/24, 203.0.113.7/32",
    "serving_snapshot": "garant-records-1",
    "serving_master_key": f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:Key-abc123",
}


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with what can be asked for, made by one process: see `serving_variants.py`."""
    folder = tmp_path_factory.mktemp("serving")
    drawn = {name: value for name, _, value in (entry.partition("=") for entry in CONTEXT)}
    asked = {"served": SERVED, "restored": RESTORED, "empty": {}, "drawn": drawn}
    (folder / "wanted.json").write_text(json.dumps({name: {"serving": "true", **a} for name, a in asked.items()}))
    program = [sys.executable, str(Path(__file__).with_name("serving_variants.py")), str(folder), ACCOUNT]
    found = subprocess.run(program, capture_output=True, text=True, check=False, cwd=ROOT)
    assert found.returncode == 0, found.stderr
    return folder


def templates_of(folder: Path) -> dict[str, Template]:
    return {
        file.name.partition(".")[0]: json.loads(file.read_bytes()) for file in sorted(folder.glob("*.template.json"))
    }


@pytest.fixture(scope="session")
def served(made: Path) -> Templates:
    return templates_of(made / "served")


@pytest.fixture(scope="session")
def restored(made: Path) -> Templates:
    return templates_of(made / "restored")


def of_type(templates: Templates, kind: str) -> list[dict[str, Any]]:
    return [resource for name, resource in resources(templates, kind) if name.startswith(names.SERVING)]


def only(templates: Templates, kind: str) -> dict[str, Any]:
    found = of_type(templates, kind)
    assert len(found) == 1, kind
    return found[0]["Properties"]


def told(checks: Mapping[str, bool]) -> list[str]:
    return [what for what, is_so in checks.items() if not is_so]


# ---------------------------------------------------------------- rules: what is wrong, or nothing


def asked_by_few(templates: Templates) -> list[str]:
    """Nobody comes in but by TLS from named networks; tasks and database are reached from one place each."""
    ingress = [resource["Properties"] for resource in of_type(templates, "AWS::EC2::SecurityGroupIngress")]
    open_groups = [
        g for g in of_type(templates, "AWS::EC2::SecurityGroup") if "SecurityGroupIngress" in g["Properties"]
    ]
    networks = [rule for rule in ingress if "CidrIp" in rule or "CidrIpv6" in rule]
    return told(
        {
            "networks are named": all(rule.get("CidrIp") not in {None, "0.0.0.0/0"} for rule in networks),
            "by TLS": all(rule["FromPort"] == rule["ToPort"] == 443 for rule in networks),
            "the load balancer alone has networks": len({json.dumps(rule["GroupId"]) for rule in networks}) == 1,
            "two steps inside": len(ingress) - len(networks) == 2,
            "no rule hidden in a group": not open_groups,
            "inside, or by named networks": only(templates, "AWS::ElasticLoadBalancingV2::LoadBalancer")["Scheme"]
            == "internal"
            or all(not rule["CidrIp"].startswith("10.") for rule in networks),
        }
    )


def ends_tls(templates: Templates) -> list[str]:
    listener = only(templates, "AWS::ElasticLoadBalancingV2::Listener")
    return told(
        {
            "one port": listener["Port"] == 443 and listener["Protocol"] == "HTTPS",
            "no old TLS": listener.get("SslPolicy") == "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "a certificate": listener["Certificates"][0]["CertificateArn"].startswith("arn:aws:acm:"),
        }
    )


def keeps_figures_inside(templates: Templates) -> list[str]:
    rule = only(templates, "AWS::ElasticLoadBalancingV2::ListenerRule")
    answer = rule["Actions"][0].get("FixedResponseConfig", {}).get("StatusCode")
    return told({"/metrics": answer == "404" and rule["Conditions"][0]["PathPatternConfig"]["Values"] == ["/metrics"]})


def keeps_records(templates: Templates) -> list[str]:
    """The record of decisions is encrypted, reached over TLS alone, protected, and outlives the stack."""
    (resource,) = of_type(templates, "AWS::RDS::DBInstance")
    database, snapshot = resource["Properties"], "DBSnapshotIdentifier" in resource["Properties"]
    said = only(templates, "AWS::RDS::DBParameterGroup")["Parameters"]
    return told(
        {
            "encrypted with garant's key": snapshot
            or (database.get("StorageEncrypted") is True and "KmsKeyId" in database),
            "TLS alone": said.get("rds.force_ssl") == "1" and "DBParameterGroupName" in database,
            "a commit is on the disk": said.get("synchronous_commit") == "on",
            "not public": database.get("PubliclyAccessible") is False,
            "protected": database.get("DeletionProtection") is True,
            "backups, none older than the deadline for erasures": 7 <= database.get("BackupRetentionPeriod", 0) <= 30,
            "a password that RDS changes": database.get("ManageMasterUserPassword") is True
            and "KmsKeyId" in database.get("MasterUserSecret", {})
            and "MasterUserPassword" not in database,
            "tokens of IAM": database.get("EnableIAMDatabaseAuthentication") is True,
            "two zones": database.get("MultiAZ") is True,
            "a snapshot stays": resource.get("DeletionPolicy") == resource.get("UpdateReplacePolicy") == "Snapshot",
        }
    )


def keeps_secrets(templates: Templates) -> list[str]:
    return [
        f"secret: {what}"
        for resource in of_type(templates, "AWS::SecretsManager::Secret")
        for what in told(
            {
                "garant's key": "KmsKeyId" in resource["Properties"],
                "made by nobody": "GenerateSecretString" in resource["Properties"]
                and "SecretString" not in resource["Properties"],
                "stays": resource.get("DeletionPolicy") == resource.get("UpdateReplacePolicy") == "Retain",
            }
        )
    ]


_PLAIN = {
    "AWS_REGION",
    "GARANT_STORE_URL",
    "GARANT_TRUSTED_KEYS",
    "GARANT_TRUSTED_PROXY",
    "GARANT_PUBLIC_URL",
    "GARANT_JWT_ISSUER",
    "GARANT_JWT_AUDIENCE",
    "GARANT_OIDC_ISSUER",
    "GARANT_OIDC_CLIENT_ID",
}
"""What may stand in the environment in clear: addresses and names."""


def closed_containers(templates: Templates) -> list[str]:
    task = only(templates, "AWS::ECS::TaskDefinition")
    return [
        f"{container['Name']}: {what}"
        for container in task["ContainerDefinitions"]
        for what in told(
            {
                "read-only root": container.get("ReadonlyRootFilesystem") is True,
                "no root": re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", container.get("User", "")) is not None,
                "no rights of the system": container.get("Privileged") is False
                and container.get("LinuxParameters", {}).get("Capabilities") == {"Drop": ["ALL"]},
                "an image by digest": re.search(r"@sha256:[0-9a-f]{64}", json.dumps(container["Image"])) is not None,
                "no secret in clear": {each["Name"] for each in container["Environment"]} <= _PLAIN,
                "no password in an address": not re.search(
                    r"://[^/@\"]*:[^/@\"]*@", json.dumps(container["Environment"])
                ),
                "lines are kept": container["LogConfiguration"]["LogDriver"] == "awslogs",
            }
        )
    ]


def rolls_back(templates: Templates) -> list[str]:
    service = only(templates, "AWS::ECS::Service")
    deploying = service["DeploymentConfiguration"]
    return told(
        {
            "circuit breaker": deploying.get("DeploymentCircuitBreaker") == {"Enable": True, "Rollback": True},
            "old tasks stay until new ones are well": deploying["MinimumHealthyPercent"] == 100,
            "no public address": service["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] == "DISABLED",
            "no shell from outside": service.get("EnableExecuteCommand") is False,
            "tags of the stack": service.get("PropagateTags") == "SERVICE",
            "its number is left to scaling": "DesiredCount" not in service,
        }
    )


def scales(templates: Templates) -> list[str]:
    count = only(templates, "AWS::ApplicationAutoScaling::ScalableTarget")
    policy = only(templates, "AWS::ApplicationAutoScaling::ScalingPolicy")["TargetTrackingScalingPolicyConfiguration"]
    return told(
        {
            "at least": count["MinCapacity"] == SERVING_SIZE.tasks_min >= 1,
            "at most": count["MaxCapacity"] == SERVING_SIZE.tasks_max <= 10,
            "by load": policy["TargetValue"] == SERVING_SIZE.cpu_target_percent
            and policy["PredefinedMetricSpecification"]["PredefinedMetricType"] == "ECSServiceAverageCPUUtilization",
        }
    )


def images_do_not_move(templates: Templates) -> list[str]:
    repository = only(templates, "AWS::ECR::Repository")
    return told(
        {
            "tags": repository.get("ImageTagMutability") == "IMMUTABLE",
            "looked through": repository.get("ImageScanningConfiguration") == {"ScanOnPush": True},
            "garant's key": repository.get("EncryptionConfiguration", {}).get("EncryptionType") == "KMS",
        }
    )


def records_lead_nowhere(templates: Templates) -> list[str]:
    """The database's subnets have no route out: those with one are named by their associations."""
    routed = [
        json.dumps(a["Properties"]["SubnetId"]) for a in of_type(templates, "AWS::EC2::SubnetRouteTableAssociation")
    ]
    subnets = [json.dumps(s) for s in only(templates, "AWS::RDS::DBSubnetGroup")["SubnetIds"]]
    return told({"no route": len(subnets) == 2 and not {*routed} & {*subnets}})


def costs_what_is_said(templates: Templates) -> list[str]:
    """The template and the size that a month is reckoned from are one."""
    balancer = only(templates, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    database, task = only(templates, "AWS::RDS::DBInstance"), only(templates, "AWS::ECS::TaskDefinition")
    said = SERVING_SIZE.monthly(is_public=balancer["Scheme"] == "internet-facing")
    hours = 730
    secrets = len(of_type(templates, "AWS::SecretsManager::Secret")) + ("DBSnapshotIdentifier" in database)
    found = {
        "fargate_vcpu": int(task["Cpu"]) / 1024 * SERVING_SIZE.tasks_min * hours,
        "fargate_memory": int(task["Memory"]) / 1024 * SERVING_SIZE.tasks_min * hours,
        "load_balancer": hours,
        f"database_{database['DBInstanceClass'].removeprefix('db.').replace('.', '_')}": 2 * hours,
        "database_storage": 2 * int(database["AllocatedStorage"]),
        "nat_gateway": len(of_type(templates, "AWS::EC2::NatGateway")) * hours,
        "public_address": hours
        * (
            len(of_type(templates, "AWS::EC2::EIP"))
            + (len(balancer["Subnets"]) if balancer["Scheme"] == "internet-facing" else 0)
        ),
        "secret": secrets + (database.get("ManageMasterUserPassword") is True),
    }
    paid = [e for e in of_type(templates, "AWS::EC2::VPCEndpoint") if e["Properties"]["VpcEndpointType"] != "Gateway"]
    return told({"units": dict(said) == found, "no endpoint that is paid for": not paid})


_TASK_MAY = {
    "ReadTheBundle": {"s3:GetObject"},
    "ListTheBundle": {"s3:ListBucket"},
    "OpenTheBundle": {"kms:Decrypt"},
    "LogInAtTheDatabase": {"rds-db:connect"},
    "LogInAtEcr": {"ecr:GetAuthorizationToken"},
    "FetchTheImage": {"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"},
    "WriteLines": {"logs:CreateLogStream", "logs:PutLogEvents"},
    "HandOverSecrets": {"secretsmanager:GetSecretValue"},
    "OpenSecrets": {"kms:Decrypt"},
    "Connections": {"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"},
}


def may_little(templates: Templates) -> list[str]:
    """Roles may do what is listed here; the key opens what S3 and Secrets Manager hand over, and nothing else."""
    granted = {
        s["Sid"]: s
        for role in of_type(templates, "AWS::IAM::Role")
        for policy in role["Properties"].get("Policies", [])
        for s in policy["PolicyDocument"]["Statement"]
    }
    actions = {sid: {s["Action"]} if isinstance(s["Action"], str) else {*s["Action"]} for sid, s in granted.items()}
    opened = [s for s in granted.values() if "kms:Decrypt" in s["Action"]]
    login = json.dumps(granted.get("LogInAtTheDatabase", {}).get("Resource"))
    return told(
        {
            "listed": actions == _TASK_MAY,
            "the key through services": all(
                re.match(
                    r"(s3|secretsmanager)\.", str(s.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService"))
                )
                for s in opened
            ),
            "one bundle": json.dumps(granted["ReadTheBundle"]["Resource"]).endswith(f'bundles/{"b" * 64}/*"'),
            "one role of the database": "/garant_service" in login and "DbiResourceId" in login,
            "no other policy": not of_type(templates, "AWS::IAM::Policy"),
        }
    )


def logs_end(templates: Templates) -> list[str]:
    return [
        "a group of logs without key or end"
        for group in of_type(templates, "AWS::Logs::LogGroup")
        if "KmsKeyId" not in group["Properties"] or not 1 <= group["Properties"].get("RetentionInDays", 0) <= 365
    ]


def connections_are_logged(templates: Templates) -> list[str]:
    return told({"flow log": only(templates, "AWS::EC2::FlowLog")["TrafficType"] == "ALL"})


Plant = Callable[[dict[str, Template]], None]


def change(kind: str, *path: str | int, to: object = None) -> Plant:
    """Set what a path in the first resource of a type leads to; nothing removes it."""

    def plant(templates: dict[str, Template]) -> None:
        found: Any = of_type(templates, kind)[0]
        for step in path[:-1]:
            found = found[step]
        if to is None:
            del found[path[-1]]
        else:
            found[path[-1]] = to

    return plant


def add(kind: str, **properties: object) -> Plant:
    def plant(templates: dict[str, Template]) -> None:
        templates[names.SERVING]["Resources"]["Planted"] = {"Type": kind, "Properties": properties}

    return plant


P = "Properties"
INGRESS, GROUP = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroup"
LISTENER, BALANCER = "AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::LoadBalancer"
RULE, DATABASE = "AWS::ElasticLoadBalancingV2::ListenerRule", "AWS::RDS::DBInstance"
SECRET, TASK, SERVICE = "AWS::SecretsManager::Secret", "AWS::ECS::TaskDefinition", "AWS::ECS::Service"
COUNT, LOAD = "AWS::ApplicationAutoScaling::ScalableTarget", "AWS::ApplicationAutoScaling::ScalingPolicy"
REPOSITORY, ROLE, LOGS = "AWS::ECR::Repository", "AWS::IAM::Role", "AWS::Logs::LogGroup"
PARAMETERS = "AWS::RDS::DBParameterGroup"
FIRST = (P, "ContainerDefinitions", 0)
SECOND = (P, "ContainerDefinitions", 1)

DEFECTS: dict[str, tuple[Rule, Plant]] = {
    "the world may ask": (asked_by_few, change(INGRESS, P, "CidrIp", to="0.0.0.0/0")),
    "another port": (asked_by_few, change(INGRESS, P, "FromPort", to=80)),
    "the database from a network": (
        asked_by_few,
        add(INGRESS, GroupId="x", CidrIp="10.73.0.0/20", FromPort=443, ToPort=443, IpProtocol="tcp"),
    ),
    "a third way in": (asked_by_few, add(INGRESS, GroupId="x", SourceSecurityGroupId="y", FromPort=1, ToPort=9)),
    "a rule in a group": (asked_by_few, change(GROUP, P, "SecurityGroupIngress", to=[{"CidrIp": "0.0.0.0/0"}])),
    "public addresses that nobody asked for": (asked_by_few, change(BALANCER, P, "Scheme", to="internet-facing")),
    "in clear": (ends_tls, change(LISTENER, P, "Protocol", to="HTTP")),
    "old TLS": (ends_tls, change(LISTENER, P, "SslPolicy", to="ELBSecurityPolicy-2016-08")),
    "figures for everybody": (keeps_figures_inside, change(RULE, P, "Actions", to=[{"Type": "forward"}])),
    "a database in clear": (keeps_records, change(DATABASE, P, "StorageEncrypted", to=False)),
    "a key of AWS": (keeps_records, change(DATABASE, P, "KmsKeyId")),
    "connections in clear": (keeps_records, change(PARAMETERS, P, "Parameters", "rds.force_ssl", to="0")),
    "commits that may be lost": (keeps_records, change(PARAMETERS, P, "Parameters", "synchronous_commit", to="off")),
    "a public database": (keeps_records, change(DATABASE, P, "PubliclyAccessible", to=True)),
    "no protection": (keeps_records, change(DATABASE, P, "DeletionProtection", to=False)),
    "no backups": (keeps_records, change(DATABASE, P, "BackupRetentionPeriod", to=0)),
    "backups of who was erased": (keeps_records, change(DATABASE, P, "BackupRetentionPeriod", to=35)),
    "a password in the template": (keeps_records, change(DATABASE, P, "MasterUserPassword", to="hush")),
    "a password that stays": (keeps_records, change(DATABASE, P, "ManageMasterUserPassword", to=False)),
    "no tokens": (keeps_records, change(DATABASE, P, "EnableIAMDatabaseAuthentication", to=False)),
    "one zone": (keeps_records, change(DATABASE, P, "MultiAZ", to=False)),
    "records that go with the stack": (keeps_records, change(DATABASE, "DeletionPolicy", to="Delete")),
    "a master key that goes": (keeps_secrets, change(SECRET, "DeletionPolicy", to="Delete")),
    "a secret in the template": (keeps_secrets, change(SECRET, P, "SecretString", to="hush")),
    "a secret without garant's key": (keeps_secrets, change(SECRET, P, "KmsKeyId")),
    "a root that is written": (closed_containers, change(TASK, *FIRST, "ReadonlyRootFilesystem", to=False)),
    "root": (closed_containers, change(TASK, *SECOND, "User", to="0:0")),
    "the user of nobody knows what": (closed_containers, change(TASK, *SECOND, "User")),
    "rights of the system": (closed_containers, change(TASK, *SECOND, "LinuxParameters")),
    "a privileged container": (closed_containers, change(TASK, *FIRST, "Privileged", to=True)),
    "a tag": (closed_containers, change(TASK, *SECOND, "Image", to="garant:latest")),
    "a key in clear": (
        closed_containers,
        change(TASK, *SECOND, "Environment", to=[{"Name": "GARANT_MASTER_KEY_TEXT", "Value": "x"}]),
    ),
    "a password in the address": (
        closed_containers,
        change(TASK, *FIRST, "Environment", to=[{"Name": "GARANT_STORE_URL", "Value": "postgresql://a:b@c/d"}]),
    ),
    "no roll-back": (
        rolls_back,
        change(SERVICE, P, "DeploymentConfiguration", "DeploymentCircuitBreaker", "Rollback", to=False),
    ),
    "no circuit breaker": (rolls_back, change(SERVICE, P, "DeploymentConfiguration", "DeploymentCircuitBreaker")),
    "none is left": (rolls_back, change(SERVICE, P, "DeploymentConfiguration", "MinimumHealthyPercent", to=0)),
    "a task with a public address": (
        rolls_back,
        change(SERVICE, P, "NetworkConfiguration", "AwsvpcConfiguration", "AssignPublicIp", to="ENABLED"),
    ),
    "a shell": (rolls_back, change(SERVICE, P, "EnableExecuteCommand", to=True)),
    "a number that undoes scaling": (rolls_back, change(SERVICE, P, "DesiredCount", to=1)),
    "without an upper limit": (scales, change(COUNT, P, "MaxCapacity", to=1000)),
    "none at night": (scales, change(COUNT, P, "MinCapacity", to=0)),
    "another target": (scales, change(LOAD, P, "TargetTrackingScalingPolicyConfiguration", "TargetValue", to=95)),
    "tags that move": (images_do_not_move, change(REPOSITORY, P, "ImageTagMutability", to="MUTABLE")),
    "images nobody looks through": (images_do_not_move, change(REPOSITORY, P, "ImageScanningConfiguration")),
    "images in clear": (images_do_not_move, change(REPOSITORY, P, "EncryptionConfiguration")),
    "records with a way out": (
        records_lead_nowhere,
        lambda t: add(
            "AWS::EC2::SubnetRouteTableAssociation", SubnetId=only(t, "AWS::RDS::DBSubnetGroup")["SubnetIds"][0]
        )(t),
    ),
    "a larger machine": (costs_what_is_said, change(DATABASE, P, "DBInstanceClass", to="db.r6g.4xlarge")),
    "larger tasks": (costs_what_is_said, change(TASK, P, "Memory", to="30720")),
    "a second way out": (costs_what_is_said, add("AWS::EC2::NatGateway", SubnetId="x")),
    "an endpoint": (costs_what_is_said, add("AWS::EC2::VPCEndpoint", VpcEndpointType="Interface")),
    "an action more": (
        may_little,
        change(ROLE, P, "Policies", 0, "PolicyDocument", "Statement", 0, "Action", to=["s3:GetObject", "s3:PutObject"]),
    ),
    "lines in clear": (logs_end, change(LOGS, P, "KmsKeyId")),
    "lines for ever": (logs_end, change(LOGS, P, "RetentionInDays")),
    "half of the connections": (connections_are_logged, change("AWS::EC2::FlowLog", P, "TrafficType", to="REJECT")),
}

RULES = [*dict.fromkeys(rule for rule, _ in DEFECTS.values())]


def test_it_is_off_unless_it_is_asked_for() -> None:
    assert wanted(lambda _: None).serving is False
    assert wanted({"serving": "true"}.get).serving is True


@pytest.mark.parametrize("rule", [*RULES, *EVERYWHERE], ids=lambda rule: rule.__name__)
def test_with_the_service_no_rule_is_broken(served: Templates, restored: Templates, rule: Rule) -> None:
    assert rule(served) == []
    # A database that is made from a snapshot has the snapshot's encryption: CloudFormation takes no key beside it.
    known = "GarantServing/DatabaseRecords" if rule.__name__ == "encrypted" else None
    assert [found for found in rule(restored) if known is None or not found.startswith(known)] == []


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_told(served: Templates, defect: str) -> None:
    rule, plant = DEFECTS[defect]
    templates = copy.deepcopy(dict(served))
    plant(templates)
    assert rule(templates) != []


def test_every_role_of_the_service_has_the_boundary_and_a_defect_is_told(served: Templates) -> None:
    (bounded,) = [rule for rule in EVERYWHERE if rule.__name__ == "bounded_roles"]
    templates = copy.deepcopy(dict(served))
    del of_type(templates, ROLE)[0][P]["PermissionsBoundary"]
    assert bounded(templates) != []


def test_cdk_nag_finds_nothing_that_was_not_accepted_and_tells_an_opened_service(made: Path) -> None:
    for variant in ("served", "restored", "empty"):
        report = json.loads((made / variant / "validation-report.json").read_text(encoding="utf-8"))
        assert report["pluginReports"] == []
    assert "ValidationFailed" in json.loads((made / "judged.json").read_text(encoding="utf-8"))
    report = json.loads((made / "planted/validation-report.json").read_text(encoding="utf-8"))
    found = {each["ruleName"] for plugin in report["pluginReports"] for each in plugin["violations"]}
    assert {"AwsSolutions-EC23", "AwsSolutions-RDS2", "AwsSolutions-RDS10"} <= found


def test_what_is_accepted_is_accepted_for_a_reason(made: Path) -> None:
    entries = [
        entry
        for variant in ("served", "restored")
        for entries in json.loads((made / variant / f"{names.SERVING}.metadata.json").read_text("utf-8")).values()
        for entry in entries
        if "acknowledged" in entry["type"]
    ]
    reasons = {rule: reason for entry in entries for rule, reason in entry["data"].items()}
    assert {rule.rpartition("AwsSolutions-")[2].partition("[")[0] for rule in reasons} == {
        "ECS2",
        "ECS4",
        "ELB2",
        "IAM5",
        "RDS2",
        "SMG4",
    }
    assert all(len(reason.strip()) >= 20 for reason in reasons.values())


def test_the_linter_of_cloudformation_finds_nothing_that_is_not_explained(made: Path) -> None:
    files = [str(made / variant / f"{names.SERVING}.template.json") for variant in ("served", "restored", "empty")]
    command = [str(Path(sys.executable).with_name("cfn-lint")), *files]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


def test_without_an_image_the_stack_is_a_repository_and_nothing_that_is_paid_by_the_hour(made: Path) -> None:
    template = templates_of(made / "empty")[names.SERVING]
    assert [resource["Type"] for resource in template["Resources"].values()] == [REPOSITORY]
    assert {*template["Outputs"]} == {names.IMAGE_REPOSITORY}


def test_the_stack_says_of_itself_what_the_commands_read(served: Templates) -> None:
    outputs = served[names.SERVING]["Outputs"]
    assert {names.SERVICE_URL, names.CLUSTER_NAME, names.SERVICE_NAME, names.IMAGE_REPOSITORY} <= {*outputs}
    assert outputs[names.SERVICE_URL]["Value"] == "https://garant.lender.example"


def test_a_service_that_goes_on_has_its_records_and_their_key_and_pages_only_with_a_login(restored: Templates) -> None:
    database = only(restored, DATABASE)
    assert database["DBSnapshotIdentifier"] == "garant-records-1"
    assert not {"StorageEncrypted", "KmsKeyId", "MasterUsername", "DBName"} & {*database}, (
        "these come with the snapshot"
    )
    assert of_type(restored, SECRET) == []
    serve = only(restored, TASK)["ContainerDefinitions"][1]
    assert serve["Secrets"] == [
        {"Name": "GARANT_MASTER_KEY_TEXT", "ValueFrom": RESTORED["serving_master_key"] + ":key::"}
    ]
    assert serve["Command"][-2:] == ["--only", "api"]
    assert not [each for each in serve["Environment"] if "OIDC" in each["Name"]]
    networks = {rule[P]["CidrIp"] for rule in of_type(restored, INGRESS) if "CidrIp" in rule[P]}
    assert networks == {"198.51.100.0/24", "203.0.113.7/32"}


# ---------------------------------------------------------------- what the template tells, garant understands


def resolved(value: object) -> str:
    """Text of a value of the template, with what CloudFormation fills in made up."""
    if isinstance(value, str):
        return value
    match value:
        case {"Fn::Join": [str() as between, list() as parts]}:
            return between.join(map(resolved, parts))
        case {"Fn::GetAtt": [_, "Endpoint.Address"]}:
            return "garant.abc123.eu-west-3.rds.amazonaws.com"
        case _:
            return "x"


def container(templates: Templates, name: str) -> dict[str, Any]:
    return next(each for each in only(templates, TASK)["ContainerDefinitions"] if each["Name"] == name)


def test_the_service_would_start_with_these_variables(served: Templates, monkeypatch: pytest.MonkeyPatch) -> None:
    serve = container(served, "serve")
    for each in serve["Environment"]:
        monkeypatch.setenv(each["Name"], resolved(each["Value"]))
    # As Secrets Manager makes it, by the template: so many letters and digits.
    made = only(served, SECRET)["GenerateSecretString"]
    assert (made["PasswordLength"], made["ExcludePunctuation"], made["IncludeSpace"]) == (43, True, False)
    monkeypatch.setenv("GARANT_MASTER_KEY_TEXT", "aZ9" * 14 + "b")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "no-secret")

    settings = load_settings()

    assert settings.master_key_text is not None
    assert MasterKey.of_text(settings.master_key_text.get_secret_value())
    assert is_exposed("0.0.0.0", settings)  # noqa: S104
    require_transport("0.0.0.0", settings)  # noqa: S104
    require_login("0.0.0.0", settings)  # noqa: S104
    assert settings.jwt_issuer == f"{ISSUER}/machines"
    words = dict(pair.split("=", 1) for pair in settings.store_url.partition("?")[2].split("&"))
    token = with_password(
        {"host": resolved({"Fn::GetAtt": ["x", "Endpoint.Address"]}), "user": "garant_service", **words}
    )
    assert token["password"].startswith("garant.abc123.eu-west-3.rds.amazonaws.com:5432/?Action=connect")
    assert token["sslmode"] == "verify-full"


def test_the_password_of_the_owner_is_handed_to_what_prepares_and_to_nobody_else(served: Templates) -> None:
    prepare, serve = container(served, "prepare"), container(served, "serve")
    assert [each["Name"] for each in prepare["Secrets"]] == ["PGPASSWORD"]
    assert [each["Name"] for each in serve["Secrets"]] == ["GARANT_MASTER_KEY_TEXT"]
    assert prepare["Essential"] is False
    assert serve["DependsOn"] == [{"ContainerName": "prepare", "Condition": "SUCCESS"}]
    assert "//garantowner@" in resolved(prepare["Environment"][0]["Value"])
    assert prepare["Command"] == ["ledger", "migrate", "--only-new", "--service-role", "garant_service"]


def test_task_and_image_are_of_one_mind(served: Templates) -> None:
    image = read_dockerfile((ROOT / "Dockerfile").read_text(encoding="utf-8"))[-1]
    serve, task = container(served, "serve"), only(served, TASK)
    said = {name: found.text for name in ("USER", "EXPOSE") if (found := image.last(name))}
    check = (image.last("HEALTHCHECK") or pytest.fail("none")).text.partition("CMD ")[2]
    volumes = (image.last("VOLUME") or pytest.fail("none")).words
    assert serve["User"] == said["USER"]
    assert str(serve["PortMappings"][0]["ContainerPort"]) == said["EXPOSE"]
    assert serve["HealthCheck"]["Command"] == ["CMD", *json.loads(check)]
    # What is mounted belongs to the image's user only where the image declares it.
    assert [each["ContainerPath"] for each in serve["MountPoints"]] == volumes
    assert {each["SourceVolume"] for each in serve["MountPoints"]} == {each["Name"] for each in task["Volumes"]}
    assert all("Host" not in volume for volume in task["Volumes"])
    variables = {each["Name"]: each["Value"] for each in serve["Environment"]}
    assert variables["AWS_REGION"] == "eu-west-3"
    copied = [copy.text for copy in read_dockerfile((ROOT / "Dockerfile").read_text("utf-8"))[0].all("COPY")]
    assert "certificates /opt/garant/certificates" in copied
    assert "sslrootcert=/opt/garant/certificates/rds.pem" in resolved(variables["GARANT_STORE_URL"])


def test_times_of_load_balancer_and_service_fit(served: Templates) -> None:
    attributes = {
        each["Key"]: each["Value"]
        for kind, name in (
            (BALANCER, "LoadBalancerAttributes"),
            ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupAttributes"),
        )
        for each in only(served, kind)[name]
    }
    assert int(attributes["idle_timeout.timeout_seconds"]) < api_serve._KEEP_ALIVE_SECONDS
    assert int(attributes["deregistration_delay.timeout_seconds"]) > api_serve.GRACE_SECONDS
    assert container(served, "serve")["StopTimeout"] > api_serve.GRACE_SECONDS


def test_the_service_believes_the_load_balancer_and_nobody_else(served: Templates) -> None:
    proxies = next(e["Value"] for e in container(served, "serve")["Environment"] if e["Name"] == "GARANT_TRUSTED_PROXY")
    front = {json.dumps(each) for each in only(served, BALANCER)["Subnets"]}
    blocks = {
        subnet[P]["CidrBlock"]
        for name, subnet in resources(served, "AWS::EC2::Subnet")
        if json.dumps({"Ref": name.rpartition("/")[2]}) in front
    }
    assert {*proxies.split(",")} == blocks


# ---------------------------------------------------------------- what is refused before there is a template


def asked(**changed: str | None) -> ServingWanted | None:
    said: dict[str, str | None] = {**SERVED, **{f"serving_{name}": value for name, value in changed.items()}}
    return serving_wanted(said.get, account=ACCOUNT, region="eu-west-3")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"image": "latest"}, "a tag could be moved"),
        ({"image": "sha256:" + "a" * 63}, "a tag could be moved"),
        (
            {"certificate": SERVED["serving_certificate"].replace("eu-west-3", "us-east-1")},
            "in this account and region",
        ),
        ({"certificate": SERVED["serving_certificate"].replace(ACCOUNT, "9" * 12)}, "in this account and region"),
        ({"host": "http://garant.lender.example"}, "a host name"),
        ({"bundle": "model"}, "64 hexadecimal"),
        ({"trusted_keys": "ed25519:short"}, "public keys"),
        ({"jwt_issuer": "http://login.lender.example"}, "expected https"),
        ({"oidc_issuer": "https://u:p@login.lender.example"}, "without user"),
        ({"oidc_client_id": None}, "belong together"),
        ({"snapshot": "garant-1"}, "serving_snapshot needs serving_master_key"),
        ({"master_key": "arn:aws:secretsmanager:us-east-1:111122223333:secret:k"}, "in this account and region"),
        ({"public": "yes"}, "true or false"),
        ({"public": "true"}, "needs serving_ingress"),
        ({"public": "true", "ingress": "0.0.0.0/0"}, "the whole world"),
        ({"public": "true", "ingress": "::/0"}, "the whole world"),
        ({"public": "true", "ingress": "64.0.0.0/2"}, "the whole world"),
        ({"ingress": "0.0.0.0/0"}, "the whole world"),
        ({"ingress": "10.0.0.0/8, 192.168.7.0/24"}, ""),
        ({"ingress": "8.8.8.0/24"}, "is a public network"),
        ({"public": "true", "ingress": "198.51.100.7/24"}, "is no network"),
    ],
)
def test_what_would_not_serve_or_would_serve_the_world_is_refused(changed: dict[str, str | None], said: str) -> None:
    if not said:
        assert asked(**changed)
        return
    with pytest.raises(UsageError, match=re.escape(said)):
        asked(**changed)


def test_everything_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        serving_wanted({"serving_image": "latest"}.get, account=ACCOUNT, region="eu-west-3")
    for name in ("certificate", "host", "bundle", "trusted_keys", "jwt_issuer", "jwt_audience"):
        assert f"serving_{name} is missing" in str(caught.value)
    assert serving_wanted({}.get, account=ACCOUNT, region="eu-west-3") is None


def test_statements_are_named_and_the_endpoint_of_s3_lets_only_what_tasks_read(served: Templates) -> None:
    (endpoint,) = of_type(served, "AWS::EC2::VPCEndpoint")
    assert endpoint[P]["VpcEndpointType"] == "Gateway"
    found = {s["Sid"]: s["Action"] for s in statements(endpoint)}
    assert found == {"WhatTasksRead": "s3:GetObject", "WhatTasksList": "s3:ListBucket"}
    named = [resolved(resource) for s in statements(endpoint) for resource in as_list(s["Resource"])]
    assert all("-starport-layer-bucket/" in each or ":::garant-curated-" in each for each in named)
    assert len(named) == 3


def test_a_month_is_reckoned_from_the_size() -> None:
    least, most = SERVING_SIZE.monthly(), SERVING_SIZE.monthly(tasks=SERVING_SIZE.tasks_max, is_public=True)
    assert least["fargate_vcpu"] == 2 * 1 * 730
    assert most["fargate_memory"] == 6 * 3 * 730
    assert (least["public_address"], most["public_address"]) == (730, 3 * 730)
    assert "database_t4g_small" in least


def test_the_service_may_be_ended_and_leaves_its_record(served: Templates, restored: Templates) -> None:
    for templates in (served, restored):
        template = copy.deepcopy(templates[names.SERVING])
        check_template(template)
        (database,) = [one for one in template["Resources"].values() if one["Type"] == "AWS::RDS::DBInstance"]
        database["DeletionPolicy"] = "Delete"
        with pytest.raises(CloudError, match="record of decisions"):
            check_template(template)


def test_the_template_says_which_record_it_goes_on_with(restored: Templates) -> None:
    assert restored[names.SERVING]["Metadata"][names.TOLD] == RESTORED


def test_the_picture_and_the_roles_of_the_docs_are_those_of_the_templates(made: Path):
    drawn = files_of(templates_of(made / "drawn"))
    stale = [path.name for path, text in drawn.items() if path.read_text(encoding="utf-8") != text]
    assert not stale, "run: python tools/cloud_docs.py"


@pytest.mark.parametrize(
    ("said", "instead", "where"),
    [
        ("s3:PutObject", "s3:GetObject", {"cloud-en.svg", "cloud-fr.svg", "cloud.md", "cloud.fr.md"}),
        ("/initial/*", "/*", {"cloud.md", "cloud.fr.md"}),
        ("db.t4g.small", "db.t4g.large", {"cloud-en.svg", "cloud-fr.svg"}),
    ],
)
def test_what_a_template_says_otherwise_is_drawn_and_listed_otherwise(
    made: Path, said: str, instead: str, where: set[str]
):
    templates = templates_of(made / "drawn")
    changed = files_of(json.loads(json.dumps(templates).replace(said, instead)))
    assert {path.name for path, text in files_of(templates).items() if changed[path] != text} == where
