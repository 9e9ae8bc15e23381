"""A real RTSP server (GStreamer's) with user and password, as a process: `server(...)` for tests.

Run by Debian's own Python, which has the bindings, this file is that server: port 0 takes a free one, which
is printed. It serves an MP4 (H.264) at its own pace to each client from its start, with RTP over TCP.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SYSTEM_PYTHON = "/usr/bin/python3"
USER, PASSWORD = "operator", "s3cret-w0rd"


@dataclass(frozen=True)
class RtspServer:
    """A running server."""

    process: subprocess.Popen[str]
    port: int

    def url(self, user: str = USER, password: str = PASSWORD) -> str:
        return f"rtsp://{user}:{password}@127.0.0.1:{self.port}/stream"


def missing() -> str | None:
    """Why there is no such server here; None where there is one."""
    wish = (
        "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer, Gst;"
    )
    wish += "Gst.init(None); assert all(map(Gst.ElementFactory.find, ('rtph264pay', 'qtdemux')))"
    try:
        asked = subprocess.run([SYSTEM_PYTHON, "-c", wish], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return f"{SYSTEM_PYTHON} is not there"
    return (
        None if asked.returncode == 0 else "GStreamer's RTSP server with its Python bindings is not installed"
    )


@contextmanager
def server(video: Path, port: int = 0) -> Iterator[RtspServer]:
    """Serve `video`; killed at the end, also when it was stopped."""
    command = [SYSTEM_PYTHON, __file__, str(video), str(port)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        yield RtspServer(child, json.loads(child.stdout.readline())["port"])
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def serve(video: str, port: str) -> None:
    """Be the server until killed, or until standard input ends."""
    import gi  # noqa: PLC0415  only Debian's Python has it

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtspServer  # noqa: PLC0415

    Gst.init(None)
    host = GstRtspServer.RTSPServer()
    host.set_address("127.0.0.1")
    host.set_service(port)
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.set_supported_methods(2)  # digest
    auth.add_digest(USER, PASSWORD, token)
    host.set_auth(auth)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( filesrc location={video} ! qtdemux ! rtph264pay name=pay0 config-interval=-1 )")
    roles = GstRtspServer.RTSPPermissions()
    roles.add_permission_for_role("viewer", "media.factory.access", True)
    roles.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(roles)
    host.get_mount_points().add_factory("/stream", factory)
    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_HUP, lambda *_: loop.quit())
    host.attach(None)
    print(json.dumps({"port": host.get_bound_port()}), flush=True)
    loop.run()


if __name__ == "__main__":
    serve(*sys.argv[1:])
