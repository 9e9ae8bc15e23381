"""The node: cameras in, reports out. One thread owns ticks, outbox and link; all others fill its inbox."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from msgspec.structs import replace

from edge.camera import kept_view
from edge.config import CameraConfig, NodeConfig
from edge.daemon.logs import Log
from edge.daemon.notify import Notifier, trouble_of
from edge.detection.detector import Detector
from edge.detection.heap import Holes
from edge.measure.saved import SavedMeter
from edge.messages import Command, Event
from edge.node.access import Access, LinkError
from edge.node.camera_loop import Blind, CameraLoop, Ended, Faulty, Lost
from edge.node.client import CallbackFailed, LinkEvent
from edge.node.clock import NodeClock
from edge.node.database import OutboxError
from edge.node.health import HEALTH_EVERY_S, Gauges, info_of
from edge.node.keeper import Keeper
from edge.node.link import Link
from edge.node.machine import clock_is_synced
from edge.node.plate_reads import Plates
from edge.node.playback import first_moment
from edge.node.renewal import Renewal
from edge.node.signs import Signs
from edge.node.ticks import Sample, Tick, Ticks
from edge.node.troubles import Troubles, corrected, faulty
from edge.plates.desk import DeskCrashed, ReadsReady
from edge.signs import SignFolder

WAIT_S = 0.2
JOIN_S = 10.0
LAST_RECEIPTS_S = 3.0

_log = Log()
wall_clock = time.time  # noqa: TID251 the node's shell reads the clock
monotonic = time.monotonic  # noqa: TID251 for the watchdog


class Stop:
    """In the inbox: leave now."""


class Node:
    """All of one node. `stop` may be called from anywhere, the rest from one thread."""

    def __init__(self, config: NodeConfig, detector: Detector) -> None:
        """Open the outbox and prepare the link.

        Raises: LinkError, OutboxError; ModelError and SecretError, where plates are on.
        """
        self._clock = NodeClock(wall_clock, monotonic)
        now = self._clock.now()
        if config.outbox is None:
            raise OutboxError("outbox: is missing; load the configuration from a file, or set `outbox:`")
        self._config = config
        self._detector = detector
        self._holes = Holes()
        self._inbox: SimpleQueue[Any] = SimpleQueue()
        self._keeper = Keeper(config.outbox, config.port, config.node, now)
        self._series = self._keeper.series
        self._link = (
            Link(config.broker, config.port, config.node, self._keeper, self._inbox)
            if config.broker
            else None
        )
        self._renewal = Renewal(config.broker)
        saved = self._keeper.saved()
        self._ticks = Ticks(config.cameras, config.tick_s, _first_moment(config.cameras, saved, now))
        self._halt = threading.Event()
        self._signs = Signs(SignFolder(config.signs))
        self._plates = Plates(config.plates, self._inbox.put) if config.plates else None
        folder = config.outbox.parent
        self._loops = [self._loop_of(camera, folder, saved.get(camera.id)) for camera in config.cameras]
        self._gauges = Gauges(config.cameras, folder)
        self._recorded = all(camera.playback for camera in config.cameras)
        self._troubles = Troubles()
        self._health_at = now
        self._exit_code: int | None = None
        self._notifier = Notifier()

    def _loop_of(self, camera: CameraConfig, folder: Path, saved: SavedMeter | None) -> CameraLoop:
        return CameraLoop(
            camera,
            self._detector,
            self._inbox,
            self._halt,
            self._clock.now,
            self._signs.watch(camera),
            kept_view.file_of(camera, self._config.node, folder),
            self._plates.desk if self._plates else None,
            saved,
        )

    def stop(self) -> None:
        """Ask the node to leave."""
        self._inbox.put(Stop())

    def run(self) -> int:
        """Measure until told to stop."""
        self._start(self._clock.now())
        while self._exit_code is None:
            for item in self._take():
                self._handle(item, self._clock.now())
            self._work(self._clock.now())
            self._notifier.alive(monotonic(), self._hung)
        self._notifier.stopping()
        self._leave()
        return self._exit_code

    def _start(self, now: float) -> None:
        self._look_at_the_clock(now)
        self._keep_event(Event(type="started"), now)
        if self._link:
            self._link.start(now)
        if self._plates:
            self._plates.start()
        for loop in self._loops:
            loop.start()
        _log.info("node_started", port=self._config.port, node=self._config.node, boot=self._series.boot)
        self._notifier.ready(f"node {self._config.node} of port {self._config.port} measures")

    def _hung(self) -> str | None:
        """A camera's thread that has stuck: it neither ends nor says anything, so only a restart helps."""
        return trouble_of((loop.pulse for loop in self._loops if loop.is_alive()), monotonic())

    def _take(self) -> Iterator[Any]:
        """What is in the inbox, after waiting a moment for the first."""
        try:
            yield self._inbox.get(timeout=WAIT_S)
            while True:
                yield self._inbox.get_nowait()
        except Empty:
            return

    def _handle(self, item: Any, now: float) -> None:
        match item:
            case Sample():
                self._on_sample(item, now)
            case ReadsReady():
                self._on_reads(item, now)
            case DeskCrashed():
                _log.critical("plates_crashed")
                self._exit_code = 1
            case Lost(camera, why):
                self._on_lost(camera, why, now)
            case Blind():
                self._on_blind(item, now)
            case Faulty(camera, why):
                self._keep_event(faulty(camera, why), now)
            case Ended(camera, crashed):
                self._on_ended(camera, crashed)
            case Stop():
                self._exit_code = 0 if self._exit_code is None else self._exit_code
            case _:
                self._on_link(item, now)

    def _on_sample(self, sample: Sample, now: float) -> None:
        self._ticks.add(sample, now)
        self._gauges.picture(sample, now)
        for event in self._signs.changed(sample):
            self._keep_event(event, now)
        for correction in sample.step.corrections:
            self._keep_event(corrected(sample.camera, correction), now)
        back = self._troubles.back(sample.camera) if sample.is_picture else None
        if back is not None:
            self._keep_event(back, now)
            self._publish_health(now)

    def _on_reads(self, ready: ReadsReady, now: float) -> None:
        """Tokens go out at once or never; there is no backlog of them."""
        if self._plates and self._link:
            offset_s = None if self._recorded else self._link.clock_offset_s(now)
            for read in self._plates.messages(ready.reads, self._series.boot, self._series.shift_s, offset_s):
                self._link.publish_read(read)

    def _on_lost(self, camera: str, why: str, now: float) -> None:
        self._ticks.leave(camera, "lost")
        self._gauges.blind(camera, "ok")
        lost = self._troubles.lost(camera, why)
        if lost is not None:
            self._keep_event(lost, now)

    def _on_blind(self, blind: Blind, now: float) -> None:
        self._ticks.leave(blind.camera, f"camera {blind.view.wrong}")
        self._gauges.blind(blind.camera, blind.view.wrong)
        event = self._troubles.blind(blind)
        if event is not None:
            self._keep_event(event, now)
            self._publish_health(now)

    def _on_ended(self, camera: str, crashed: bool) -> None:
        self._ticks.leave(camera, "ended")
        if crashed:
            _log.critical("camera_crashed", camera=camera)
            self._exit_code = 1

    def _on_link(self, event: LinkEvent, now: float) -> None:
        if self._link is None:
            return
        command = self._link.handle(event, now)
        if command is not None:
            self._carry_out(command, now)

    def _carry_out(self, command: Command, now: float) -> None:
        if self._link is None or command.command != "announce":
            _log.warning("command_unknown", command=command.command)
            return
        at = now + self._series.shift_s
        self._link.publish_state("info", info_of(self._series.boot, at, self._config, self._detector))
        self._publish_health(now)

    def _work(self, now: float) -> None:
        self._holes.tick(now)
        self._look_at_the_clock(now)
        self._keep_ticks(self._ticks.due(now), now)
        self._keeper.go_on()
        if self._link is None:
            return
        self._link.pump(now)
        if self._renewal.tick(now):
            self._take_new_certificate(self._link, now)
        if now - self._health_at >= HEALTH_EVERY_S:
            self._publish_health(now)

    def _look_at_the_clock(self, now: float) -> None:
        """Take over what the system says of UTC; a recording's times are given, as good as synchronised."""
        if self._recorded:
            self._series.set_clock(True, None)
            return
        synced = clock_is_synced()  # asked first: a time that is set from here on is seen as a step
        by_s = self._clock.stepped_s()
        if by_s is not None:
            self._follow_the_step(by_s, synced, now)
        for offset in self._keeper.correct(now) if synced else ():
            _log.warning("rows_corrected", up_to=offset.up_to, offset_s=offset.offset_s)
        self._series.set_clock(synced, self._link.clock_offset_s(now) if self._link else None)
        if by_s is not None:
            detail = {"by_s": round(by_s, 3), "synced": synced}
            self._keep_event(Event(type="clock_stepped", detail=detail), now)

    def _follow_the_step(self, by_s: float, synced: bool, now: float) -> None:
        """What was measured up to now is reported under the old time and what was known of it."""
        self._keep_ticks(self._ticks.due(now), now)
        last = self._ticks.step(now, by_s)
        self._keep_ticks(iter([last] if last else []), now)
        self._series.shift_s += by_s
        if self._link:
            self._link.shift_s += by_s
        _log.warning("clock_stepped", by_s=round(by_s, 3), synced=synced)

    def _take_new_certificate(self, link: Link, now: float) -> None:
        assert self._config.broker is not None
        try:
            link.renew(Access.of(self._config.broker), now)
        except LinkError as error:
            _log.error("certificate_not_taken", error=str(error))

    def _keep_ticks(self, ticks: Iterator[Tick], now: float) -> None:
        closed = list(ticks)
        if closed:
            reports = [self._series.report(tick.start, tick.end, tick.lanes) for tick in closed]
            self._keeper.keep(reports, now, closed[-1].saved)

    def _keep_event(self, event: Event, now: float) -> None:
        self._keeper.keep([self._series.event(event, now)], now)

    def _publish_health(self, now: float) -> None:
        self._health_at = now
        if self._link is None:
            return
        dropped = {loop.camera.id: loop.dropped for loop in self._loops}
        offset_s = self._link.clock_offset_s(now)
        health = self._gauges.health(self._keeper, dropped, offset_s, self._link.receipt_age_s(now), now)
        plates = self._plates.health() if self._plates else None
        self._link.publish_state("health", replace(health, plates=plates))

    def _leave(self) -> None:
        """The cameras' last words, a last report, `offline`; what is not receipted stays on disk."""
        self._halt.set()
        self._renewal.stop()
        for loop in self._loops:
            loop.join(JOIN_S)
        if self._plates:
            self._plates.stop()
        for item in self._take():
            if not isinstance(item, CallbackFailed):
                self._handle(item, self._clock.now())
        now = self._clock.now()
        self._keep_ticks(self._ticks.due(now), now)
        last = self._ticks.last(now)
        self._keep_ticks(iter([last] if last else []), now)
        self._keep_event(Event(type="stopped"), now)
        if self._link:
            self._await_receipts(self._link)
            self._link.stop(self._clock.now())
        self._keeper.close()
        _log.info("node_stopped", unreceipted=self._keeper.unreceipted)

    def _await_receipts(self, link: Link) -> None:
        """Give central a moment to receipt the last rows; what stays is sent at the next start."""
        until = self._clock.now() + LAST_RECEIPTS_S
        while link.connected and len(self._keeper.outbox) and self._clock.now() < until:
            link.pump(self._clock.now())
            for item in self._take():
                self._on_link(item, self._clock.now())


def _first_moment(cameras: Sequence[CameraConfig], saved: Mapping[str, SavedMeter], now: float) -> float:
    moments = []
    for camera in cameras:
        start = camera.playback.start_at.timestamp() if camera.playback else None
        known = saved.get(camera.id)
        moments.append(first_moment(start, now, known.at if known else 0.0))
    return min(moments)
