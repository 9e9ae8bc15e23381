"""Reading YAML into pydantic models with errors that name file, line, key and fix.

Both rooms read their configuration through this one module.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import ConstructorError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import Node
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scalarbool import ScalarBoolean

Model = TypeVar("Model", bound=BaseModel)
Key = int | str

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


_IN_WORDS = {
    "string_type": "is no text; put it in quotes",
    "path_type": "is no path; put it in quotes",
    "tuple_type": "is no list; write it in [ ], or each item on a line that begins with `- `",
    "model_type": "holds no keys; write them as `key: value`",
    "dict_type": "holds no keys; write them as `key: value`",
    "too_short": "has {actual_length} items, must have at least {min_length}; add what is missing",
    "too_long": "has {actual_length} items, must have at most {max_length}; take the others out",
}
"""Problem and fix of what is written in another form than it must have."""


class ConfigError(Exception):
    """What is wrong in a configuration file, where, and how to mend it: one line."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong under `keys` of a document, and how to mend it."""

    keys: tuple[Key, ...]
    said: str


def reason(error: Exception) -> str:
    """Why a file or a host could not be used, in words; without the number that some write first."""
    if isinstance(error, UnicodeDecodeError):
        return "no UTF-8 text"
    return getattr(error, "strerror", None) or str(error)


def load(path: Path, model: type[Model]) -> Model:
    """Read the YAML file at `path` into `model`; `${NAME}` in a text is taken from the environment.

    Raises: ConfigError, one line `file:line key: problem; fix`, for the first fault of the file.
    """
    return validated(parse(path), path, model)


def validated(document: CommentedMap, path: Path, model: type[Model]) -> Model:
    """A document of the file at `path` as `model`. Raises: ConfigError, as `load` does."""
    try:
        read = model.model_validate(_expand(document, path))
    except ValidationError as error:
        errors = error.errors()
        raise ConfigError(_describe(path, document, _fault(_first(errors), errors, model))) from None
    for fault in _words_for_numbers(document, read):
        raise ConfigError(_describe(path, document, fault))
    return read


def faults(document: CommentedMap, path: Path, model: type[BaseModel]) -> list[Fault]:
    """All that `model` would refuse a document for."""
    try:
        read = model.model_validate(_expand(document, path))
    except ValidationError as error:
        errors = error.errors()
        return [_fault(each, errors, model) for each in errors if not _follows(each, errors)]
    return list(_words_for_numbers(document, read))


def _words_for_numbers(written: Any, read: Any, keys: tuple[Key, ...] = ()) -> Iterator[Fault]:
    """Where `true` or `false` stands for a number, which pydantic reads as 1 or 0."""
    if isinstance(written, bool | ScalarBoolean):
        if isinstance(read, bool) or not isinstance(read, int | float):
            return
        yield Fault(keys, f"{str(bool(written)).lower()} is no number; write one")
    elif isinstance(written, Mapping):
        values = _values_of(read)
        for key, value in written.items():
            yield from _words_for_numbers(value, values.get(str(key), value), (*keys, str(key)))
    elif isinstance(written, list) and isinstance(read, Sequence):
        for number, pair in enumerate(zip(written, read, strict=False)):
            yield from _words_for_numbers(*pair, (*keys, number))


def _values_of(read: Any) -> Mapping[str, Any]:
    """What was read, by the key in the file."""
    if isinstance(read, BaseModel):
        fields = type(read).model_fields
        return {field.alias or name: getattr(read, name) for name, field in fields.items()}
    return read if isinstance(read, Mapping) else {}


def _first(errors: Sequence[ErrorDetails]) -> ErrorDetails:
    """The one to tell: a key that is missing may be the unknown one beside it, mistyped."""
    first = errors[0]
    beside = (each for each in errors if each["loc"][:-1] == first["loc"][:-1])
    unknown = (each for each in beside if each["type"] == "extra_forbidden")
    return next(unknown, first) if first["type"] == "missing" else first


def _follows(error: ErrorDetails, errors: Sequence[ErrorDetails]) -> bool:
    """Whether a list is only too short because one of its items is wrong."""
    own = error["loc"]
    inner = (each["loc"][: len(own)] == own for each in errors if len(each["loc"]) > len(own))
    return error["type"] == "too_short" and any(inner)


def beside(path: Path, model: Model) -> Model:
    """`model` with its relative paths made relative to the folder of the file at `path`."""
    folder = path.resolve().parent
    paths = {name: folder / value for name, value in model if isinstance(value, Path)}
    return model.model_copy(update=paths)


def parse(path: Path) -> CommentedMap:
    """The document with its comments. Raises: ConfigError, if it is no YAML file with keys."""
    text = _text_of(path)
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.Constructor = _Constructor
    try:
        document = yaml.load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        # of a key that stands twice what follows is both its values
        problem, _, _ = (error.problem or "").partition(" with value ")
        raise ConfigError(f"{path}:{line} is not YAML: {problem}; mend {_place(error, line)}") from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigError(
            f"{path}:{line} is not YAML: it holds the character #x{error.character:04x}; take it out"
        ) from None
    except YAMLError as error:
        raise ConfigError(f"{path}: is not YAML: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise ConfigError(f"{path}: is not YAML: nested too deep; look for brackets without an end") from None
    if not isinstance(document, CommentedMap):
        raise ConfigError(f"{path}:1 holds no keys; write it as the examples in config/")
    return document


class _Constructor(RoundTripConstructor):
    """Tells where a value stands that is none of its kind, as the 31st of November is no day."""

    def construct_object(self, node: Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:
            raise ConstructorError(None, None, str(error), node.start_mark) from None


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}); give the path of a YAML file"
        ) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line} is not UTF-8 text; save the file as UTF-8") from None


def _place(error: MarkedYAMLError, line: int) -> str:
    """What to mend: what lacks its end is often found out far behind the line in which it begins."""
    begun = error.context_mark.line + 1 if error.context_mark else line
    has_an_end = "scanning" in (error.context or "") or "flow" in (error.context or "")
    return f"that line, or line {begun}, where it begins" if has_an_end and begun != line else "that line"


def _expand(document: CommentedMap, path: Path) -> Any:
    def expanded(value: Any, keys: tuple[Key, ...]) -> Any:
        if isinstance(value, CommentedMap):
            return {str(key): expanded(item, (*keys, str(key))) for key, item in value.items()}
        if isinstance(value, CommentedSeq):
            return [expanded(item, (*keys, number)) for number, item in enumerate(value)]
        if isinstance(value, str):
            return _VARIABLE.sub(lambda match: variable(match[1], keys), value)
        return value

    def variable(name: str, keys: tuple[Key, ...]) -> str:
        if name not in os.environ:
            unset = Fault(keys, f"${{{name}}} is not set; set the environment variable {name}")
            raise ConfigError(_describe(path, document, unset))
        return os.environ[name]

    return expanded(document, ())


def _describe(path: Path, document: Any, fault: Fault) -> str:
    """One line: where it stands, and what is said of it."""
    return f"{path}:{_line_of(document, fault.keys)} {_name_of(fault.keys)}: {fault.said}"


def _fault(error: ErrorDetails, errors: Sequence[ErrorDetails], model: type[BaseModel]) -> Fault:
    keys = [key for key in error["loc"] if isinstance(key, int) or not key.startswith("function-")]
    return Fault(tuple(keys), _problem(error, errors, model))


def _problem(error: ErrorDetails, errors: Sequence[ErrorDetails], model: type[BaseModel]) -> str:
    if error["type"] == "extra_forbidden":
        return f"is not a known key; {_meant(error, errors, model)}"
    if error["type"] == "missing":
        return "is missing; add it"
    if error["type"] == "value_error":  # one of ours, which may not say of what value
        return error["msg"].removeprefix("Value error, ")
    if error["input"] is None:
        return "has no value; give it one, or leave it out"
    if error["type"] in _IN_WORDS:
        return _IN_WORDS[error["type"]].format(**error.get("ctx", {}))
    said = error["msg"].removeprefix("Input ").removeprefix("String ").removeprefix("Value ")
    return f"{said.replace('should', 'must', 1)}; change it"


def _meant(error: ErrorDetails, errors: Sequence[ErrorDetails], model: type[BaseModel]) -> str:
    """What an unknown key is likely to mean: one that is missing beside it before any other."""
    *place, name = error["loc"]
    lacking = [
        str(each["loc"][-1])
        for each in errors
        if each["type"] == "missing" and list(each["loc"][:-1]) == place
    ]
    near = _near(str(name), lacking)
    if near:
        return f"did you mean `{near[0]}`, which is missing?"
    near = _near(str(name), sorted(_known_keys(model)))
    if near:
        return f"did you mean `{near[0]}`?"
    return f"`{lacking[0]}` is missing: is it that?" if lacking else "remove it"


def _near(name: str, known: Sequence[str]) -> list[str]:
    return difflib.get_close_matches(name.lower(), known, n=1)


def _known_keys(model: type[BaseModel]) -> set[str]:
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return {name for part in parts for name in part.get("properties", {})}


def _name_of(keys: Sequence[Key]) -> str:
    name = ""
    for key in keys:
        name += f"[{key}]" if isinstance(key, int) else f".{key}"
    return name.lstrip(".") or "file"


def _line_of(document: Any, keys: Sequence[Key]) -> int:
    node, line = document, 0
    for name in keys:
        key = _as_written(node, name) if isinstance(node, CommentedMap) else name
        if isinstance(node, CommentedMap) and key in node:
            line = (node.lc.data or {}).get(key, [line])[0]  # one that is merged (`<<`) has no line here
        elif isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node):
            line = node.lc.item(key)[0]
        else:
            break
        node = node[key]
    return int(line) + 1


def _as_written(node: CommentedMap, name: Key) -> object:
    """The key of that name; it may be a number or the like."""
    return next((key for key in node if str(key) == name), None)
