"""A plain FastAPI application with a DataFrame of features that somebody else made, as tutorials write it.

Run: MODEL=model.txt uvicorn --app-dir benchmarks peers.fastapi_pandas:app
No record, no reasons.
"""

import os

import lightgbm
import pandas  # noqa: ICN001 - pd is our PD
from fastapi import FastAPI
from pydantic import BaseModel

model = lightgbm.Booster(model_file=os.environ["MODEL"])

app = FastAPI()


class Answer(BaseModel):
    """A score and what follows from it."""

    probability: float
    decision: str


@app.post("/predict")
def predict(features: dict[str, float | None]) -> Answer:
    """Score one row."""
    frame = pandas.DataFrame([features]).astype(float)
    probability = float(model.predict(frame)[0])  # pyright: ignore[reportArgumentType, reportIndexIssue]
    return Answer(probability=probability, decision="refused" if probability > 0.5 else "accepted")  # noqa: PLR2004
