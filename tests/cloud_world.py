"""A platform as it stands in an account after deployments, put there by hand: moto deploys no template of the CDK."""

import json
from collections.abc import Sequence
from typing import Any

from aws_server import ACCOUNT, REGION, STILL_RUNNING, AwsServer
from garant.cloud import names

MACHINE = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}}


class World:
    """What a test puts into the account, and looks at."""

    def __init__(self, aws: AwsServer) -> None:
        self.aws = aws
        self.cloudformation = aws.client("cloudformation")
        self.s3 = aws.client("s3")

    def stack(
        self,
        name: str,
        outputs: dict[str, str] | None = None,
        *,
        told: dict[str, str] | None = None,
        **resources: dict[str, Any],
    ) -> None:
        """Let a stack exist; one resource at least is what CloudFormation asks for."""
        listed = {name: {"Value": value} for name, value in (outputs or {}).items()}
        made = resources or {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}
        template = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Metadata": {names.TOLD: told or {}},
            "Resources": made,
            "Outputs": listed,
        }
        self.cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))

    def data(self) -> str:
        """Stack Data: four buckets and the key, whose ARN is returned."""
        for purpose in names.BUCKETS:
            self.bucket(names.bucket_name(purpose, account=ACCOUNT, region=REGION), names.DATA)
        key = self.key()
        buckets = {names.bucket_output(p): names.bucket_name(p, account=ACCOUNT, region=REGION) for p in names.BUCKETS}
        self.stack(names.DATA, {names.KEY_ARN: key, **buckets})
        return key

    def bucket(self, name: str, stack: str) -> None:
        """Make a bucket with versions."""
        self.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        self.s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags(stack)})

    def key(self) -> str:
        """Make a key with the alias of the templates."""
        kms = self.aws.client("kms")
        made = kms.create_key(Tags=[{"TagKey": names.TAG, "TagValue": names.DATA}])["KeyMetadata"]
        kms.create_alias(AliasName="alias/garant", TargetKeyId=made["KeyId"])
        return str(made["Arn"])

    def application(self, *, stack: str = names.BATCH, **more: Any) -> str:  # noqa: ANN401 - what EMR takes
        """Make an application with the limits of profile small."""
        made = self.aws.client("emr-serverless").create_application(
            name="garant",
            # The only form of label that moto takes.
            releaseLabel="emr-7.0.0",
            type="SPARK",
            maximumCapacity={"cpu": "12 vCPU", "memory": "60 GB"},
            tags={names.TAG: stack},
            **more,
        )
        return str(made["applicationId"])

    def job(self, application: str) -> str:
        """Start a job that goes on until it is ended: moto runs none, and lets one of this name be running."""
        made = self.aws.client("emr-serverless").start_job_run(
            applicationId=application, executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/job", name=STILL_RUNNING
        )
        return str(made["jobRunId"])

    def machine(self) -> str:
        """Make the state machine."""
        role = f"arn:aws:iam::{ACCOUNT}:role/machine"
        made = self.aws.client("stepfunctions").create_state_machine(
            name="garant",
            definition=json.dumps(MACHINE),
            roleArn=role,
            tags=[{"key": names.TAG, "value": names.BATCH}],
        )
        return str(made["stateMachineArn"])

    def execution(self, machine: str, name: str) -> str:
        """Start an execution, which moto lets be running."""
        return str(self.aws.client("stepfunctions").start_execution(stateMachineArn=machine, name=name)["executionArn"])

    def schedule(self, machine: str, *, state: str) -> None:
        """Make a schedule of the state machine."""
        self.aws.client("scheduler").create_schedule(
            Name="portfolio",
            ScheduleExpression="rate(30 days)",
            FlexibleTimeWindow={"Mode": "OFF"},
            State=state,
            Target={"Arn": machine, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/starter"},
        )

    def serving(self) -> None:
        """Stack Serving: a service with two tasks, a database, a load balancer, an endpoint, a secret."""
        subnets = self._network()
        self._service(subnets)
        self.database()
        self.aws.client("elbv2").create_load_balancer(
            Name="garant", Subnets=subnets, Scheme="internet-facing", Tags=tags(names.SERVING)
        )
        self.aws.client("secretsmanager").create_secret(Name="garant/login", SecretString="x", Tags=tags(names.SERVING))

    def database(self, *, stack: str = names.SERVING) -> None:
        """Make the database of the record of decisions, protected as the templates do it."""
        self.aws.client("rds").create_db_instance(
            DBInstanceIdentifier="garant-ledger",
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="garant",
            MasterUserPassword="hush-hush",
            DeletionProtection=True,
            Tags=tags(stack),
        )

    def snapshot(self) -> str:
        """Copy the database, as CloudFormation does before it deletes it."""
        self.aws.client("rds").create_db_snapshot(
            DBSnapshotIdentifier="garantserving-final", DBInstanceIdentifier="garant-ledger", Tags=tags(names.SERVING)
        )
        return "garantserving-final"

    def log_group(self) -> None:
        """Make the group of logs of the state machine."""
        logs = self.aws.client("logs")
        logs.create_log_group(logGroupName="/garant/batch", tags={names.TAG: names.BATCH})

    def image(self) -> None:
        """Put an image into the repository that ``cdk bootstrap`` makes; moto finds none by its tag."""
        ecr, repository = self.aws.client("ecr"), f"cdk-garant-container-assets-{ACCOUNT}-{REGION}"
        ecr.create_repository(repositoryName=repository)
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 7, "digest": "sha256:0"},
            "layers": [],
        }
        ecr.put_image(repositoryName=repository, imageManifest=json.dumps(manifest), imageTag="latest")

    def alarms(self, number: int, *, stack: str) -> None:
        """Make alarms."""
        cloudwatch = self.aws.client("cloudwatch")
        for position in range(number):
            cloudwatch.put_metric_alarm(
                AlarmName=f"{stack}-{position}",
                Namespace="AWS/States",
                MetricName="ExecutionsFailed",
                ComparisonOperator="GreaterThanThreshold",
                EvaluationPeriods=1,
                Period=300,
                Statistic="Sum",
                Threshold=0,
                Tags=tags(stack),
            )

    def _network(self) -> list[str]:
        ec2 = self.aws.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        zones = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")
            for n, zone in enumerate("ab")
        ]
        subnets = [zone["Subnet"]["SubnetId"] for zone in zones]
        ec2.create_vpc_endpoint(
            VpcId=vpc,
            ServiceName=f"com.amazonaws.{REGION}.secretsmanager",
            VpcEndpointType="Interface",
            SubnetIds=subnets,
            TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": tags(names.SERVING)}],
        )
        return subnets

    def _service(self, subnets: Sequence[str]) -> None:
        ecs = self.aws.client("ecs")
        given = [{"key": names.TAG, "value": names.SERVING}]
        ecs.create_cluster(clusterName="garant", tags=given)
        ecs.register_task_definition(
            family="garant",
            cpu="512",
            memory="2048",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            containerDefinitions=[{"name": "api", "image": "garant", "memory": 2048}],
        )
        network = {"awsvpcConfiguration": {"subnets": list(subnets), "securityGroups": []}}
        common: dict[str, Any] = {"cluster": "garant", "taskDefinition": "garant", "launchType": "FARGATE"}
        ecs.create_service(serviceName="decisions", desiredCount=2, tags=given, networkConfiguration=network, **common)
        ecs.run_task(count=2, networkConfiguration=network, tags=given, **common)


def tags(stack: str) -> list[dict[str, str]]:
    """Tags as most services of AWS spell them."""
    return [{"Key": names.TAG, "Value": stack}]
