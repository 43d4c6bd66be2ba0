from collections.abc import Callable
from typing import Any, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])

config: Any
types: Any

def njit(*, nogil: bool = ..., cache: bool = ...) -> Callable[[_Function], _Function]: ...
