"""Plates, where they are read: the port's secret, the finder and the reader."""

from __future__ import annotations

from collections.abc import Iterator

from edge.config import PlatesConfig
from edge.detection.layouts import ModelError
from edge.doctor.finding import Finding, fail, ok
from edge.plates.finder import load_finder
from edge.plates.keys import SecretError, read_secret
from edge.plates.reader import PlateReader


def check_plates(config: PlatesConfig | None) -> Iterator[Finding]:
    """The node does not start where one of these is missing. The secret itself is never told."""
    if config is None:
        return
    try:
        finder = load_finder(config.model)
        PlateReader.load()
        read_secret(config.secret_file)
    except (ModelError, SecretError) as error:
        yield fail("plates", str(error))
        return
    yield ok("plates", f"{finder.model} finds, the port's secret can be read, and by nobody else")
