"""Everything that costs money is found, and nothing of somebody else."""

from collections import Counter
from types import ModuleType

from aws_server import ACCOUNT, REGION
from cloud_world import World, tags
from garant.cloud import names
from garant.cloud.account import Account
from garant.cloud.prices import HOURS_PER_MONTH
from garant.cloud.standing import alarms, buckets, databases, images, jobs, keys, secrets
from garant.cloud.standing.inventory import standing_things
from garant.cloud.standing.tagged import tagged_things
from garant.cloud.standing.thing import GIB, Billed, Standing

RAW = names.bucket_name("raw", account=ACCOUNT, region=REGION)


def _found(account: Account, module: ModuleType) -> list[Standing]:
    """What one kind's module finds: asking for all kinds takes ten times as long."""
    return module.find(account, tagged_things(account))


def test_an_empty_account_has_nothing(account: Account) -> None:
    assert standing_things(account) == []


def test_a_platform_at_rest_has_buckets_and_a_key_and_nothing_else(account: Account, world: World) -> None:
    key = world.data()
    world.application()
    world.schedule(world.machine(), state="DISABLED")
    found = standing_things(account)
    assert Counter(thing.kind for thing in found) == {"bucket": 4, "key": 1}
    assert all(thing.is_at_rest for thing in found)
    assert found[-1].name == key


def test_every_kind_is_found_with_what_is_billed(account: Account, world: World) -> None:
    world.data()
    application = world.application()
    job = world.job(application)
    machine = world.machine()
    execution = world.execution(machine, "run-0123456789abcdef-0")
    world.schedule(machine, state="ENABLED")
    world.serving()
    world.snapshot()
    world.log_group()
    world.image()
    found = {thing.kind: thing for thing in standing_things(account)}
    billed = {kind: {part.price: part.units for part in thing.billed} for kind, thing in found.items()}
    hour = HOURS_PER_MONTH
    assert billed == {
        "job": {},
        "execution": {},
        "schedule": {},
        "service": {},
        "task": {"fargate_vcpu": 0.5 * hour, "fargate_memory": 2 * hour},
        "load balancer": {"load_balancer": hour, "public_address": 2 * hour},
        "endpoint": {"endpoint": 2 * hour},
        "database": {"database_t4g_micro": hour, "database_storage": 20},
        "snapshot": {"database_snapshot": 20},
        "log group": {"log_storage": 0},
        "images": {"image_storage": billed["images"]["image_storage"]},
        "secret": {"secret": 1},
        "bucket": {"s3_storage": 0},
        "key": {"kms_key": 1},
    }
    assert billed["images"]["image_storage"] > 0
    assert (found["job"].name, found["execution"].name) == (f"{application}/{job}", execution)
    assert found["schedule"].name == "default/portfolio"
    assert found["job"].remark == "paid until it ends, at most 12 vCPU, 60 GB"
    works = {kind for kind, thing in found.items() if not thing.is_at_rest}
    assert works == {"job", "execution", "service", "task", "load balancer", "endpoint", "database"}


def test_what_others_have_in_the_account_is_left_alone(account: Account, world: World) -> None:
    world.bucket("somebody-elses-bucket", "GarantOfSomebodyElse")
    world.aws.client("kms").create_key(Tags=[{"TagKey": "team", "TagValue": "risk"}])
    application = world.application(stack="another")
    world.job(application)
    world.aws.client("secretsmanager").create_secret(Name="theirs", SecretString="x", Tags=tags("another"))
    world.aws.client("logs").create_log_group(logGroupName="/aws/lambda/theirs")
    world.database(stack="another")
    assert standing_things(account) == []


def test_each_version_and_each_part_of_an_unfinished_upload_is_counted(account: Account, world: World) -> None:
    world.bucket(RAW, names.DATA)
    for size in (1000, 2000, 3000):
        world.s3.put_object(Bucket=RAW, Key="application.csv", Body=b"x" * size)
    world.s3.put_object(Bucket=RAW, Key="gone.csv", Body=b"y" * 10)
    world.s3.delete_object(Bucket=RAW, Key="gone.csv")
    upload = world.s3.create_multipart_upload(Bucket=RAW, Key="large.csv")["UploadId"]
    world.s3.upload_part(Bucket=RAW, Key="large.csv", UploadId=upload, PartNumber=1, Body=b"z" * 5000)
    (bucket,) = _found(account, buckets)
    assert bucket.billed == (Billed("s3_storage", (1000 + 2000 + 3000 + 10 + 5000) / GIB),)
    assert bucket.state == "1 object 2.9 kB, 3 older versions 2.9 kB, 1 mark of deletions, 1 unfinished part 4.9 kB"


def test_another_class_of_storage_has_its_own_price(account: Account, world: World) -> None:
    world.bucket(RAW, names.DATA)
    world.s3.put_object(Bucket=RAW, Key="a", Body=b"x" * 100, StorageClass="GLACIER_IR")
    (bucket,) = _found(account, buckets)
    assert bucket.billed == (Billed("s3_storage", 0), Billed("s3_glacier_ir", 100 / GIB))


def test_a_bucket_is_found_by_its_name_when_stack_and_tag_are_gone(account: Account, world: World) -> None:
    world.bucket(RAW, names.DATA)
    world.s3.delete_bucket_tagging(Bucket=RAW)
    assert [thing.name for thing in _found(account, buckets)] == [RAW]


def test_a_key_whose_deletion_is_scheduled_is_not_billed(account: Account, world: World) -> None:
    key = world.key()
    assert [thing.name for thing in _found(account, keys)] == [key]
    world.aws.client("kms").schedule_key_deletion(KeyId=key.rpartition("/")[2], PendingWindowInDays=7)
    assert _found(account, keys) == []


def test_a_disabled_key_is_billed(account: Account, world: World) -> None:
    world.aws.client("kms").disable_key(KeyId=world.key().rpartition("/")[2])
    (key,) = _found(account, keys)
    assert (key.state, key.billed) == ("disabled", (Billed("kms_key", 1),))


def test_the_first_two_rotations_of_a_key_raise_its_price(account: Account, world: World) -> None:
    key, kms = world.key(), world.aws.client("kms")
    for _ in range(3):
        kms.rotate_key_on_demand(KeyId=key)
    (found,) = _found(account, keys)
    assert (found.state, found.billed) == ("enabled, rotated 3 times", (Billed("kms_key", 3),))


def test_workers_that_are_kept_ready_are_paid_while_the_application_runs(account: Account, world: World) -> None:
    ready = {"Driver": {"workerCount": 1, "workerConfiguration": {"cpu": "4 vCPU", "memory": "20 GB"}}}
    application = world.application(initialCapacity=ready)
    emr = world.aws.client("emr-serverless")
    emr.start_application(applicationId=application)
    assert [thing.state for thing in _found(account, jobs)] == ["workers kept ready"]
    emr.stop_application(applicationId=application)
    assert _found(account, jobs) == []


def test_a_stopped_database_is_paid_for_its_disk_and_comes_back(account: Account, world: World) -> None:
    world.database()
    world.aws.client("rds").stop_db_instance(DBInstanceIdentifier="garant-ledger")
    (found,) = _found(account, databases)
    assert found.billed == (Billed("database_storage", 20),)
    assert found.remark == "RDS starts a stopped database again after 7 days"


def test_alarms_are_billed_from_the_eleventh_of_the_account(account: Account, world: World) -> None:
    world.alarms(4, stack=names.GUARD)
    assert _found(account, alarms) == []
    world.alarms(8, stack="another")
    (found,) = _found(account, alarms)
    assert (found.kind, found.billed) == ("alarms", (Billed("alarm", 2),))
    assert found.state == "4 alarms of 12 in the account, 10 are free"


def test_an_image_that_the_toolkit_keeps_is_found_without_a_tag(account: Account, world: World) -> None:
    world.image()
    (found,) = _found(account, images)
    assert (found.kind, found.stack) == ("images", names.TOOLKIT)


def test_a_secret_that_is_going_costs_nothing(account: Account, world: World) -> None:
    manager = world.aws.client("secretsmanager")
    manager.create_secret(Name="garant/login", SecretString="x", Tags=tags(names.SERVING))
    assert [thing.kind for thing in _found(account, secrets)] == ["secret"]
    manager.delete_secret(SecretId="garant/login", RecoveryWindowInDays=7)
    assert _found(account, secrets) == []
