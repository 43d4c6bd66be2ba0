"""LightGBM in a process of garant's own and in anybody else's."""

import subprocess
import sys

SEEN = """
import sys
from garant.models.lightgbm_alone import load_lightgbm, use_alone
{own}
load_lightgbm()
print(*sorted({{"lightgbm", "pandas", "sklearn"}} & set(sys.modules)))
import sklearn
import lightgbm
print(lightgbm.compat.SKLEARN_INSTALLED)
"""


def seen(own: str) -> list[str]:
    """What a new process says of itself."""
    code = SEEN.format(own=own)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()


def test_a_command_loads_it_alone_and_may_load_the_others_afterwards() -> None:
    assert seen("use_alone()") == ["lightgbm", "False"]


def test_elsewhere_nothing_is_held_back() -> None:
    assert seen("")[1] == "True"
