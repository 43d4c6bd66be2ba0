# The functions of pyarrow.compute are made at import from a registry: no checker can see them.
from typing import Any

def __getattr__(name: str) -> Any: ...
