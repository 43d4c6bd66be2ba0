"""What a run will cost is told before, with or without an account."""

import socket

import pytest

from job_platform import Platform


def test_tables_here_are_planned_without_an_account(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0.05)
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        words = ["--plan", "--data", str(platform.lender), "--region"]
        said = platform.run(*words, "eu-west-3", "--output", "json")
        assert said.code == 0, said.err
        assert said.json["at_most"]["usd"] == pytest.approx(1.1716, abs=1e-4)
        assert said.json["expected"]["usd"] < said.json["at_most"]["usd"]
        assert (said.json["fits"], said.json["profile"], said.json["run_id"]) == (True, "small", None)
        assert any("PerfKitBenchmarker" in remark for remark in said.json["remarks"])

        milan = platform.run(*words, "eu-south-1")
        assert "1.17 USD (price of another region)" in milan.out
        assert "No price was found for eu-south-1" in milan.out
        assert "nothing of it was tried on an account of AWS" in milan.out

        assert platform.run(*words, "eu-west-2").code == 2
        with pytest.raises(TimeoutError):
            silent.accept()


def test_uploaded_tables_are_planned_with_the_id_of_their_run_and_nothing_is_started(platform: Platform) -> None:
    assert platform.garant("upload", str(platform.lender)).code == 0
    before = {purpose: platform.keys(purpose) for purpose in ("curated", "results")}
    said = platform.run("--plan", "--profile", "medium", "--output", "json")
    assert said.code == 0, said.err
    assert len(said.json["run_id"]) == 16
    assert said.json["at_most"]["vcpu_hours"] == 96
    assert platform.cloud.started == []
    assert before == {purpose: platform.keys(purpose) for purpose in ("curated", "results")}


def test_the_id_of_a_run_is_known_again_when_nobody_kept_what_was_found(platform: Platform) -> None:
    """The tables are then fetched and checked here."""
    assert platform.garant("upload", str(platform.lender)).code == 0
    first = platform.run("--plan", "--output", "json").json["run_id"]
    [kept] = platform.keys("curated", "tables/")
    platform.s3.delete_object(Bucket=platform.bucket("curated"), Key=kept)
    assert platform.run("--plan", "--output", "json").json["run_id"] == first
    assert platform.keys("curated", "tables/") == {kept}
    platform.s3.put_object(Bucket=platform.bucket("curated"), Key=kept, Body=b"{damaged")
    assert platform.run("--plan", "--output", "json").json["run_id"] == first
