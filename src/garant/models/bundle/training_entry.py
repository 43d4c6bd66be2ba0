"""How the model of a bundle was made, and how it was tested."""

from typing import Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from garant.models.bundle.part import Part


class TrainingEntry(Part):
    """How the model was made; `fast` by ``train --fast``, a quick look that nobody should decide with."""

    rows: int = Field(gt=0)
    positives: int = Field(gt=0)
    folds: int = Field(gt=1)
    iterations: tuple[int, ...]
    iteration: int = Field(gt=0)
    parameters: dict[str, Any]
    libraries: dict[str, str]
    fast: bool = False

    @model_serializer(mode="wrap")
    def _fast_only_where_it_is(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out a `fast` that is not: the file of any other bundle stays as it was before the entry existed."""
        entry: dict[str, Any] = write(self)
        return entry if self.fast else {name: value for name, value in entry.items() if name != "fast"}


class SplitEntry(Part):
    """How the model was tested: ``random`` folds only, or also out of time from the month `start` on."""

    kind: Literal["random", "out_of_time"] = "random"
    start: str | None = None
    observed_until: str | None = None
    tested_rows: int | None = None
    immature_rows: int | None = None

    @model_validator(mode="after")
    def _out_of_time_has_a_start(self) -> Self:
        if (self.kind == "random") != (self.start is None):
            raise ValueError("split: an out-of-time split has a start, a random split has none")
        return self
