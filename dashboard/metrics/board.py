"""What the newest board says of streams, nodes and cameras, read when somebody asks for /metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from dashboard.board import BoardHolder, DirectionView, HealthView, NodeView

CAMERAS_OF_A_NODE = 16
"""More series than these no node can make, whatever it says of its cameras."""

STATES = ("measured", "at_least", "unknown", "closed", "not_offered")
STREAM = ("port", "direction", "stream")
NODE = ("port", "node")
CAMERA = ("port", "node", "camera")


class BoardCollector(Collector):
    """Gauges with the labels of port.yaml alone; what is not known has no sample, never 0."""

    def __init__(self, holder: BoardHolder, now: Callable[[], float]) -> None:
        self._holder, self._now = holder, now

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """The names, without a board."""
        yield from _Gauges().all()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The samples of this moment."""
        board, now_s, gauges = self._holder.newest(), self._now(), _Gauges()
        gauges.board_age.add_metric([], now_s - board.at_s)
        gauges.set_aside.add_metric([], board.set_aside)
        told: set[tuple[str, str]] = set()
        for direction in board.directions:
            gauges.add_streams(direction, now_s)
            for node in direction.nodes:
                if (direction.port, node.node) not in told:
                    told.add((direction.port, node.node))
                    gauges.add_node(direction.port, node, now_s)
        yield from gauges.all()


class _Gauges:
    """One set of families; made anew for each scrape."""

    def __init__(self) -> None:
        self.board_age = _gauge("board_age_seconds", "Since the figures shown were computed.", ())
        self.set_aside = _gauge("set_aside_in_store", "Messages ever set aside, by whichever process.", ())
        self.wait_age = _gauge("wait_age_seconds", "Since the newest measurement of the wait.", STREAM)
        self.wait = _gauge("wait_seconds", "Expected wait as the engine says now.", STREAM)
        self.state = _gauge("stream_state", "1 for the state that the stream is in.", (*STREAM, "state"))
        self.online = _gauge("node_online", "Whether the broker holds the node connected.", NODE)
        self.report_age = _gauge("node_report_age_seconds", "Since the end of the newest report.", NODE)
        self.missing = _gauge("node_rows_missing", "Rows of recent boots that never came.", NODE)
        self.outbox = _gauge("node_outbox_rows", "Rows that the node still has to be receipted.", NODE)
        self.on_disk = _gauge("node_outbox_on_disk", "Whether its rows survive a power cut.", NODE)
        self.receipt_age = _gauge("node_receipt_age_seconds", "Since the node's last receipt.", NODE)
        self.disk = _gauge("node_disk_free_bytes", "Free where the outbox lies.", NODE)
        self.temperature = _gauge("node_temperature_celsius", "The box, as it says.", NODE)
        self.synced = _gauge("node_clock_synced", "Whether the node holds its clock synchronised.", NODE)
        self.offset = _gauge("node_clock_offset_seconds", "The node's clock minus central's.", NODE)
        self.camera_ok = _gauge("camera_ok", "Whether the camera gives good pictures.", CAMERA)
        self.camera_fps = _gauge("camera_fps", "Pictures measured a second.", CAMERA)
        self.camera_dropped = _gauge("camera_frames_dropped", "Since the node started.", CAMERA)

    def all(self) -> Iterator[GaugeMetricFamily]:
        yield from vars(self).values()

    def add_streams(self, direction: DirectionView, now_s: float) -> None:
        for stream in direction.streams:
            labels = [direction.port, direction.direction, stream.stream]
            for state in STATES:
                self.state.add_metric([*labels, state], float(stream.state == state))
            if stream.expected is not None:
                self.wait_age.add_metric(labels, now_s - stream.expected.measured_at_s)
                if stream.state == "measured":
                    self.wait.add_metric(labels, stream.expected.wait_s)

    def add_node(self, port: str, node: NodeView, now_s: float) -> None:
        labels = [port, node.node]
        _add(self.online, labels, node.online)
        _add(self.report_age, labels, None if node.last_report_s is None else now_s - node.last_report_s)
        _add(self.missing, labels, node.gaps)
        if node.health is not None:
            self._add_health(labels, node.health)

    def _add_health(self, labels: list[str], health: HealthView) -> None:
        disk_mb = health.disk_free_mb
        _add(self.outbox, labels, health.outbox_rows)
        _add(self.on_disk, labels, health.outbox_on_disk)
        _add(self.receipt_age, labels, health.receipt_age_s)
        _add(self.disk, labels, None if disk_mb is None else 1e6 * disk_mb)
        _add(self.temperature, labels, health.temperature_c)
        _add(self.synced, labels, health.synced)
        _add(self.offset, labels, health.clock_offset_s)
        cameras = {camera.camera: camera for camera in health.cameras[:CAMERAS_OF_A_NODE]}
        for name, camera in cameras.items():
            _add(self.camera_ok, [*labels, name], camera.state == "ok")
            _add(self.camera_fps, [*labels, name], camera.fps)
            _add(self.camera_dropped, [*labels, name], camera.dropped)


def _gauge(name: str, meaning: str, labels: tuple[str, ...]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"lanewatch_{name}", meaning, labels=labels)


def _add(gauge: GaugeMetricFamily, labels: list[str], value: float | None) -> None:
    if value is not None:
        gauge.add_metric(labels, float(value))
