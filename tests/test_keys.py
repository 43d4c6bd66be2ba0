"""Keys: private ones in closed files, public ones as one line."""

import base64
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from garant.exceptions import KeyFileError, UsageError
from garant.keys import PrivateKey, PublicKey, new_key, read_key, read_or_new_key

# RFC 8032, section 7.1, test 2: secret, public key, message, signature.
SECRET = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
MESSAGE = b"\x72"
SIGNED = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_signatures_are_those_of_the_standards_example() -> None:
    key = PrivateKey(Ed25519PrivateKey.from_private_bytes(SECRET))
    assert key.public.raw == PUBLIC
    assert key.sign(MESSAGE) == SIGNED
    assert key.public.signed(MESSAGE, SIGNED)


@pytest.mark.parametrize("position", range(64))
def test_no_other_signature_fits(position: int) -> None:
    changed = bytearray(SIGNED)
    changed[position] ^= 1
    assert not PublicKey(PUBLIC).signed(MESSAGE, bytes(changed))


@pytest.mark.parametrize("signature", [b"", SIGNED[:-1], SIGNED + b"\0", bytes(64)])
def test_no_signature_of_another_length_fits(signature: bytes) -> None:
    assert not PublicKey(PUBLIC).signed(MESSAGE, signature)


def test_a_signature_fits_no_other_message_and_no_other_key(tmp_path: Path) -> None:
    assert not PublicKey(PUBLIC).signed(b"\x73", SIGNED)
    assert not PublicKey(PUBLIC).signed(b"", SIGNED)
    assert not new_key(tmp_path / "other").public.signed(MESSAGE, SIGNED)


def test_a_public_key_is_named_by_the_digest_of_its_bytes() -> None:
    key = PublicKey(PUBLIC)
    assert key.text == "ed25519:" + base64.b64encode(PUBLIC).decode()
    assert key.id == hashlib.sha256(PUBLIC).hexdigest()[:16]
    assert PublicKey.parse(f" {key.text}\n") == key


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ed25519:",
        "rsa:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=",
        "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=",
        "ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw",
        "ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zg==",
        # Another spelling of the same bytes: the last bits of the last letter are not used.
        "ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgx=",
        "ed25519:PUAXw+hDiVqStwqn TRt+vJyYLM8uxJaMwM1V8Sr0Zgw=",
    ],
)
def test_a_line_that_is_no_public_key_is_refused(line: str) -> None:
    with pytest.raises(UsageError, match="is no public key, expected ed25519:"):
        PublicKey.parse(line)


def test_a_new_key_is_closed_to_others_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = new_key(tmp_path / "keys" / "release.key")
    finally:
        os.umask(before)
    assert (tmp_path / "keys" / "release.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert read_key(tmp_path / "keys" / "release.key").public == made.public
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["release.key"]


def test_a_new_key_is_read_by_the_usual_tools(tmp_path: Path) -> None:
    made = new_key(tmp_path / "release.key")
    pem = (tmp_path / "release.key").read_bytes()
    assert pem.startswith(b"-----BEGIN PRIVATE KEY-----\n")
    found = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(found, Ed25519PrivateKey)
    assert found.public_key().public_bytes_raw() == made.public.raw


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    made = new_key(tmp_path / "release.key")
    with pytest.raises(KeyFileError, match="a key is never replaced"):
        new_key(tmp_path / "release.key")
    assert read_key(tmp_path / "release.key").public == made.public
    assert [path.name for path in tmp_path.iterdir()] == ["release.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601, 0o610, 0o644])
def test_a_key_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    new_key(tmp_path / "release.key")
    (tmp_path / "release.key").chmod(mode)
    with pytest.raises(KeyFileError, match=rf"others than its owner may use it \(mode {mode:04o}\).*chmod 600"):
        read_key(tmp_path / "release.key")


def test_a_key_that_its_owner_may_only_read_is_fine(tmp_path: Path) -> None:
    made = new_key(tmp_path / "release.key")
    (tmp_path / "release.key").chmod(0o400)
    assert read_key(tmp_path / "release.key").public == made.public


def pem_of(key: ec.EllipticCurvePrivateKey | Ed25519PrivateKey, password: bytes | None = None) -> bytes:
    """PEM as another tool writes it."""
    closed = serialization.NoEncryption() if password is None else serialization.BestAvailableEncryption(password)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, closed)


FOREIGN = {
    "empty": (b"", "holds no private key"),
    "text": (b"ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=", "holds no private key"),
    "cut": (pem_of(Ed25519PrivateKey.generate())[:60], "holds no private key"),
    "large": (b"\0" * 1_000_000, "holds no private key"),
    "password": (pem_of(Ed25519PrivateKey.generate(), b"secret"), "is protected by a password"),
    "other kind": (pem_of(ec.generate_private_key(ec.SECP256R1())), "holds a key of another kind"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_a_file_that_is_no_private_key_is_refused(tmp_path: Path, case: str) -> None:
    data, message = FOREIGN[case]
    path = tmp_path / "release.key"
    path.touch(0o600)
    path.write_bytes(data)
    with pytest.raises(KeyFileError, match=f"{message}.*garant key new FILE"):
        read_key(path)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"nowhere\.key: cannot be read"):
        read_key(tmp_path / "nowhere.key")


def test_a_key_is_made_once_and_then_read(tmp_path: Path) -> None:
    first = read_or_new_key(tmp_path / "development.key")
    assert read_or_new_key(tmp_path / "development.key").public == first.public


def test_processes_that_need_the_key_at_once_get_the_same(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys; from garant.keys import read_or_new_key;"
        "print(read_or_new_key(pathlib.Path(sys.argv[1])).public.text)"
    )
    path = tmp_path / "deep" / "development.key"
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    said = {process.communicate(timeout=120)[0].strip() for process in running}
    assert said == {read_key(path).public.text}
    assert [found.name for found in path.parent.iterdir()] == ["development.key"]


def test_the_secret_is_in_no_text_of_a_key(tmp_path: Path) -> None:
    key = PrivateKey(Ed25519PrivateKey.from_private_bytes(SECRET))
    assert repr(key) == "PrivateKey()"
    assert repr(new_key(tmp_path / "other")) == "PrivateKey()"
