"""The documentation of the feeds: every format with what it says now, the states, the client, the frame."""

from __future__ import annotations

import json
from dataclasses import dataclass

from dashboard.feeds.clocks import Language
from dashboard.feeds.values import Published
from dashboard.portconfig import Names
from dashboard.web.feeds import FEEDS, Feed, served_here
from dashboard.web.public.client import client
from dashboard.web.public.frame import Frame, frame
from dashboard.web.public.guide_strings import BY_LANGUAGE, GuideStrings
from dashboard.web.public.operation import OFFICIAL, PUBLIC
from dashboard.web.public.operations import operations
from dashboard.web.public.verify import VERIFY
from dashboard.web.strings import fill

MOST_LINES = 22
MOST_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Format:
    """One format; `example` is None where this port has nothing to say in it."""

    anchor: str
    name: str
    address: str
    also: tuple[str, ...]
    media_type: str
    fresh: str
    example: str | None


@dataclass(frozen=True, slots=True)
class GuideView:
    """The whole page; `others` pairs words and address, `rows` are the states, each led by its name."""

    frame: Frame
    strings: GuideStrings
    formats: tuple[Format, ...]
    others: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    fetch: tuple[str, ...]
    client: str
    widget: str
    widget_href: str
    widget_options: tuple[tuple[str, str], ...]
    hooks_lead: str
    hooks: tuple[str, ...]
    verify: str
    terms: str
    not_official: str


def guide_view(said: Published, terms: Names | None, base_url: str, language: Language) -> GuideView:
    """The page as read at `base_url` (ends with `/`); `terms` are the operator's own, if any."""
    strings = BY_LANGUAGE[language]
    operator = said.operator.in_language(language)
    own_terms = terms.in_language(language) if terms else fill(strings.default_terms, operator=operator)
    widget_href = f"/widget?port={said.ports[0].config.id}&class=fast&lang={language}"
    return GuideView(
        frame=frame("/feed", language),
        strings=strings,
        formats=tuple(_format(feed, said, strings, base_url, language) for feed in FEEDS),
        others=_others(base_url, language),
        head=tuple(map(fill, strings.states_head)),
        rows=tuple(tuple(fill(cell, n="n") for cell in row) for row in strings.states_rows),
        fetch=tuple(map(fill, strings.fetch_rules)),
        client=client(base_url),
        widget=_widget(base_url, widget_href, said),
        widget_href=widget_href,
        widget_options=tuple((name, fill(words)) for name, words in strings.widget_options),
        hooks_lead=fill(strings.hooks_lead),
        hooks=tuple(map(fill, strings.hooks_rules)),
        verify=VERIFY,
        terms=own_terms,
        not_official=fill(strings.not_official),
    )


def _format(feed: Feed, said: Published, strings: GuideStrings, base_url: str, language: Language) -> Format:
    path = feed.paths[0]
    told = operations()[f"GET {path}"]
    return Format(
        anchor=path.strip("/").replace("/", "-").replace(".", "-"),
        name=told.en if language == "en" else told.fr,
        address=base_url + path.lstrip("/"),
        also=feed.paths[1:],
        media_type=feed.media_type,
        fresh=fill(strings.fresh, seconds=feed.max_age_s),
        example=_excerpt(feed, said) if served_here(said, feed) else None,
    )


def _others(base_url: str, language: Language) -> tuple[tuple[str, str], ...]:
    """What is public beside the documents of FEEDS: words and address, once each."""
    known = {path for feed in FEEDS for path in feed.paths}
    found: dict[str, str] = {}
    for name, told in operations().items():
        method, path = name.split(" ")
        if method == "GET" and told.tag in (PUBLIC, OFFICIAL) and path not in known:
            found.setdefault(told.en if language == "en" else told.fr, base_url + path.lstrip("/"))
    return tuple(found.items())


def _excerpt(feed: Feed, said: Published) -> str:
    """The first lines; JSON is indented for the eye."""
    text = feed.render(said).decode()
    if "json" in feed.media_type:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    lines = [_cut(line) for line in text.splitlines()]
    return "\n".join(lines if len(lines) <= MOST_LINES else [*lines[:MOST_LINES], "…"])


def _cut(line: str) -> str:
    return line if len(line) <= MOST_LETTERS else f"{line[:MOST_LETTERS]}…"


def _widget(base_url: str, href: str, said: Published) -> str:
    title = said.ports[0].config.name.en
    return (
        f'<iframe src="{base_url}{href.lstrip("/").replace("&", "&amp;")}"\n'
        f'        title="{title}" width="320" height="220" style="border:0"></iframe>'
    )
