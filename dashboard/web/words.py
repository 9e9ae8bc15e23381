"""Sentences of the traveller pages: pure functions from published values to words of one language.

A wait's range is widened to whole minutes. Numbers and units are held by no-break spaces, and no function
writes a zero beside the word for minutes.
"""

from __future__ import annotations

from dashboard.feeds.clocks import wall_clock
from dashboard.feeds.hours import is_always, span_min
from dashboard.feeds.instants import minutes
from dashboard.feeds.values import PublishedQueue, PublishedStream, PublishedWait
from dashboard.web.strings import Strings, fill, held


def counted(one: str, many: str, n: int) -> str:
    """`n` with its unit, singular for one."""
    return fill(one if n == 1 else many, n=n)


def in_minutes(strings: Strings, n: int) -> str:
    """`22 minutes`."""
    return counted(strings.minute, strings.minutes, n)


def age(strings: Strings, age_s: int) -> str:
    """`20 seconds`, `3 minutes`, `2 hours`, whichever is the largest full unit (seconds up to 90)."""
    if age_s <= 90:
        return counted(strings.second, strings.seconds, age_s)
    if age_s < 7200:
        return in_minutes(strings, age_s // 60)
    return counted(strings.hour, strings.hours, age_s // 3600)


def wait_range(strings: Strings, low_s: int, high_s: int) -> str:
    """The range in whole minutes, widened: `18 to 26 minutes`, `up to 4 minutes`, `22 minutes`."""
    low, high = low_s // 60, -(-high_s // 60)
    if high == 0:
        return strings.no_wait
    if low == 0:
        return fill(strings.up_to, high=in_minutes(strings, high))
    if low == high:
        return in_minutes(strings, low)
    return fill(strings.range_minutes, low=low, high=high)


def headline(strings: Strings, stream: PublishedStream) -> str:
    """The large words of a stream."""
    wait = stream.expected
    if wait is None:
        return strings.states[stream.state]
    if wait.wait_s is None or wait.high_s is None:
        return lower_bound(strings, wait.low_s)
    if minutes(wait.wait_s) == 0:
        return strings.no_wait
    return upper_first(wait_range(strings, wait.low_s, wait.high_s))


def lower_bound(strings: Strings, low_s: int) -> str:
    """`At least 45 minutes`; a bound under one minute is not worth a number."""
    return (
        fill(strings.at_least, low=in_minutes(strings, low_s // 60))
        if low_s >= 60
        else strings.states["unknown"]
    )


def stream_name(strings: Strings, stream: str) -> str:
    """`Trucks, FAST`, `Camions, voies ordinaires`."""
    lanes = strings.classes[stream]
    lanes = lanes if lanes.isupper() else lanes[:1].lower() + lanes[1:]
    return f"{strings.traffics[stream.split('/')[0]]}, {lanes}"


def details(strings: Strings, stream: PublishedStream, zone: str) -> tuple[str, ...]:
    """The sentences under the headline."""
    if stream.expected is not None:
        return tuple(_of_figure(strings, stream, stream.expected))
    if stream.state == "closed":
        return tuple(_of_closure(strings, stream))
    return (why_unknown(strings, stream, zone),) if stream.state == "unknown" else ()


def elsewhere(strings: Strings, stream: PublishedStream) -> str | None:
    """Where to go instead; None where the stream's own lanes serve it, or nothing is known."""
    lanes = strings.redirect_classes.get(stream.redirected_to or "")
    return None if lanes is None else fill(strings.redirected, lanes=lanes)


def benefit(strings: Strings, stream: PublishedStream) -> str | None:
    """What FAST saves, where it surely saves something."""
    saved = stream.fast_benefit
    if saved is None or saved.low_s < 60:
        return None
    return fill(strings.benefit, wait=in_minutes(strings, minutes(saved.s)))


def evidence(strings: Strings, stream: PublishedStream) -> str | None:
    """How old a figure is and what it rests on; None where there is no figure."""
    wait = stream.expected
    if wait is None:
        return None
    basis = joined(strings, tuple(fill(strings.basis[name]) for name in wait.basis))
    return fill(strings.measured, age=age(strings, wait.age_s), basis=basis)


def why_unknown(strings: Strings, stream: PublishedStream, zone: str) -> str:
    """Since when, or why, nothing is known."""
    if stream.last_measured_s is None:
        return reason(strings, stream)
    measured = wall_clock(stream.last_measured_s, zone, strings.language)
    if stream.unknown_since_s is None:
        return f"{reason(strings, stream)} {fill(strings.last_measured, measured=measured)}"
    return fill(
        strings.unknown_since,
        since=wall_clock(stream.unknown_since_s, zone, strings.language),
        measured=measured,
    )


def reason(strings: Strings, stream: PublishedStream) -> str:
    """Why a stream has no figure; a reason that has no translation is said in English only."""
    if stream.reason is None:
        return strings.no_reason
    if stream.reason in strings.reasons:
        return fill(strings.reasons[stream.reason])
    if strings.language != "en":
        return strings.no_reason
    return upper_first(held(stream.reason)).rstrip(".") + "."


def queue(strings: Strings, queue: PublishedQueue) -> str:
    """`6 vehicles in the queue, about 130 m long`; the length to ten metres."""
    if queue.vehicles == 0:
        return strings.queue_none
    words = counted(strings.queue_one, strings.queue, queue.vehicles)
    length_m = round(queue.length_m or 0.0, -1)
    return f"{words}, {fill(strings.queue_length, length=f'{length_m:.0f}')}" if length_m else words


def lanes_open(strings: Strings, stream: PublishedStream) -> str | None:
    """`2 of 3 lanes open`; None where none was seen to serve, which is no proof that none is open."""
    n, total = stream.lanes_open, stream.lanes_max
    if not n:
        return None
    if total is None:
        return counted(strings.lanes_open_one, strings.lanes_open, n)
    return fill(strings.lanes_open_one_of if n == 1 else strings.lanes_open_of, n=n, total=total)


def opening_hours(strings: Strings, hours: str) -> str:
    """`6 am-10 pm`, in French `de 6 h à 22 h`; as it was given where it cannot be read."""
    span = span_min(hours)
    if strings.language == "en" or span is None:
        return hours.replace(" ", "\u00a0")
    first, last = (_french_clock(minute) for minute in span)
    return fill(strings.hours_span, first=first, last=last)


def joined(strings: Strings, parts: tuple[str, ...]) -> str:
    """`a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return fill(strings.basis_and, first=", ".join(parts[:-1]), last=parts[-1])


def upper_first(text: str) -> str:
    """The first letter as a capital, the others untouched."""
    return text[:1].upper() + text[1:]


def _of_figure(strings: Strings, stream: PublishedStream, wait: PublishedWait) -> list[str]:
    said: list[str] = []
    if wait.wait_s is None or wait.high_s is None:
        said.append(strings.beyond_view)
    elif minutes(wait.wait_s) == 0:
        said.append(upper_first(wait_range(strings, 0, wait.high_s)) + ".")
    else:
        said.append(fill(strings.likely, wait=in_minutes(strings, minutes(wait.wait_s))))
    around = [queue(strings, stream.queue)] if stream.queue is not None and wait.wait_s is not None else []
    around += [words] if (words := lanes_open(strings, stream)) else []
    if around:
        said.append(upper_first(", ".join(around)) + ".")
    return said


def _of_closure(strings: Strings, stream: PublishedStream) -> list[str]:
    said = [reason(strings, stream)] if stream.reason is not None else []
    if stream.hours is not None and not is_always(stream.hours):
        said.append(fill(strings.opening_hours, hours=opening_hours(strings, stream.hours)))
    return said


def _french_clock(minute_of_day: int) -> str:
    hour, minute = divmod(minute_of_day, 60)
    return f"{hour}\u00a0h" + (f"\u00a0{minute:02d}" if minute else "")
