"""The policy file."""

from pathlib import Path

import pytest

from garant.exceptions import UsageError
from garant.policy.policy import load_policy


def test_the_shipped_policy_is_versioned_and_has_a_digest() -> None:
    policy = load_policy()
    assert policy.version
    assert len(policy.digest) == 64
    assert policy.digest == load_policy().digest


def test_a_changed_policy_has_another_digest(tmp_path: Path) -> None:
    changed = tmp_path / "policy.toml"
    changed.write_text(
        'name="b"\nversion="2"\n[incomplete]\nfacts=["income"]\n[majority]\nyears=18\noutcome="refer"\n'
        '[debt_service]\nmax_share=0.4\noutcome="refuse"\n'
    )
    assert load_policy(changed).digest != load_policy().digest
    assert load_policy(changed).debt_service.max_share == 0.4


@pytest.mark.parametrize("outcome", ["accept", "approve"])
def test_no_rule_can_accept(tmp_path: Path, outcome: str) -> None:
    bad = tmp_path / "policy.toml"
    bad.write_text(
        f'name="b"\nversion="2"\n[incomplete]\nfacts=["income"]\n[majority]\nyears=18\noutcome="{outcome}"\n'
        '[debt_service]\nmax_share=0.4\noutcome="refuse"\n'
    )
    with pytest.raises(UsageError, match=r"^Policy .*policy\.toml: majority\.outcome"):
        load_policy(bad)


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^Policy .*none\.toml cannot be read"):
        load_policy(tmp_path / "none.toml")
