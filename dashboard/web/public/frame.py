"""What every public page has around it: its addresses in both languages, and the way to the other pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.feeds.clocks import Language

LANGUAGES: tuple[Language, ...] = ("en", "fr")
_NAMES: Mapping[Language, str] = {"en": "English", "fr": "Français"}
_NAV_LABEL: Mapping[Language, str] = {"en": "Pages and language", "fr": "Pages et langue"}
_SKIP: Mapping[Language, str] = {"en": "Skip to the content", "fr": "Aller au contenu"}
_PAGES: Mapping[str, Mapping[Language, str]] = {
    "/": {"en": "Waits now", "fr": "Attente"},
    "/dispatch": {"en": "Plan", "fr": "Planifier"},
    "/feed": {"en": "Data", "fr": "Données"},
}


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page; `current` is the page itself."""

    href: str
    label: str
    current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of one page: `addresses` pairs each language with the page's address in it."""

    language: Language
    path: str
    addresses: tuple[tuple[Language, str], ...]
    other: Language
    other_name: str
    other_path: str
    nav_label: str
    nav: tuple[Link, ...]
    skip: str


def address(path: str, language: Language) -> str:
    """`path` as asked for in `language`: French pages stand under `/fr`."""
    return path if language == "en" else f"/fr{path}".rstrip("/")


def frame(path: str, language: Language, query: str = "") -> Frame:
    """The frame of the page at `path` (its English address); `query` is kept when the language changes."""
    other: Language = "fr" if language == "en" else "en"
    kept = f"?{query}" if query else ""
    return Frame(
        language=language,
        path=address(path, language),
        addresses=tuple((one, address(path, one)) for one in LANGUAGES),
        other=other,
        other_name=_NAMES[other],
        other_path=address(path, other) + kept,
        nav_label=_NAV_LABEL[language],
        nav=tuple(
            Link(address(page, language), labels[language], page == path) for page, labels in _PAGES.items()
        ),
        skip=_SKIP[language],
    )
