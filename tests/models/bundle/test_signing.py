"""Signing a bundle that is there: everything is checked but who signed it before."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from garant.exceptions import BundleDigestError, BundleError, BundleFormatError, BundleSignatureError
from garant.keys import new_key
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.signature import Signer
from garant.models.bundle.signing import sign_bundle
from garant.models.bundle.trust import Trust


@pytest.fixture
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    """A key that nobody trusts."""
    return Signer(new_key(tmp_path_factory.mktemp("stranger") / "stranger.key"), development=False)


def test_an_unsigned_bundle_is_usable_once_it_is_signed(bundle: Bundle, signer: Signer, trust: Trust) -> None:
    (bundle.folder / "bundle.sig").unlink()
    with pytest.raises(BundleSignatureError, match="is not signed"):
        read_bundle(bundle.folder, trust)
    content, before = sign_bundle(bundle.folder, signer)
    assert before is None
    assert content == bundle.content
    assert read_bundle(bundle.folder, trust).digest == bundle.digest


def test_a_bundle_of_a_stranger_is_usable_once_a_trusted_key_signed_it(
    bundle: Bundle, signer: Signer, stranger: Signer, trust: Trust
) -> None:
    sign_bundle(bundle.folder, stranger)
    with pytest.raises(BundleSignatureError, match="not trusted here"):
        read_bundle(bundle.folder, trust)
    _, before = sign_bundle(bundle.folder, signer)
    assert before == stranger.signature
    assert read_bundle(bundle.folder, trust).signature == signer.signature


def test_only_the_signature_changes(bundle: Bundle, stranger: Signer) -> None:
    before = {path.name: path.read_bytes() for path in bundle.folder.iterdir()}
    sign_bundle(bundle.folder, stranger)
    after = {path.name: path.read_bytes() for path in bundle.folder.iterdir()}
    assert {name for name in before | after if before.get(name) != after.get(name)} == {"bundle.sig"}


def test_signing_does_not_hide_that_a_bundle_was_altered(bundle: Bundle, signer: Signer) -> None:
    path = bundle.folder / "bundle.json"
    path.write_text(path.read_text().replace('"seed": 5', '"seed": 6'))
    before = (bundle.folder / "bundle.sig").read_bytes()
    with pytest.raises(BundleSignatureError, match="altered afterwards"):
        sign_bundle(bundle.folder, signer)
    assert (bundle.folder / "bundle.sig").read_bytes() == before


def test_a_bundle_whose_files_do_not_fit_is_not_signed(bundle: Bundle, signer: Signer) -> None:
    (bundle.folder / "bundle.sig").unlink()
    (bundle.folder / "wording.json").write_text("{}")
    with pytest.raises(BundleDigestError, match=r"wording\.json"):
        sign_bundle(bundle.folder, signer)
    assert not (bundle.folder / "bundle.sig").exists()


def test_a_bundle_of_a_newer_format_is_not_signed(bundle: Bundle, signer: Signer, edit: Callable[..., None]) -> None:
    edit(bundle.folder, lambda content: content.update(format={"major": 9, "minor": 0}))
    with pytest.raises(BundleFormatError, match=r"has format 9\.0"):
        sign_bundle(bundle.folder, signer)


def test_a_folder_without_a_bundle_is_not_signed(tmp_path: Path, signer: Signer) -> None:
    with pytest.raises(BundleError, match="is no bundle"):
        sign_bundle(tmp_path, signer)
    assert not list(tmp_path.iterdir())


def test_a_model_that_nobody_signed_is_not_shown_to_lightgbm(
    bundle: Bundle, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def planted(*_arguments: object, **_named: object) -> None:
        raise AssertionError("a process was started")

    (bundle.folder / "bundle.sig").unlink()
    monkeypatch.setattr(subprocess, "run", planted)
    sign_bundle(bundle.folder, signer)
