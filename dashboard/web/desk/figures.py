"""One stream's figures in words: the large one, its range, its reason, and the facts beside it."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.feeds.values import PublishedStream
from dashboard.web import words
from dashboard.web.desk.words import Tongue


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what is known of it."""

    label: str
    value: str
    hint: str = ""


def shown_state(stream: PublishedStream) -> str:
    """Its state for a person: a lower bound below a minute says no more than `unknown` does."""
    wait = stream.expected
    bound = wait is None or wait.wait_s is not None or wait.low_s >= 60
    return stream.state if bound else "unknown"


def figure_words(t: Tongue, stream: PublishedStream) -> tuple[str, str]:
    """The large figure and its unit; words where there is none."""
    wait, state = stream.expected, shown_state(stream)
    if wait is None or state == "unknown":
        return t(f"state.{state}"), ""
    if wait.wait_s is None:
        return f"≥\u00a0{wait.low_s // 60}", t("unit.min")
    if wait.wait_s < 30:
        return t("no_wait"), ""
    return str((wait.wait_s + 30) // 60), t("unit.min")


def span_words(t: Tongue, stream: PublishedStream) -> str:
    wait = stream.expected
    if wait is None or shown_state(stream) == "unknown":
        return ""
    if wait.high_s is None:
        return t("upper_end_unknown")
    return t.span(wait.low_s, wait.high_s)


def wait_words(t: Tongue, stream: PublishedStream) -> str:
    """`12 min (8 to 16)`, `≥ 45 min`; empty where there is no figure."""
    wait = stream.expected
    if wait is None:
        return ""
    if wait.wait_s is None or wait.high_s is None:
        return "\u00a0".join(filter(None, figure_words(t, stream)))
    return _interval(t, wait.wait_s, wait.low_s, wait.high_s)


def reason_words(t: Tongue, stream: PublishedStream, zone: str) -> str:
    if stream.state == "unknown":
        return words.why_unknown(t.public, stream, zone)
    return words.reason(t.public, stream) if stream.reason else ""


def facts(t: Tongue, stream: PublishedStream, zone: str) -> list[Fact]:
    known = []
    if stream.expected is not None:
        basis = ", ".join(t(f"basis.{name}") for name in stream.expected.basis)
        known.append(Fact(t("fact.basis"), basis))
    if stream.queue is not None:
        known.append(Fact(t("fact.queue"), _queue(t, stream)))
    if stream.lanes_open is not None:
        n, total = stream.lanes_open, stream.lanes_max
        known.append(Fact(t("fact.booths"), str(n) if total is None else t("of", n=n, total=total)))
    if stream.actual is not None:
        vehicles = t.counted("vehicles", stream.actual.vehicles)
        known.append(
            Fact(t("fact.served"), t("served", wait=t.minutes(stream.actual.wait_s), vehicles=vehicles))
        )
    if stream.forecast:
        last = stream.forecast[-1]
        label = t("fact.ahead", clock=t.clock(last.at_s, zone))
        known.append(Fact(label, _interval(t, last.wait_s, last.low_s, last.high_s)))
    if stream.fast_benefit is not None:
        saved = stream.fast_benefit
        known.append(
            Fact(t("fact.benefit"), signed_interval(t, saved.s, saved.low_s, saved.high_s), t("fast_shown"))
        )
    return known


def _interval(t: Tongue, value_s: int, low_s: int, high_s: int) -> str:
    return t("interval", value=t.minutes(value_s), low=low_s // 60, high=-(-high_s // 60))


def signed_interval(t: Tongue, s: int, low_s: int, high_s: int) -> str:
    """Signed whole minutes: FAST may also be the slower one. Nought is never written as a wait would be."""
    value, low, high = (t.signed(round(seconds / 60)) for seconds in (s, low_s, high_s))
    written = t("minutes", n=value) if round(s / 60) else t("under_a_minute")
    return t("interval", value=written, low=low, high=high)


def _queue(t: Tongue, stream: PublishedStream) -> str:
    queue = stream.queue
    assert queue is not None
    if queue.at_least and not queue.vehicles:
        return t("not_measured")
    vehicles = t.counted("vehicles", queue.vehicles)
    vehicles = t("queue_at_least", vehicles=vehicles) if queue.at_least else vehicles
    if not queue.vehicles or not queue.length_m:  # metres without a queue are those of who is being served
        return vehicles
    return t("queue_and_length", vehicles=vehicles, length=t("metres", n=t.number(queue.length_m)))
