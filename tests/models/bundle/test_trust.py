"""Whose signature is accepted: keys of the settings, and this machine's development key on this machine."""

from dataclasses import replace
from pathlib import Path

import pytest

from garant.exceptions import BundleSignatureError, KeyFileError, UsageError
from garant.keys import new_key
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.signature import Signature, Signer
from garant.models.bundle.trust import Trust
from garant.settings import Settings


def of_settings(settings: Settings, *signers: Signer, development: bool = True) -> Trust:
    """Trust of settings that list the keys of `signers`."""
    lines = tuple(signer.key.public.text for signer in signers)
    return Trust.of(settings.model_copy(update={"trusted_keys": lines}), development=development)


@pytest.fixture
def settings(settings: Settings, trust: Trust) -> Settings:
    """Settings of a user on whose machine the model was loaded before."""
    return settings.model_copy(update={"cache_folder": trust.loaded.parent})


def signed_by(bundle: Bundle, signer: Signer) -> Path:
    """The folder of `bundle`, signed by another."""
    (bundle.folder / "bundle.sig").write_bytes(signer.sign((bundle.folder / "bundle.json").read_bytes()))
    return bundle.folder


def refusal(folder: Path, trust: Trust) -> BundleSignatureError:
    """Why the bundle is refused."""
    with pytest.raises(BundleSignatureError) as caught:
        read_bundle(folder, trust)
    assert caught.value.exit_code == 3
    return caught.value


def test_a_key_that_the_settings_list_is_trusted(bundle: Bundle, signer: Signer, settings: Settings) -> None:
    assert read_bundle(bundle.folder, of_settings(settings, signer)).signature == signer.signature


def test_a_key_that_nobody_lists_is_refused_with_its_id_and_the_setting(bundle: Bundle, settings: Settings) -> None:
    other = Signer(new_key(settings.development_key.parent / "other.key"), development=False)
    public = bundle.signature.key
    nobody = refusal(bundle.folder, of_settings(settings))
    assert nobody.rule == "unknown_key"
    assert f"signed with key {public.id}, which is not trusted here (the setting trusted_keys lists none)" in str(
        nobody
    )
    assert f'trusted_keys = ["{public.text}"]' in str(nobody)
    somebody = refusal(bundle.folder, of_settings(settings, other))
    assert f"lists {other.key.public.id})" in str(somebody)


def test_the_development_key_of_this_machine_is_trusted_here(bundle: Bundle, settings: Settings) -> None:
    folder = signed_by(bundle, Signer.of(settings))
    assert read_bundle(folder, of_settings(settings)).signature.development


def test_the_development_key_of_another_machine_is_refused(bundle: Bundle, settings: Settings, tmp_path: Path) -> None:
    elsewhere = settings.model_copy(update={"development_key": tmp_path / "elsewhere.key"})
    folder = signed_by(bundle, Signer.of(elsewhere))
    Signer.of(settings)
    error = refusal(folder, of_settings(settings))
    assert error.rule == "development"
    assert f"development key {read_of(elsewhere)} of another machine or user" in str(error)
    assert f"`garant bundle sign {folder} --key FILE`" in str(error)


def read_of(settings: Settings) -> str:
    """Id of the development key."""
    return Signer.of(settings).key.public.id


def test_a_development_key_that_the_settings_list_is_trusted_among_colleagues(
    bundle: Bundle, settings: Settings, tmp_path: Path
) -> None:
    colleague = Signer.of(settings.model_copy(update={"development_key": tmp_path / "colleague.key"}))
    folder = signed_by(bundle, colleague)
    assert read_bundle(folder, of_settings(settings, colleague)).signature.key == colleague.key.public


def test_a_service_that_others_reach_takes_no_development_key_even_a_listed_one(
    bundle: Bundle, settings: Settings
) -> None:
    own = Signer.of(settings)
    folder = signed_by(bundle, own)
    error = refusal(folder, of_settings(settings, own, development=False))
    assert error.rule == "development"
    assert "which a service that others reach refuses" in str(error)


def test_a_service_that_others_reach_takes_a_key_of_the_settings(
    bundle: Bundle, signer: Signer, settings: Settings
) -> None:
    trust = of_settings(settings, signer, development=False)
    assert read_bundle(bundle.folder, trust).signature == signer.signature


def test_who_holds_another_key_cannot_claim_the_id_of_a_trusted_one(
    bundle: Bundle, signer: Signer, trust: Trust, tmp_path: Path
) -> None:
    import json

    forger = Signer(new_key(tmp_path / "forger.key"), development=False)
    folder = signed_by(bundle, forger)
    entry = json.loads((folder / "bundle.sig").read_text())
    public = signer.key.public
    (folder / "bundle.sig").write_text(json.dumps(entry | {"key_id": public.id}))
    assert refusal(folder, trust).rule == "malformed"
    (folder / "bundle.sig").write_text(json.dumps(entry | {"key_id": public.id, "public_key": public.text}))
    assert refusal(folder, trust).rule == "altered"


def test_a_release_signature_of_the_development_key_is_not_taken_for_a_development_one(settings: Settings) -> None:
    """The mark is part of what is signed: nobody but a changed garant makes such a signature."""
    own = Signer.of(settings)
    assert not of_settings(settings).accepts(Signature(own.key.public, development=False))
    assert of_settings(settings).accepts(own.signature)


def test_nobody_is_trusted_without_settings_and_without_a_development_key(signer: Signer, settings: Settings) -> None:
    trust = of_settings(settings)
    assert trust.own is None
    assert not settings.development_key.exists()
    assert not trust.accepts(signer.signature)
    assert not trust.accepts(replace(signer.signature, development=True))


def test_an_open_development_key_is_not_trusted_but_named(settings: Settings) -> None:
    Signer.of(settings)
    settings.development_key.chmod(0o644)
    with pytest.raises(KeyFileError, match="others than its owner may use it"):
        of_settings(settings)


def test_a_trusted_key_that_is_no_key_is_refused(settings: Settings) -> None:
    with pytest.raises(UsageError, match="is no public key"):
        Trust.of(settings.model_copy(update={"trusted_keys": ("ed25519:" + "A" * 43 + "B",)}))
