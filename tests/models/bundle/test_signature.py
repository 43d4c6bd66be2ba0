"""bundle.sig: only the holder of the key can make it, and it fits one bundle.json only."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from garant.exceptions import BundleSignatureError
from garant.keys import new_key
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.signature import Signer, read_signature
from garant.models.bundle.trust import Trust
from garant.settings import Settings

TEXT = b'{"format": {"major": 0, "minor": 1}}\n'


@pytest.fixture
def folder(tmp_path: Path, signer: Signer) -> Path:
    """A signature over `TEXT`."""
    (tmp_path / "bundle.sig").write_bytes(signer.sign(TEXT))
    return tmp_path


def change(folder: Path, how: Callable[[dict[str, Any]], object]) -> None:
    """Change bundle.sig as an editor would."""
    entry = json.loads((folder / "bundle.sig").read_text())
    how(entry)
    (folder / "bundle.sig").write_text(json.dumps(entry))


def refused(folder: Path, text: bytes = TEXT) -> BundleSignatureError:
    """The refusal of `text`."""
    with pytest.raises(BundleSignatureError) as caught:
        read_signature(folder, text)
    return caught.value


def test_who_signed_is_read_back(folder: Path, signer: Signer) -> None:
    found = read_signature(folder, TEXT)
    assert found.key == signer.key.public
    assert not found.development


def test_a_program_without_garant_can_verify(bundle: Bundle) -> None:
    entry = json.loads((bundle.folder / "bundle.sig").read_text())
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(entry["public_key"].removeprefix("ed25519:")))
    text = (bundle.folder / "bundle.json").read_bytes()
    signature = base64.b64decode(entry["signature"])
    key.verify(signature, b"garant bundle.json release signature 1\n" + text)
    with pytest.raises(InvalidSignature):
        key.verify(signature, text)


def test_signing_twice_gives_the_same_bytes(signer: Signer) -> None:
    assert signer.sign(TEXT) == signer.sign(TEXT)


@pytest.mark.parametrize("position", range(len(TEXT)))
def test_any_changed_byte_of_bundle_json_is_found(folder: Path, position: int) -> None:
    changed = bytearray(TEXT)
    changed[position] ^= 1
    assert refused(folder, bytes(changed)).rule == "altered"


@pytest.mark.parametrize("text", [b"", TEXT[:-1], TEXT[1:], TEXT + b"\n", TEXT * 2, TEXT.replace(b" ", b"")])
def test_bundle_json_that_was_cut_lengthened_or_written_anew_is_found(folder: Path, text: bytes) -> None:
    error = refused(folder, text)
    assert error.rule == "altered"
    assert "bundle.json is not what key" in str(error)


def test_any_changed_byte_of_bundle_sig_is_found(folder: Path) -> None:
    whole = (folder / "bundle.sig").read_bytes()
    for position in range(len(whole)):
        changed = bytearray(whole)
        changed[position] ^= 1
        (folder / "bundle.sig").write_bytes(changed)
        assert refused(folder).rule in {"altered", "malformed"}


def test_a_signature_file_cut_anywhere_is_found(folder: Path) -> None:
    whole = (folder / "bundle.sig").read_bytes()
    for end in range(len(whole.rstrip())):
        (folder / "bundle.sig").write_bytes(whole[:end])
        assert refused(folder).rule == "malformed"


ALTERED: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "mark of development": (lambda e: e.update(development=True), "altered"),
    "other signature": (lambda e: e.update(signature=base64.b64encode(bytes(64)).decode()), "altered"),
    "signature too short": (lambda e: e.update(signature=e["signature"][4:]), "altered"),
    "signature with a space": (lambda e: e.update(signature=e["signature"] + " "), "altered"),
    "signature without its end": (lambda e: e.update(signature=e["signature"].rstrip("=")), "altered"),
    "empty signature": (lambda e: e.update(signature=""), "altered"),
    "key id of nobody": (lambda e: e.update(key_id="0" * 16), "malformed"),
    "no key": (lambda e: e.update(public_key="ed25519:"), "malformed"),
    "algorithm none": (lambda e: e.update(algorithm="none"), "malformed"),
    "truth as text": (lambda e: e.update(development="false"), "malformed"),
    "zero for false": (lambda e: e.update(development=0), "malformed"),
    "format as truth": (lambda e: e.update(format=True), "malformed"),
    "format as text": (lambda e: e.update(format="1"), "malformed"),
    "format of the future": (lambda e: e.update(format=2), "newer"),
    "format of nobody": (lambda e: e.update(format=0), "malformed"),
    "no format": (lambda e: e.pop("format"), "malformed"),
    "no mark": (lambda e: e.pop("development"), "malformed"),
    "unknown key": (lambda e: e.update(trusted=True), "malformed"),
}


@pytest.mark.parametrize("case", ALTERED)
def test_any_changed_field_of_bundle_sig_is_found(folder: Path, case: str) -> None:
    how, rule = ALTERED[case]
    change(folder, how)
    assert refused(folder).rule == rule


def test_the_public_key_of_another_does_not_fit(folder: Path, tmp_path: Path) -> None:
    other = new_key(tmp_path / "other.key").public
    change(folder, lambda entry: entry.update(public_key=other.text, key_id=other.id))
    assert refused(folder).rule == "altered"


def test_a_development_signature_does_not_become_another_by_taking_its_mark_off(tmp_path: Path, signer: Signer) -> None:
    (tmp_path / "bundle.sig").write_bytes(Signer(signer.key, development=True).sign(TEXT))
    assert read_signature(tmp_path, TEXT).development
    change(tmp_path, lambda entry: entry.update(development=False))
    assert refused(tmp_path).rule == "altered"


@pytest.mark.parametrize(
    "data", [b"null", b"[]", b"{", b"\xff\xfe", b"[" * 9_000, b'{"format": 1, "format": 1}', b"\0" * 1_000_000]
)
def test_a_file_that_is_no_signature_is_found(folder: Path, data: bytes) -> None:
    (folder / "bundle.sig").write_bytes(data)
    assert refused(folder).rule == "malformed"


def test_a_missing_signature_says_how_to_sign(folder: Path) -> None:
    (folder / "bundle.sig").unlink()
    error = refused(folder)
    assert error.rule == "unsigned"
    assert f"`garant bundle sign {folder} --key FILE`" in str(error)


def test_a_signature_of_the_same_key_over_another_bundle_is_refused(
    bundle: Bundle, edit: Callable[..., None], trust: Trust
) -> None:
    signature = (bundle.folder / "bundle.sig").read_bytes()
    edit(bundle.folder, lambda content: content.update(seed=6))
    assert read_bundle(bundle.folder, trust).content.seed == 6
    (bundle.folder / "bundle.sig").write_bytes(signature)
    with pytest.raises(BundleSignatureError, match=r"bundle\.sig belongs to another bundle"):
        read_bundle(bundle.folder, trust)


def test_the_key_of_this_machine_is_marked_wherever_its_file_is_named(settings: Settings, tmp_path: Path) -> None:
    made = Signer.of(settings)
    assert made.development
    (tmp_path / "copy.key").touch(0o600)
    (tmp_path / "copy.key").write_bytes(settings.development_key.read_bytes())
    assert Signer.of(settings, settings.development_key).development
    assert Signer.of(settings, tmp_path / "copy.key").development
    new_key(tmp_path / "release.key")
    assert not Signer.of(settings, tmp_path / "release.key").development
