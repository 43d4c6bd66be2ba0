"""Who signs a model and where it is trusted, walked through the command line."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from garant.keys import read_key
from garant.settings import Settings

Garant = Callable[..., Any]
"""Runs `garant` and returns what it said."""

pytestmark = pytest.mark.xdist_group("journey")


@pytest.fixture
def copy(model: Path, tmp_path: Path) -> Path:
    """A copy of the model."""
    return Path(shutil.copytree(model, tmp_path / "copy"))


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, str]:
    """Environment of a user on another machine."""
    return {"GARANT_DEVELOPMENT_KEY": str(tmp_path / "elsewhere.key")}


def test_training_signs_with_a_development_key_that_is_closed_to_others(
    garant: Garant, model: Path, user: Settings
) -> None:
    assert user.development_key.stat().st_mode & 0o777 == 0o600
    said = garant("bundle", "verify", model, "--output", "json")
    assert said.code == 0, said.err
    public = read_key(user.development_key).public
    assert said.json == {"development": True, "key_id": public.id, "public_key": public.text, "trusted": True}
    assert f"development key {public.id}" in garant("bundle", "show", model).out


def test_another_machine_takes_a_model_once_it_trusts_the_key_that_signed_it(
    garant: Garant, lender: Path, copy: Path, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    score = ("score", lender, "--bundle", copy, "--out", tmp_path / "runs", "--explain", "none")
    refused = garant(*score, **elsewhere)
    assert refused.code == 3
    assert "development key" in refused.err
    assert "of another machine or user" in refused.err
    shown = garant("bundle", "verify", copy, **elsewhere)
    assert shown.code == 3
    assert ["trusted", "no"] in [line.split() for line in shown.out.splitlines()]

    made = garant("key", "new", tmp_path / "release.key", "--output", "json")
    assert made.code == 0, made.err
    signed = garant("bundle", "sign", copy, "--key", tmp_path / "release.key")
    assert signed.code == 0, signed.err
    assert "was signed by development key" in signed.out

    unknown = garant(*score, **elsewhere)
    assert unknown.code == 3
    assert f"signed with key {made.json[0]['key_id']}, which is not trusted here" in unknown.err
    assert not (tmp_path / "runs").exists()
    trusting = elsewhere | {"GARANT_TRUSTED_KEYS": made.json[0]["public_key"]}
    scored = garant(*score, **trusting)
    assert scored.code == 0, scored.err
    verified = garant("bundle", "verify", copy, "--output", "json", **trusting)
    assert (verified.code, verified.json["trusted"], verified.json["development"]) == (0, True, False)


def test_a_model_without_a_signature_says_how_to_sign_it_and_that_works(garant: Garant, copy: Path) -> None:
    (copy / "bundle.sig").unlink()
    for command in ("show", "verify"):
        refused = garant("bundle", command, copy)
        assert refused.code == 3
        assert f"garant bundle sign {copy} --key FILE" in refused.err
    assert garant("bundle", "sign", copy).code == 0
    assert garant("bundle", "verify", copy).code == 0


def test_a_verified_signature_does_not_make_altered_files_pass(garant: Garant, copy: Path) -> None:
    (copy / "features.sql").write_text("SELECT 1")
    said = garant("bundle", "verify", copy)
    assert said.code == 3
    assert "features.sql: is not the file that bundle.json describes" in said.err
    assert "may be used" not in said.out


def test_a_recut_is_signed_with_the_key_that_is_asked_for(garant: Garant, model: Path, tmp_path: Path) -> None:
    made = garant("key", "new", tmp_path / "release.key", "--output", "json").json[0]
    recut = (
        "bundle",
        "recut",
        model,
        "--costs",
        "1:12",
        "--out",
        tmp_path / "recut",
        "--key",
        tmp_path / "release.key",
    )
    refused = garant(*recut)
    assert refused.code == 3
    assert "not trusted here" in refused.err
    assert not (tmp_path / "recut").exists()
    trusting = {"GARANT_TRUSTED_KEYS": made["public_key"]}
    assert garant(*recut, **trusting).code == 0
    verified = garant("bundle", "verify", tmp_path / "recut", "--output", "json", **trusting)
    assert verified.json["key_id"] == made["key_id"]


def test_a_key_shows_what_settings_need_and_never_its_secret(garant: Garant, tmp_path: Path) -> None:
    path = tmp_path / "release.key"
    made = garant("key", "new", path)
    shown = garant("key", "show", path)
    assert (made.code, shown.code) == (0, 0)
    public = read_key(path).public
    assert f'trusted_keys = ["{public.text}"]' in made.out
    assert public.text in shown.out
    assert public.id in shown.out
    secret = path.read_text().splitlines()[1]
    assert not any(secret[-20:] in text for text in (made.out, made.err, shown.out, shown.err))
    again = garant("key", "new", path)
    assert again.code == 2
    assert "a key is never replaced" in again.err
    path.chmod(0o644)
    opened = garant("key", "show", path)
    assert opened.code == 2
    assert "chmod 600" in opened.err


def test_a_model_becomes_the_champion_of_a_registry_and_scores_from_there(
    garant: Garant, lender: Path, model: Path, tmp_path: Path
) -> None:
    promote = ("bundle", "promote", model, "--registry", tmp_path / "registry", "--output", "json")
    half = garant(*promote, "--waiver", tmp_path / "why.txt")
    assert half.code == 2
    assert "--key FILE together" in half.err
    said = garant(*promote)
    assert said.code == 0, said.err
    assert {gate["gate"] for gate in said.json["gates"]} >= {"calibration_slope", "calibration_bands", "leak"}
    assert "made with train --fast" in said.err
    again = garant(*promote)
    assert again.code == 3
    assert "is champion" in again.err
    arguments = ("--out", tmp_path / "runs", "--explain", "none", "--output", "json")
    scored = garant("score", lender, "--bundle", said.json["folder"], *arguments)
    assert scored.code == 0, scored.err
