"""Every word of the sign-in pages, English and French. `~` is a no-break space, `^` a thin one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from dashboard.feeds.clocks import Language


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: Language
    prefix: str
    other_name: str
    other_language: Language
    other_prefix: str
    title: str
    name: str
    password: str
    sign_in: str
    wrong: str
    too_many: str
    away: str
    plain: str
    account: str
    signed_in_as: str
    roles: Mapping[str, str]
    sign_out: str
    manager: str
    public: str
    new_password: str
    current: str
    wanted: str
    again: str
    change: str
    changed: str
    not_current: str
    differ: str
    weak: str


_EN = Words(
    language="en",
    prefix="",
    other_name="Français",
    other_language="fr",
    other_prefix="/fr",
    title="Sign in",
    name="Name",
    password="Password",
    sign_in="Sign in",
    wrong="Name or password is not right.",
    too_many="Too many failed sign-ins. Try again in 15~minutes.",
    away="The database is away. Try again in a moment.",
    plain="Sign in over https; over plain http others can read along.",
    account="Your account",
    signed_in_as="Signed in as",
    roles={"viewer": "may look", "manager": "may look and give orders", "admin": "may do everything"},
    sign_out="Sign out",
    manager="Lanes and waits",
    public="Public page",
    new_password="New password",
    current="Current password",
    wanted="New password, 12 characters or more",
    again="New password, once more",
    change="Change the password",
    changed="The password is changed. Every other session of yours has ended.",
    not_current="The current password is not right.",
    differ="The two new passwords differ.",
    weak="Choose 12 to 256 characters, not too few different ones, and leave your name out.",
)
_FR = Words(
    language="fr",
    prefix="/fr",
    other_name="English",
    other_language="en",
    other_prefix="",
    title="Ouvrir une session",
    name="Nom",
    password="Mot de passe",
    sign_in="Ouvrir une session",
    wrong="Le nom ou le mot de passe est incorrect.",
    too_many="Trop de tentatives. Réessayez dans 15~minutes.",
    away="La base de données ne répond pas. Réessayez dans un instant.",
    plain="Ouvrez une session en https^; en http, d’autres peuvent lire ce que vous envoyez.",
    account="Votre compte",
    signed_in_as="Compte^:",
    roles={
        "viewer": "peut consulter",
        "manager": "peut consulter et donner des ordres",
        "admin": "peut tout faire",
    },
    sign_out="Fermer la session",
    manager="Voies et attentes",
    public="Page publique",
    new_password="Nouveau mot de passe",
    current="Mot de passe actuel",
    wanted="Nouveau mot de passe, 12~caractères ou plus",
    again="Nouveau mot de passe, encore une fois",
    change="Changer le mot de passe",
    changed="Le mot de passe est changé. Vos autres sessions sont terminées.",
    not_current="Le mot de passe actuel est incorrect.",
    differ="Les deux nouveaux mots de passe diffèrent.",
    weak="Choisissez de 12 à 256~caractères, assez variés, sans votre nom.",
)


def _typeset(words: Words) -> Words:
    texts = {field.name: getattr(words, field.name) for field in fields(words)}
    changed: dict[str, Any] = {
        name: text.replace("~", "\u00a0").replace("^", "\u202f")
        for name, text in texts.items()
        if isinstance(text, str)
    }
    return replace(words, **changed)


WORDS: Mapping[Language, Words] = {"en": _typeset(_EN), "fr": _typeset(_FR)}
