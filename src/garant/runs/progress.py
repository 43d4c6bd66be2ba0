"""How long work tells what it is doing."""

from typing import Protocol


class Progress(Protocol):
    """Called with the step's text, how much of it is done and the total."""

    def __call__(self, step: str, done: int, total: int, /) -> None:
        """Take note of the progress."""
        ...


def silent(_step: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""
