"""Whether the engine of single applications gives the features that training used, to the last bit."""

from typing import Self

from pydantic import Field, model_validator

from garant.models.bundle.part import Part


class OnlineEntry(Part):
    """What a comparison on applicants of the training found.

    Parameters
    ----------
    clients : int
        Applicants compared: those with the most rows, one without any where there is one, the others drawn.
    features : int
        Inputs of the model that were computed again for each of them.
    differing : int
        Inputs that had another value for somebody; all where SQLite gave none at all.
    sqlite : str
        Version of SQLite that computed them.
    """

    clients: int = Field(gt=0)
    features: int = Field(gt=0)
    differing: int = Field(ge=0)
    sqlite: str = Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if self.differing > self.features:
            raise ValueError("online: more inputs differ than there are")
        return self

    @property
    def is_equal(self) -> bool:
        """Whether no input differed."""
        return self.differing == 0
