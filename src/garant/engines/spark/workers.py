"""What a worker process keeps between tasks: the tool that is made once of what was broadcast."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from garant.exceptions import GarantError

if TYPE_CHECKING:
    from pyspark import Broadcast
    from pyspark.accumulators import Accumulator

Shared = TypeVar("Shared")
Tool = TypeVar("Tool")
Item = TypeVar("Item")
Partial = TypeVar("Partial")

_TOOLS: dict[str, Any] = {}
"""Tool of the broadcast that this worker process saw last; an older one is let go, models are large."""


def tool_of(
    shared: "Broadcast[Shared]", prepare: Callable[[Shared], Tool], name: str, made: "Accumulator[int] | None"
) -> Tool:
    """Tool of a broadcast value, made at its first use in this process and counted in `made`.

    Parameters
    ----------
    shared : Broadcast
        What the tool is made of.
    prepare : callable
        Makes it.
    name : str
        Unique name of the broadcast.
    made : Accumulator or None
        Counts tools.
    """
    if name not in _TOOLS:
        _TOOLS.clear()
        _TOOLS[name] = prepare(shared.value)
        if made is not None:
            made.add(1)
    return _TOOLS[name]


class Failed:
    """An error that garant raised on purpose inside a task: it travels as a value, so that Spark does not try again."""

    def __init__(self, error: GarantError) -> None:
        # Its parts, because an error whose constructor takes more than the message cannot travel itself.
        self._kind, self._args, self._state = type(error), error.args, dict(vars(error))

    @property
    def error(self) -> GarantError:
        """The error, with its message and attributes."""
        error = self._kind.__new__(self._kind)
        error.args = self._args
        vars(error).update(self._state)
        return error


def caught(function: Callable[[Item], Partial], item: Item) -> "Partial | Failed":
    """Result of `function`, or the error that it raised on purpose."""
    try:
        return function(item)
    except GarantError as error:
        return Failed(error)


def unwrapped(result: "Partial | Failed") -> Partial:
    """Return a result; raise the error that stands in its place."""
    if isinstance(result, Failed):
        raise result.error
    return result
