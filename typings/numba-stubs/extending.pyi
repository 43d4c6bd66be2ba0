from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

_P = ParamSpec("_P")

models: Any
register_model: Any

# Compiled code calls an intrinsic without the context of its types, and gets what its generator returns.
def intrinsic(function: Callable[Concatenate[Any, _P], Any]) -> Callable[_P, Any]: ...
