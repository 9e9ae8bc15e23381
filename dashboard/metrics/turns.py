"""How long the steps of the wait loop last: lanes wait for the turn in hand."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Histogram

TURN_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class TurnTimes:
    """A histogram for each step."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._took_s = Histogram(
            "lanewatch_turn_seconds",
            "Time that a step of the wait loop's turn took.",
            ["step"],
            buckets=TURN_S,
            registry=registry,
        )

    def took(self, step: str, seconds: float) -> None:
        """A step is done."""
        self._took_s.labels(step).observe(seconds)
