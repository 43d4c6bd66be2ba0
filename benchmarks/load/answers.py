"""What the service answers under load is what the batch path says: the same PD for the same person."""

import json
import urllib.request
from typing import Any
from uuid import uuid4

from load.lender import Asked
from load.service import Service


def checked(people: Asked, service: Service) -> dict[str, Any]:
    """Ask once about everybody, before the clock runs; ends the benchmark when a PD differs by more than 1e-12."""
    bodies = people.raw.read_bytes().splitlines()
    known = [json.loads(line) for line in people.pds.read_bytes().splitlines()]
    outcomes: dict[str, int] = {}
    largest = 0.0
    for body, pd in zip(bodies, known, strict=True):
        headers = {
            "Authorization": f"Bearer {service.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid4()),
        }
        asked = urllib.request.Request(f"{service.url}/v1/decisions", body, headers)  # noqa: S310 - loopback
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310 - loopback
            said = json.loads(answer.read())
        outcomes[said["outcome"]] = outcomes.get(said["outcome"], 0) + 1
        largest = max(largest, abs(said["pd"] - pd))
    if largest > 1e-12:  # noqa: PLR2004 - what parity means
        raise SystemExit(f"The service's PDs differ from those of the batch path by {largest:g}.")
    return {"people": len(bodies), "largest_difference": largest, "outcomes": outcomes}
