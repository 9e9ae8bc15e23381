"""Reading YAML into pydantic models with errors that name file, line, key and fix.

Both rooms read their configuration through this one module.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

Model = TypeVar("Model", bound=BaseModel)
Key = int | str

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


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
        return model.model_validate(_expand(document, path))
    except ValidationError as error:
        errors = error.errors()
        raise ConfigError(_describe(path, document, _first(errors), errors, model)) from None


def faults(document: CommentedMap, path: Path, model: type[BaseModel]) -> list[Fault]:
    """All that `model` would refuse a document for."""
    try:
        model.model_validate(_expand(document, path))
    except ValidationError as error:
        errors = error.errors()
        return [_fault(each, errors, model) for each in errors if not _follows(each, errors)]
    return []


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
    try:
        with path.open(encoding="utf-8") as stream:
            yaml = YAML(typ="rt")
            yaml.preserve_quotes = True
            document = yaml.load(stream)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}); give the path of a YAML file"
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text; give a YAML file") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path}:{line} is not YAML: {error.problem}; mend that line") from None
    except YAMLError as error:
        raise ConfigError(f"{path}: is not YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(document, CommentedMap):
        raise ConfigError(f"{path}:1 holds no keys; write it as the examples in config/")
    return document


def _expand(value: Any, path: Path) -> Any:
    if isinstance(value, CommentedMap):
        return {str(key): _expand(item, path) for key, item in value.items()}
    if isinstance(value, CommentedSeq):
        return [_expand(item, path) for item in value]
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: _variable(match[1], path), value)
    return value


def _variable(name: str, path: Path) -> str:
    if name not in os.environ:
        raise ConfigError(f"{path}: ${{{name}}} is not set; set the environment variable {name}")
    return os.environ[name]


def _describe(
    path: Path, document: Any, error: ErrorDetails, errors: Sequence[ErrorDetails], model: type[BaseModel]
) -> str:
    fault = _fault(error, errors, model)
    return f"{path}:{_line_of(document, fault.keys)} {_name_of(fault.keys)}: {fault.said}"


def _fault(error: ErrorDetails, errors: Sequence[ErrorDetails], model: type[BaseModel]) -> Fault:
    keys = [key for key in error["loc"] if isinstance(key, int) or not key.startswith("function-")]
    return Fault(tuple(keys), _problem(error, keys, errors, model))


def _problem(
    error: ErrorDetails, keys: Sequence[Key], errors: Sequence[ErrorDetails], model: type[BaseModel]
) -> str:
    if error["type"] == "extra_forbidden":
        return f"is not a known key; {_meant(error, errors, model)}"
    if error["type"] == "missing":
        return "is missing; add it"
    if error["type"] == "string_type":
        return "is no text; put it in quotes"
    if error["type"] == "value_error":
        return error["msg"].removeprefix("Value error, ")
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
    for key in keys:
        if isinstance(node, CommentedMap) and key in node:
            line = node.lc.key(key)[0]
        elif isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node):
            line = node.lc.item(key)[0]
        else:
            break
        node = node[key]
    return int(line) + 1
