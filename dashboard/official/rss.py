"""CBP's RSS: sentences in markup; a port is known by its title alone, or by the number in our own guid."""

from __future__ import annotations

import re
from html import unescape

from dashboard.official import stamps, words
from dashboard.official.cbp import lane_reading
from dashboard.official.reading import Document, Reading, require_half

_ITEM = re.compile(r"<item>(.*?)</item>", re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_PUBLISHED = re.compile(r"<pubDate>(.*?)</pubDate>", re.DOTALL)
_DATE = re.compile(r"Date:\s*([\d/]+)")
_GROUP = re.compile(
    r"<h4>\s*<b>\s*(Commercial|Passenger)\b.*?</h4>(.*?)(?=<h4>|<b>Border Notice|</description>)", re.DOTALL
)
_LANE = re.compile(r"(General|Fast|Sentri|Nexus|Ready) Lanes:(.*?)<br\s*/>", re.DOTALL)
_FIGURE = re.compile(r"(At .*?) (\d{1,4}) min delay (\d{1,3}) lane\(s\) open")
_CLASSES = {"General": "standard", "Fast": "fast", "Sentri": "nexus", "Nexus": "nexus", "Ready": "ready"}


def from_rss(text: str, fetched_s: float | None) -> Document:
    """Raises: OfficialError."""
    head = text.split("<item>", 1)[0]
    dated = _PUBLISHED.search(head)
    told_s = stamps.rss_s(dated[1]) if dated else None
    at_s = told_s if told_s is not None else fetched_s
    items = _ITEM.findall(text)
    good = [readings for item in items if (readings := _readings(item, at_s))]
    require_half(len(good), len(items), "ports")
    return Document("CBP RSS", at_s, tuple(reading for readings in good for reading in readings))


def _readings(item: str, told_s: float | None) -> list[Reading]:
    title, dated = _TITLE.search(item), _DATE.search(item)
    day = stamps.date_of(dated[1]) if dated else None
    if title is None or day is None or told_s is None:
        return []
    place = " ".join(unescape(title[1]).split())
    found = []
    for traffic, lanes in _GROUP.findall(item):
        for name, said in _LANE.findall(lanes):
            figure = _FIGURE.fullmatch(said.strip())
            status = ("delay", figure[2], figure[3]) if figure else (said, None, None)
            at_s = stamps.stamped_s(figure[1], day, told_s) if figure else None
            told = lane_reading(status, at_s)
            if told is None:
                return []
            state, wait_s, measured_s, lanes_open = told
            stream = f"{traffic.lower()}/{_CLASSES[name]}"
            found.append(Reading("cbp", place, "us", stream, state, wait_s, measured_s, lanes_open))
    return found


def is_rss(text: str) -> bool:
    """Whether it looks like CBP's channel."""
    return "<rss" in text[:500] and "Lanes:" in text and words.plain(text[:2000]).find("<channel>") >= 0
