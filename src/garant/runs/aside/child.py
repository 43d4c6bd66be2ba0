"""What runs aside: ``python -m garant.runs.aside.child`` reads questions from its input and writes answers.

Each line is a JSON object; ``about`` says who answers. What comes back is ``{"answer": …}``, or
``{"wrong": KIND, "says": …}`` when the question cannot be answered.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import TextIO

from garant.exceptions import AsideError, GarantError
from garant.storage import Json

POLITENESS = 10
"""Added to the nice value: decisions go first."""

Answerer = Callable[[Mapping[str, Json]], Json]


def portfolio() -> Answerer:
    """Who answers about portfolios."""
    from garant.runs.aside.portfolio import Portfolios  # noqa: PLC0415 - each question waits for its own imports alone

    return Portfolios().answer


def model() -> Answerer:
    """Who answers about the model."""
    from garant.runs.aside.model_sections import model_sections  # noqa: PLC0415 - as above, and this one is slow

    return model_sections


ANSWERERS: Mapping[str, Callable[[], Answerer]] = {"portfolio": portfolio, "model": model}


def serve(asked: TextIO, told: TextIO) -> None:
    """Answer until there are no more questions."""
    known: dict[str, Answerer] = {}
    for line in asked:
        try:
            question = json.loads(line)
            about = str(question["about"])
            if about not in known:
                known[about] = ANSWERERS[about]()
            found: Json = {"answer": known[about](question)}
        except AsideError as error:
            found = {"wrong": error.kind, "says": str(error)}
        except GarantError as error:
            found = {"wrong": "refused", "says": str(error)}
        except Exception as error:  # noqa: BLE001 - the next question may be answered
            found = {"wrong": "failed", "says": f"{type(error).__name__}: {error}"}
        told.write(json.dumps(found, allow_nan=False) + "\n")
        told.flush()


if __name__ == "__main__":
    os.nice(POLITENESS)
    # What a library prints must not be taken for an answer.
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        serve(sys.stdin, answers)
