"""node.yaml as a document: drawn lanes go in, comments and order stay, and it is valid or left as it was.

A figure that was not changed keeps its characters; a new one is written on one line.
"""

from __future__ import annotations

import difflib
import hashlib
import io
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from edge import yamlfile
from edge.config import LaneConfig, NodeConfig, load_node
from edge.yamlfile import ConfigError, Fault

DIGITS = 5
"""Decimals of a fraction: a hundredth of a pixel of a picture of 1,000."""

SAME = 0.51e-5
LINES = ("tail", "booth")
DEFAULTS = {name: field.default for name, field in LaneConfig.model_fields.items() if not field.is_required()}


class ChangedOnDiskError(ConfigError):
    """Somebody else wrote the file since it was read."""


class Drawing:
    """One file; nothing is kept between calls but its path."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> tuple[NodeConfig, str]:
        """The configuration and the digest of the file's bytes. Raises: ConfigError."""
        digest = self.digest()
        return load_node(self.path), digest

    def digest(self) -> str:
        """SHA-256 of the file as it is now. Raises: ConfigError, if it cannot be read."""
        return hashlib.sha256(self._bytes()).hexdigest()

    def faults(self, cameras: Sequence[Mapping[str, Any]]) -> list[Fault]:
        """What the file would be refused for with these lanes."""
        return yamlfile.faults(self._with(cameras), self.path, NodeConfig)

    def config(self, cameras: Sequence[Mapping[str, Any]]) -> NodeConfig:
        """The configuration with these lanes, which must be valid."""
        return yamlfile.validated(self._with(cameras), self.path, NodeConfig)

    def text(self, cameras: Sequence[Mapping[str, Any]]) -> str:
        """The file with these lanes."""
        document = self._with(cameras)
        out = io.StringIO()
        _yaml_like(document).dump(document, out)
        return out.getvalue()

    def diff(self, cameras: Sequence[Mapping[str, Any]]) -> str:
        """What saving would change, as a unified diff; empty when nothing."""
        old, new = self._text().splitlines(), self.text(cameras).splitlines()
        name = self.path.name
        return "\n".join(difflib.unified_diff(old, new, name, f"{name} (new)", lineterm="", n=2))

    def save(self, cameras: Sequence[Mapping[str, Any]], digest: str, stamp: str) -> Path:
        """Write the file in one step if it is valid; gives where the former one lies, named after `stamp`.

        Raises: ChangedOnDiskError, if the file is not the one of `digest`; ConfigError, if it would not be
        valid or cannot be written. The file is then as before.
        """
        if self.digest() != digest:
            raise ChangedOnDiskError(
                f"{self.path.name} was changed by somebody else meanwhile; load the page again"
            )
        former = self._bytes()
        new = self.text(cameras)
        backup = self.path.with_name(f"{self.path.name}.{stamp}.bak")
        try:
            written = self._beside(new.encode())
            try:
                load_node(written)
                self._beside(former).replace(backup)
                written.replace(self.path)
            finally:
                written.unlink(missing_ok=True)
        except ConfigError as error:
            raise ConfigError(str(error).replace(str(written), self.path.name)) from None
        except OSError as error:
            raise ConfigError(
                f"{self.path} cannot be written ({error.strerror}); free space, or give yourself the right to"
            ) from None
        return backup

    def _beside(self, content: bytes) -> Path:
        """A file beside this one, with its rights: whole, or none. Raises: OSError."""
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            _like(Path(name), self.path)
        except OSError:
            Path(name).unlink()
            raise
        return Path(name)

    def _bytes(self) -> bytes:
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise ConfigError(f"{self.path}: cannot be read ({error.strerror})") from None

    def _text(self) -> str:
        return self._bytes().decode("utf-8-sig")

    def _with(self, cameras: Sequence[Mapping[str, Any]]) -> CommentedMap:
        document = yamlfile.parse(self.path)
        known = {camera["id"]: camera for camera in document["cameras"]}
        for camera in cameras:
            if camera["id"] in known:
                _put_camera(known[camera["id"]], camera)
        return document


def view_file(camera: str) -> str:
    """Where the page keeps a camera's view, beside the file."""
    return f"views/{camera}.npz"


def _put_camera(there: CommentedMap, camera: Mapping[str, Any]) -> None:
    if camera.get("facing", there.get("facing", "away")) != there.get("facing", "away"):
        there["facing"] = camera["facing"]
    if camera.get("keep_view"):
        there.setdefault("reference", view_file(camera["id"]))
    wanted = list(camera["lanes"])
    if not wanted:
        there.pop("lanes", None)  # an empty list in the place of lanes with comments would be no YAML
        return
    lanes = there.get("lanes")
    if not lanes:
        lanes = there["lanes"] = CommentedSeq()
    kept = {lane["was"] for lane in wanted if lane.get("was") is not None}
    for index in reversed(range(len(lanes))):
        if lanes[index]["id"] not in kept:
            del lanes[index]
    by_id = {lane["id"]: lane for lane in lanes}
    for lane in wanted:
        target = by_id.get(lane.get("was"))
        if target is None:
            target = CommentedMap()
            lanes.append(target)
        _put_lane(target, lane)


def _put_lane(target: CommentedMap, lane: Mapping[str, Any]) -> None:
    for key in LaneConfig.model_fields:
        if key not in lane:
            continue
        value = lane[key]
        if value is None or (key not in target and value == DEFAULTS.get(key)):
            target.pop(key, None)
        elif key in LINES and isinstance(target.get(key), CommentedMap):
            _put_line(target[key], value)
        elif not _same(target.get(key), value):
            target[key] = _flow(value)


def _put_line(target: CommentedMap, line: Mapping[str, Any]) -> None:
    for key, value in line.items():
        if key == "anchor" and key not in target and value == "bottom":
            continue
        if not _same(target.get(key), value):
            target[key] = _flow(value)


def _same(old: Any, new: Any) -> bool:
    """Whether two values are alike, numbers to what is written of them."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return old.keys() == new.keys() and all(_same(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(_same(a, b) for a, b in zip(old, new, strict=True))
    if _is_number(old) and _is_number(new):
        return abs(float(old) - float(new)) <= SAME
    alike = bool(old == new)
    return alike and isinstance(old, bool) is isinstance(new, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _flow(value: Any) -> Any:
    """As ruamel writes it on one line; numbers rounded."""
    if isinstance(value, Mapping):
        made = CommentedMap({key: _flow(item) for key, item in value.items() if item is not None})
        made.fa.set_flow_style()
        return made
    if isinstance(value, (list, tuple)):
        row = CommentedSeq([_flow(item) for item in value])
        row.fa.set_flow_style()
        return row
    return round(value, DIGITS) + 0.0 if isinstance(value, float) else value


def _yaml_like(document: CommentedMap) -> YAML:
    """Writes lists indented as the file has its cameras, and breaks no line."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 10_000
    cameras = document["cameras"]
    if not cameras.fa.flow_style():
        yaml.indent(mapping=2, sequence=cameras.lc.item(0)[1], offset=cameras.lc.col)
    return yaml


def _like(path: Path, other: Path) -> None:
    """The rights and, for root, the owner of another file."""
    status = other.stat()
    path.chmod(status.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(path, status.st_uid, status.st_gid)
