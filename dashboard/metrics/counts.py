"""What happens in ingest, counted. Every label has a bounded set of values, whatever nodes send."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram

from dashboard.ingest.judge import FAULTS, Verdict
from edge.messages import TOPICS

COMMIT_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)


class IngestCounts:
    """Counters of ingest; `ports` are those of port.yaml."""

    def __init__(self, registry: CollectorRegistry, ports: Iterable[str]) -> None:
        self._messages = Counter(
            "lanewatch_messages", "Messages that came from nodes, by topic.", ["topic"], registry=registry
        )
        self._held = Counter(
            "lanewatch_reports_held",
            "Reports and events that are in the store.",
            ["port"],
            registry=registry,
        )
        self._duplicates = Counter(
            "lanewatch_reports_duplicate",
            "Reports and events that were committed before and came again.",
            registry=registry,
        )
        self._aside = Counter(
            "lanewatch_messages_set_aside",
            "Messages that are not used, by fault.",
            ["fault"],
            registry=registry,
        )
        self._retained = Counter(
            "lanewatch_messages_retained",
            "Retained messages that the broker gave at a subscription.",
            registry=registry,
        )
        self._off_time = Counter(
            "lanewatch_reports_off_time",
            "Reports that are stored and not used: more than a minute ahead, or older than any node keeps.",
            registry=registry,
        )
        self._receipts = Counter("lanewatch_receipts", "Receipts sent to nodes.", registry=registry)
        self._commit_s = Histogram(
            "lanewatch_ingest_commit_seconds",
            "From the arrival of a batch's first message to its COMMIT.",
            buckets=COMMIT_S,
            registry=registry,
        )
        self._ports = frozenset(ports)
        for topic in (name for name, topic in TOPICS.items() if topic.writer == "node"):
            self._messages.labels(topic)
        for fault in FAULTS:
            self._aside.labels(fault)
        for port in self._ports:
            self._held.labels(port)

    def committed(self, verdicts: Iterable[Verdict], new: int, took_s: float) -> None:
        """A batch was committed, `took_s` after its first message came; `new` rows were not known before."""
        topics: Tally[str] = Tally()
        faults: Tally[str] = Tally()
        ports: Tally[str] = Tally()
        for verdict in verdicts:
            topics[verdict.address.name if verdict.address else "other"] += 1
            if verdict.fault is not None:
                faults[verdict.fault] += 1
            self._off_time.inc(verdict.off_time)
            if verdict.report is not None:
                port = verdict.report.port
                ports[port if port in self._ports else "other"] += 1
        for counter, tally in ((self._messages, topics), (self._aside, faults), (self._held, ports)):
            for label, times in tally.items():
                counter.labels(label).inc(times)
        self._duplicates.inc(sum(ports.values()) - new)
        self._commit_s.observe(took_s)

    def receipted(self, receipts: int) -> None:
        """So many receipts were sent."""
        self._receipts.inc(receipts)

    def retained(self, messages: int) -> None:
        """So many of the messages were retained ones."""
        self._retained.inc(messages)
