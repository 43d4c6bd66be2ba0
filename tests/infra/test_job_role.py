"""What a job may do: read tables and bundles, write its runs, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from iam_evaluation import allows
from platform_templates import templates_of
from template_rules import Template, policies, resources, spelled

RAW, CURATED = "arn:aws:s3:::garant-raw-111122223333-eu-west-3", "arn:aws:s3:::garant-curated-111122223333-eu-west-3"
RESULTS, LOGS = "arn:aws:s3:::garant-results-111122223333-eu-west-3", "arn:aws:s3:::garant-logs-111122223333-eu-west-3"
RUN = f"{RESULTS}/runs/run_id=0123456789abcdef"
PCA = f"{RESULTS}/pca/0123456789abcdef/run_id=fedcba9876543210"


@pytest.fixture
def job(batch: Template) -> list[dict[str, Any]]:
    return policies(batch, "JobRole")


@pytest.mark.parametrize(
    "key",
    [
        f"{RAW}/initial/application_train.csv",
        f"{CURATED}/tables/application.parquet",
        f"{CURATED}/bundles/0123/bundle.json",
        f"{CURATED}/environments/0123/environment.tar.gz",
        f"{RESULTS}/runs/current.json",
        f"{RESULTS}/runs/suppressed.json",
        f"{RUN}/attempt=1/matrix/part-00000.parquet",
    ],
)
def test_a_job_reads_tables_bundles_and_runs(job: list[dict[str, Any]], key: str):
    assert allows(job, "s3:GetObject", key)


@pytest.mark.parametrize(
    "key",
    [
        f"{RUN}/attempt=1/scores/part-00000.parquet",
        f"{RUN}/attempt=1/matrix/part-00000.parquet",
        f"{RUN}/attempt=1/contributions/part-00000.parquet",
        f"{RUN}/attempt=1/quarantine/bureau.parquet",
        f"{RUN}/attempt=1/orphans/bureau.parquet",
        f"{RUN}/attempt=2/manifest.json",
        f"{RUN}/attempt=1/scores.csv",
        f"{RUN}/attempt=1/.writer",
        f"{RUN}/attempt=1/.shared/bundle/model.txt",
        f"{RUN}/COMMITTED",
        f"{RESULTS}/runs/current.json",
        f"{PCA}/attempt=1/pca/pca_scores.csv",
        f"{PCA}/attempt=1/matrix/part-00000.parquet",
        f"{PCA}/attempt=1/manifest.json",
        f"{PCA}/COMMITTED",
        f"{RESULTS}/pca/0123456789abcdef/current.json",
        f"{RESULTS}/notebooks/run_id=0123456789abcdef/notebook.ipynb",
        f"{LOGS}/jobs/applications/00abc/jobs/00def/SPARK_DRIVER/stdout.gz",
    ],
)
def test_a_job_writes_what_a_run_is_made_of(job: list[dict[str, Any]], key: str):
    assert allows(job, "s3:PutObject", key)


@pytest.mark.parametrize(
    "key",
    [
        f"{RAW}/initial/application_train.csv",
        f"{RAW}/anything",
        f"{CURATED}/tables/application.parquet",
        f"{CURATED}/bundles/0123/bundle.json",
        f"{CURATED}/environments/0123/garant_main.py",
        f"{RESULTS}/anything",
        f"{RESULTS}/current.json",
        f"{RESULTS}/runs/suppressed.json",
        f"{RUN}/anything",
        f"{RUN}/attempt=1/anything.txt",
        f"{RUN}/attempt=1/anything/part.parquet",
        f"{LOGS}/access/AWSLogs/111122223333/CloudTrail/x.json.gz",
        "arn:aws:s3:::somebody-elses/runs/run_id=0123456789abcdef/attempt=1/scores/part-00000.parquet",
    ],
)
def test_a_job_writes_nothing_else(job: list[dict[str, Any]], key: str):
    assert not allows(job, "s3:PutObject", key)
    assert not allows(job, "s3:DeleteObject", key)


@pytest.mark.parametrize("key", [f"{RUN}/COMMITTED", f"{RESULTS}/runs/current.json", f"{PCA}/COMMITTED"])
def test_what_is_committed_is_not_removed_by_a_job(job: list[dict[str, Any]], key: str):
    assert not allows(job, "s3:DeleteObject", key)


def test_an_attempt_that_failed_is_removed_without_its_versions(job: list[dict[str, Any]]):
    part = f"{RUN}/attempt=1/scores/part-00000.parquet"
    assert allows(job, "s3:DeleteObject", part)
    assert not allows(job, "s3:DeleteObjectVersion", part)


def test_a_pointer_that_is_not_there_yet_is_absent_and_not_denied(job: list[dict[str, Any]]):
    """S3 answers 404 only to whoever may list the bucket, whatever prefix a listing would have named."""
    assert all(allows(job, "s3:ListBucket", bucket) for bucket in (RAW, CURATED, RESULTS))
    assert not allows(job, "s3:ListBucket", LOGS)


@pytest.mark.parametrize(
    "action",
    ["s3:PutBucketPolicy", "s3:PutObjectAcl", "iam:PassRole", "sts:AssumeRole", "glue:GetDatabase", "kms:CreateGrant"],
)
def test_a_job_does_nothing_but_read_and_write(job: list[dict[str, Any]], action: str):
    assert not any(allows(job, action, where) for where in ("*", RAW, RESULTS, "<GarantData:Key>"))


def test_a_notebook_reads_like_a_job_and_writes_below_its_own_prefix(everything: dict[str, Template]):
    notebook = policies(everything["GarantBatch"], "NotebookRole")
    results = RESULTS.replace("eu-west-3", "eu-central-1")
    raw = RAW.replace("eu-west-3", "eu-central-1")
    assert allows(notebook, "s3:GetObject", f"{raw}/initial/bureau.csv")
    assert allows(notebook, "s3:PutObject", f"{results}/notebooks/run_id=0123456789abcdef/runs/current.json")
    assert not allows(notebook, "s3:PutObject", f"{results}/runs/current.json")
    assert not allows(notebook, "s3:PutObject", f"{raw}/initial/bureau.csv")


def test_a_session_of_a_notebook_idles_a_quarter_of_an_hour_at_most(everything: dict[str, Template]):
    outputs = everything["GarantBatch"]["Outputs"]
    assert int(outputs["NotebookIdleMinutes"]["Value"]) <= 15


def test_no_role_is_longer_than_iam_takes(variants: Path):
    """10,240 characters of all its own policies; in the region with the longest name."""
    for name, role in resources(templates_of(variants / "sovereign"), "AWS::IAM::Role"):
        texts = [
            json.dumps(spelled(p["PolicyDocument"]), separators=(",", ":")) for p in role["Properties"]["Policies"]
        ]
        # A key is known by its ARN, of which a template has only the name of an export.
        assert sum(map(len, texts)) + 200 < 10_240, name
