"""The decision service goes, the record of decisions stays."""

from typing import Any

import pytest

from aws_server import AwsServer
from cloud_world import World, tags
from garant.cloud import names
from garant.cloud.account import Account
from garant.cloud.serving_end import check_template, stop_serving
from garant.cloud.work import Ended
from garant.exceptions import CloudError

DATABASE: dict[str, Any] = {
    "Type": "AWS::RDS::DBInstance",
    "DeletionPolicy": "Snapshot",
    "Properties": {
        "DBInstanceIdentifier": "garant-ledger",
        "DBInstanceClass": "db.t4g.micro",
        "Engine": "postgres",
        "AllocatedStorage": "20",
        "MasterUsername": "garant",
        "MasterUserPassword": "hush-hush",
        "Tags": tags(names.SERVING),
    },
}
SECRET: dict[str, Any] = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "garant/master-key"}}


def _databases(aws: AwsServer) -> dict[str, bool]:
    """Databases that are there, and whether RDS refuses to delete them."""
    listed = aws.client("rds").describe_db_instances()["DBInstances"]
    return {one["DBInstanceIdentifier"]: one["DeletionProtection"] for one in listed}


def test_nothing_is_done_where_nothing_serves(account: Account) -> None:
    assert stop_serving(account) == []


def test_the_stack_goes_and_the_copy_of_the_database_is_named(account: Account, world: World) -> None:
    world.stack(names.SERVING, None, Database=DATABASE)
    # CloudFormation makes it when it deletes the database; moto does not.
    copy = world.snapshot()
    told: list[str] = []
    assert stop_serving(account, waiting=told.append) == [
        Ended("stack", names.SERVING, "DELETE_COMPLETE"),
        Ended("snapshot", copy, "available"),
    ]
    assert told == ["stack GarantServing"]
    assert _databases(world.aws) == {}
    assert stop_serving(account) == []


def test_the_protection_of_the_database_falls_only_when_its_copy_is_certain(account: Account, world: World) -> None:
    world.database()
    world.stack(names.SERVING, None, MasterKey=SECRET)
    with pytest.raises(
        CloudError, match=r"take with it: MasterKey \(AWS::SecretsManager::Secret: Delete\).*was deleted"
    ):
        stop_serving(account)
    assert _databases(world.aws) == {"garant-ledger": True}
    assert world.cloudformation.describe_stacks(StackName=names.SERVING)["Stacks"]


@pytest.mark.parametrize("kind", ["AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::KMS::Key", SECRET["Type"]])
def test_what_holds_the_record_or_reads_it_must_be_kept(kind: str) -> None:
    with pytest.raises(CloudError, match=rf"Thing \({kind}: Delete\)"):
        check_template({"Resources": {"Thing": {"Type": kind, "DeletionPolicy": "Delete"}}})
    check_template({"Resources": {"Thing": {"Type": kind, "DeletionPolicy": "Retain"}}})


def test_a_database_that_is_gone_without_a_copy_is_an_alarm(account: Account, world: World) -> None:
    world.stack(names.SERVING, None, Database=DATABASE)
    with pytest.raises(CloudError, match=r"Of garant-ledger neither the database nor a snapshot.*automated-backups"):
        stop_serving(account)


def test_a_database_keeps_its_copy_by_default() -> None:
    check_template({"Resources": {"Database": {"Type": "AWS::RDS::DBInstance"}}})
