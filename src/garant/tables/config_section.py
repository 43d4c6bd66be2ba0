"""What every section of ``tables.toml`` is made of."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A section of the file: unknown keys and values of another type are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
