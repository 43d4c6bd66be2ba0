"""Milliseconds by stage."""

import time


class Stopwatch:
    """Runs from the moment it is made; every lap begins where the one before ended."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._since = time.perf_counter()

    def lap(self, stage: str) -> None:
        """End a lap and give it to `stage`."""
        now = time.perf_counter()
        self.laps[stage] = self.laps.get(stage, 0.0) + 1_000 * (now - self._since)
        self._since = now
