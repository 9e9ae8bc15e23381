"""`lanewatch-edge zones`: serves the page until Ctrl-C."""

from __future__ import annotations

import os
import webbrowser
from pathlib import Path

import typer

from edge.camera.opening import open_source
from edge.config import load_node
from edge.recording.command import CameraError, choose_camera
from edge.zones.bench import Bench
from edge.zones.server import Server


class PortError(ValueError):
    """The page cannot be served at that port: one line with the fix."""


def serve_zones(path: Path, source: str | None, camera: str | None, port: int) -> None:
    """Serve until interrupted.

    Raises: ConfigError, CameraError, SourceError, PortError.
    """
    config = load_node(path)
    first = choose_camera(config, camera) if camera or source else config.cameras[0]
    name = source or first.source
    if name is None:
        raise CameraError(f"camera {first.id} has no source in the config; give one: zones SOURCE")
    open_source(name, first.fps or 1.0)
    bench = Bench(path, {} if source is None else {first.id: source}, first.id)
    try:
        server = Server(bench, port)
    except OSError as error:
        raise PortError(f"--port {port}: cannot be used ({error.strerror}); leave it out") from None
    print(f"Draw the lanes of {path} at {server.address}\nCtrl-C ends this.", flush=True)
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(server.address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        typer.echo("")
    finally:
        server.server_close()
        bench.close()
