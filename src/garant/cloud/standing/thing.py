"""One thing that is there, and what of it is billed."""

from dataclasses import dataclass
from typing import Final

GIB: Final = 2**30
"""What AWS calls a GB on a bill."""


@dataclass(frozen=True)
class Billed:
    """What a month of it is reckoned from.

    Attributes
    ----------
    price : str
        Name in ``prices.toml``.
    units : float
        How many of the price's units a month has; hours of a month are counted in already.
    """

    price: str
    units: float


@dataclass(frozen=True)
class Standing:
    """One thing of garant in the account.

    Attributes
    ----------
    kind : str
        Which sort of thing.
    name : str
        By which AWS knows it, and which its module's ``end`` takes.
    stack : str
        Stack that it belongs to; empty where nothing tells.
    state : str
        What it is doing or holding.
    billed : tuple of Billed
        What is paid for; empty for what is paid only while it works, as `remark` then says.
    is_at_rest : bool
        Whether it only keeps something: data, a copy, a key. A platform that does nothing has nothing else.
    remark : str
        What a reader must know beside the price.
    """

    kind: str
    name: str
    stack: str
    state: str
    billed: tuple[Billed, ...] = ()
    is_at_rest: bool = False
    remark: str = ""

    @property
    def label(self) -> str:
        """Name as people read it: what follows the account in an ARN."""
        return " ".join(word.split(":", 5)[-1] if word.startswith("arn:") else word for word in self.name.split())


def counted(number: int, what: str) -> str:
    """Return ``1 object``, ``2 objects``."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def sized(size: int) -> str:
    """Bytes in the unit that a reader can take in."""
    for unit, factor in (("GB", GIB), ("MB", 2**20), ("kB", 2**10)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}"
    return counted(size, "byte")
