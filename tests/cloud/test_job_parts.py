"""What one job is given: rights for its own run, workers of the size of its profile, an environment without secrets."""

import json
import re

import pytest

from garant.cloud import names
from garant.cloud.environment import ARCHIVE
from garant.cloud.order import driver_variables
from garant.cloud.platform import Store
from garant.cloud.profiles import PROFILES, Profile
from garant.cloud.session_policy import MOST_CHARACTERS, session_policy
from garant.cloud.spark_parameters import spark_parameters
from garant.exceptions import UsageError
from garant.settings import EU_REGIONS
from garant.storage import S3Location
from scripted_cloud import allows

LONGEST = max(EU_REGIONS, key=len)
BUCKETS = {p: names.bucket_name(p, account="123456789012", region=LONGEST) for p in names.BUCKETS}
STORE = Store(BUCKETS, f"arn:aws:kms:{LONGEST}:123456789012:key/12345678-1234-1234-1234-123456789012")
RUN, OTHER, DIGEST = "0123456789abcdef", "fedcba9876543210", "a" * 64
RESULTS, RAW = f"arn:aws:s3:::{BUCKETS['results']}", f"arn:aws:s3:::{BUCKETS['raw']}"


def policy() -> str:
    reads = [STORE.initial, STORE.bundle(DIGEST), STORE.environments / DIGEST]
    writes = [STORE.runs / f"run_id={RUN}", STORE.pca(RUN)]
    return session_policy(STORE, reads=reads, writes=writes, runs=STORE.runs)


def test_a_job_writes_below_its_own_run_and_moves_the_pointer() -> None:
    said = policy()
    own = f"{RESULTS}/runs/run_id={RUN}/attempt=1/scores/part-0.parquet"
    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
        assert allows(said, action, own)
        assert allows(said, action, f"{RESULTS}/pca/{RUN}/run_id={OTHER}/attempt=1/pca/pca_scores.csv")
        assert not allows(said, action, own.replace(RUN, OTHER))
    assert allows(said, "s3:PutObject", f"{RESULTS}/runs/current.json")
    assert not allows(said, "s3:DeleteObject", f"{RESULTS}/runs/current.json")
    assert allows(said, "s3:PutObject", f"{RESULTS}/runs/run_id={RUN}/COMMITTED")
    assert not allows(said, "s3:PutObject", f"{RESULTS}/pca/{OTHER}/current.json")
    # Of other runs it reads what the pointer leads to: what they are, no row.
    assert allows(said, "s3:GetObject", f"{RESULTS}/runs/run_id={OTHER}/attempt=1/manifest.json")


def test_raw_tables_are_read_and_never_written() -> None:
    said = policy()
    assert allows(said, "s3:GetObject", f"{RAW}/initial/bureau.csv")
    for action in ("s3:PutObject", "s3:DeleteObject"):
        assert not allows(said, action, f"{RAW}/initial/bureau.csv")
        assert not allows(said, action, f"arn:aws:s3:::{BUCKETS['curated']}/bundles/{DIGEST}/model.txt")
    assert not allows(said, "s3:GetObject", f"arn:aws:s3:::{BUCKETS['curated']}/bundles/{'b' * 64}/model.txt")


def test_the_policy_names_no_star_alone_and_fits_into_the_request() -> None:
    said = policy()
    assert len(said) <= MOST_CHARACTERS
    for statement in json.loads(said)["Statement"]:
        assert all("*" not in action for action in statement["Action"])
        assert all(resource.startswith(("arn:aws:s3:::garant-", "arn:aws:kms:")) for resource in statement["Resource"])
    assert {resource for s in json.loads(said)["Statement"] for resource in s["Resource"] if "kms" in resource} == {
        STORE.key_arn
    }


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_workers_are_those_of_the_profile_and_their_number_is_fixed(profile: Profile) -> None:
    said = dict(
        re.findall(r"--conf (\S+?)=(\S+)", spark_parameters(profile, STORE.environments / DIGEST, {"AWS_REGION": "x"}))
    )
    gigabytes = {
        who: sum(int(said[f"spark.{who}.{part}"].removesuffix("g")) for part in ("memory", "memoryOverhead"))
        for who in ("driver", "executor")
    }
    workers = 1 + int(said["spark.executor.instances"])
    assert workers * int(said["spark.executor.cores"]) == profile.vcpu
    assert gigabytes["driver"] + (workers - 1) * gigabytes["executor"] == profile.memory_gb
    assert said["spark.dynamicAllocation.enabled"] == "false"
    assert said["spark.archives"] == f"s3://{BUCKETS['curated']}/environments/{DIGEST}/{ARCHIVE}#environment"
    pythons = [value for name, value in said.items() if name.endswith("PYTHON")]
    assert pythons == ["./environment/bin/python"] * 3
    # EMR Serverless gives a worker of 4 vCPU 8 to 30 GB.
    assert 2 * profile.worker.vcpu <= profile.worker.memory_gb <= 7.5 * profile.worker.vcpu


@pytest.mark.parametrize("value", ["a b", 'a"b', "a\nb", "--conf x", ""])
def test_a_value_cannot_become_a_second_parameter(value: str) -> None:
    with pytest.raises(UsageError, match="cannot be given to a job"):
        spark_parameters(PROFILES[0], S3Location("b", "p"), {"GARANT_TRUSTED_KEYS": value})


def test_a_driver_is_given_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GARANT_STORE_URL", "GARANT_MASTER_KEY"):
        monkeypatch.setenv(name, "hush")
    said = driver_variables("ed25519:x", region="eu-west-3")
    assert said == {
        "AWS_REGION": "eu-west-3",
        "GARANT_CACHE_FOLDER": "garant-cache",
        "GARANT_TRUSTED_KEYS": "ed25519:x",
    }


def test_buckets_are_named_in_the_partition_of_the_key() -> None:
    """The sovereign cloud of the European Union is a partition of its own."""
    store = Store(BUCKETS, STORE.key_arn.replace("arn:aws:", "arn:aws-eusc:"))
    reads = [store.initial, store.bundle(DIGEST), store.environments / DIGEST]
    said = session_policy(store, reads=reads, writes=[store.runs / f"run_id={RUN}", store.pca(RUN)], runs=store.runs)
    assert "arn:aws:" not in said
    assert allows(said, "s3:GetObject", f"{RAW}/initial/bureau.csv".replace("arn:aws:", "arn:aws-eusc:"))
