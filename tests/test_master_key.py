"""The master key: in a closed file, opens what it closed and nothing else."""

import stat
from pathlib import Path

import pytest

from garant.exceptions import KeyFileError
from garant.keys import MasterKey
from garant.keys.master import WrongKeyError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "master.key"


def test_a_new_key_is_closed_to_others_read_again_and_never_replaced(path: Path) -> None:
    key = MasterKey.new(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert MasterKey.read(path) == key
    with pytest.raises(KeyFileError, match="never replaced"):
        MasterKey.new(path)
    assert MasterKey.read(path) == key


@pytest.mark.parametrize(
    "content", [b"", b"aes-256-master:", b"aes-256-master:QUJD", b"hmac-sha256:" + b"A" * 43 + b"="]
)
def test_a_file_of_something_else_is_refused_and_not_replaced(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="holds no master key"):
        MasterKey.read(path)
    assert path.read_bytes() == content


def test_a_key_that_others_may_read_is_refused(path: Path) -> None:
    MasterKey.new(path)
    path.chmod(0o640)
    with pytest.raises(KeyFileError, match="chmod 600"):
        MasterKey.read(path)


def test_what_it_closed_it_opens_for_the_same_purpose_and_unchanged(path: Path, tmp_path: Path) -> None:
    key, other = MasterKey.new(path), MasterKey.new(tmp_path / "other.key")
    secret = bytes(range(32))
    wrapped = key.wrap(secret, b"somebody")
    assert key.unwrap(wrapped, b"somebody") == secret
    assert secret not in wrapped
    assert key.wrap(secret, b"somebody") != wrapped
    broken = [bytes([*wrapped[:place], wrapped[place] ^ 1, *wrapped[place + 1 :]]) for place in range(len(wrapped))]
    for keys, given, about in [
        (other, wrapped, b"somebody"),
        (key, wrapped, b"somebody else"),
        (key, wrapped[:-1], b"somebody"),
        (key, b"", b"somebody"),
        *((key, value, b"somebody") for value in broken),
    ]:
        with pytest.raises(WrongKeyError):
            keys.unwrap(given, about)


def test_keys_of_different_purposes_have_nothing_in_common(path: Path) -> None:
    key = MasterKey.new(path)
    assert len({key.derive("one"), key.derive("two"), MasterKey.read(path).derive("one")}) == 2


def test_its_text_never_shows_it(path: Path) -> None:
    key = MasterKey.new(path)
    raw = path.read_text().split(":")[1].strip()
    assert raw not in repr(key)
    assert repr(key._raw) not in repr(key)
    assert repr(key._raw)[2:-1] not in f"{key!r} {vars(key).keys()}"


def test_a_key_of_a_secret_store_is_the_key_of_its_file(path: Path) -> None:
    key = MasterKey.new(path)
    text = path.read_text()
    assert MasterKey.of_text(text) == key
    assert MasterKey.of_text(text.strip().removeprefix("aes-256-master:").removesuffix("=")) == key
    # 43 letters and digits are what Secrets Manager can make; the same words in a file open the same store.
    made = "Zz9" * 14 + "B"
    path.unlink()
    path.write_text(f"aes-256-master:{made}=\n")
    path.chmod(0o600)
    assert MasterKey.read(path) == MasterKey.of_text(made)


@pytest.mark.parametrize("text", ["HUSH", "HUSH" * 10 + "aa", "hmac-sha256:" + "A" * 43 + "=", "HUSH" * 10 + "a-b"])
def test_a_text_that_is_no_key_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(KeyFileError, match="master_key_text: holds no master key") as caught:
        MasterKey.of_text(text)
    assert "HUSH" not in str(caught.value)
