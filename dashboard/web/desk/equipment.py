"""Nodes and cameras: what each said of itself, and in plain words what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.board import Board, CameraView, HealthView, NodeView, TroubleView
from dashboard.portconfig import PortConfig
from dashboard.web.desk.words import DASH, Said, Tongue
from dashboard.web.source import Source
from dashboard.web.traveller import direction_name

SILENT_S = 60.0
HEALTH_OLD_S = 120.0
RECEIPT_S = 120.0
OUTBOX_ROWS = 200
DISK_MB = 500.0
HOT_C = 80.0
CLOCK_S = 1.0
PLATES_ASKED, PLATES_READ = 50, 0.2
"""A smaller share read of so many or more says that camera, light or distance are wrong."""


@dataclass(frozen=True, slots=True)
class CameraRow:
    """One camera; `well` is False when its state is not `ok`."""

    camera: str
    state: str
    well: bool
    fps: str
    dropped: str
    inference: str


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One node: figures, its cameras, and `faults` in words."""

    key: str
    node: str
    link: str
    online: bool | None
    last_report_s: float | None
    figures: tuple[tuple[str, str], ...]
    cameras: tuple[CameraRow, ...]
    faults: tuple[str, ...]
    told_s: float | None


@dataclass(frozen=True, slots=True)
class AsideRow:
    """Messages that were not used."""

    topic: str
    reason: Said
    times: str
    at_s: float


@dataclass(frozen=True, slots=True)
class BesideRow:
    """Something beside the nodes that does not work: who feels it, since when, why, what is next, the fix."""

    key: str
    name: str
    hurts: str
    since: str
    since_s: float
    why: Said
    next: str | None
    fix: str


@dataclass(frozen=True, slots=True)
class EquipmentPage:
    """`groups`: nodes by direction; `beside`: what else does not work."""

    well: str
    beside: tuple[BesideRow, ...]
    groups: tuple[tuple[str, tuple[NodeRow, ...]], ...]
    asides: tuple[AsideRow, ...]


def equipment(source: Source, t: Tongue, port: PortConfig) -> EquipmentPage:
    """The equipment of `port` at this moment."""
    now_s, board = source.now(), source.holder.newest()
    names = {one.id: direction_name(one, t.public) for one in port.directions}
    groups = tuple(
        (names.get(view.direction, view.direction), tuple(_node(t, port, node, now_s) for node in view.nodes))
        for view in board.directions
        if view.port == port.id
    )
    ill = sum(bool(node.faults) for _, nodes in groups for node in nodes)
    total = sum(len(nodes) for _, nodes in groups)
    well = (
        t("equipment.none")
        if not total
        else t.counted("equipment.ill", ill, total=total)
        if ill
        else t.counted("equipment.well", total)
    )
    zone = port.directions[0].timezone
    beside = tuple(_beside(t, one, zone) for one in board.beside if one.port in (None, port.id))
    return EquipmentPage(well, beside, groups, _asides(t, board))


def _beside(t: Tongue, trouble: TroubleView, zone: str) -> BesideRow:
    return BesideRow(
        key=re.sub(r"[^a-zA-Z0-9_]+", "-", f"{trouble.part} {trouble.name}").strip("-"),
        name=t(f"beside.{trouble.part}", name=trouble.name),
        hurts=t(f"beside.{trouble.part}.hurts"),
        since=t("beside.since", moment=t.date_clock(trouble.since_s, zone)),
        since_s=trouble.since_s,
        why=t.said(trouble.why),
        next=None if trouble.next_s is None else t("beside.next", moment=t.date_clock(trouble.next_s, zone)),
        fix=t(f"beside.{trouble.part}.{'refused' if trouble.refused else 'away'}", name=trouble.name),
    )


def _node(t: Tongue, port: PortConfig, node: NodeView, now_s: float) -> NodeRow:
    health = node.health
    return NodeRow(
        key=f"{port.id}-node-{node.node}",
        node=node.node,
        link=t({True: "node.online", False: "node.offline", None: "node.unheard"}[node.online]),
        online=node.online,
        last_report_s=node.last_report_s,
        figures=tuple(_figures(t, node, health)),
        cameras=tuple(_camera(t, camera) for camera in health.cameras) if health else (),
        faults=tuple(faults(t, node, now_s)),
        told_s=health.at_s if health else None,
    )


def _figures(t: Tongue, node: NodeView, health: HealthView | None) -> Iterator[tuple[str, str]]:
    yield t("node.rows"), t.number(node.rows)
    yield t("node.gaps"), t.number(node.gaps)
    if health is None:
        return
    yield t("node.outbox"), t.number(health.outbox_rows)
    yield (
        t("node.disk"),
        _with_unit(t, None if health.disk_free_mb is None else health.disk_free_mb / 1000, 1, "GB"),
    )
    yield t("node.temperature"), _with_unit(t, health.temperature_c, 0, "°C")
    yield t("node.clock"), t("node.synced" if health.synced else "node.unsynced")
    yield t("node.offset"), _with_unit(t, health.clock_offset_s, 3, "s")
    if health.plates is not None:
        yield (
            t("node.plates"),
            t("node.plates_of", read=t.number(health.plates.read), asked=t.number(health.plates.asked)),
        )
    yield (
        t("node.software"),
        " · ".join(filter(None, (health.software, health.model, _provider(health)))) or DASH,
    )


def _provider(health: HealthView) -> str | None:
    """`CPU` of `CPUExecutionProvider`, as onnxruntime names what really runs the model."""
    return health.provider and health.provider.removesuffix("ExecutionProvider")


def _with_unit(t: Tongue, value: float | None, digits: int, unit: str) -> str:
    return DASH if value is None else f"{t.number(value, digits)}\u00a0{t.known('unit', unit)}"


def _camera(t: Tongue, camera: CameraView) -> CameraRow:
    return CameraRow(
        camera=camera.camera,
        state=t.known("camera", camera.state),
        well=camera.state == "ok",
        fps=t.number(camera.fps, 1),
        dropped=t.number(camera.dropped),
        inference=t.number(camera.inference_ms, 0),
    )


def faults(t: Tongue, node: NodeView, now_s: float) -> Iterator[str]:
    """What is wrong with a node, the gravest first."""
    if node.online is False:
        yield t("fault.offline")
    if node.last_report_s is None:
        yield t("fault.never")
    elif now_s - node.last_report_s > SILENT_S:
        yield t("fault.silent", age=t.age(now_s - node.last_report_s))
    if node.health is None:
        yield t("fault.no_health")
    else:
        yield from _health_faults(t, node.health, now_s)
    if node.gaps:
        yield t.counted("fault.gaps", node.gaps)


def _health_faults(t: Tongue, health: HealthView, now_s: float) -> Iterator[str]:
    if now_s - health.at_s > HEALTH_OLD_S:
        yield t("fault.health_old", age=t.age(now_s - health.at_s))
    for camera in health.cameras:
        if camera.state != "ok":
            yield t("fault.camera", camera=camera.camera, state=t.known("camera", camera.state))
    if health.outbox_rows > OUTBOX_ROWS:
        yield t("fault.outbox", n=t.number(health.outbox_rows))
    if not health.outbox_on_disk:
        yield t("fault.outbox_lost")
    if health.receipt_age_s is not None and health.receipt_age_s > RECEIPT_S:
        yield t("fault.receipt", age=t.age(health.receipt_age_s))
    if health.disk_free_mb is not None and health.disk_free_mb < DISK_MB:
        yield t("fault.disk", n=t.number(health.disk_free_mb))
    if health.temperature_c is not None and health.temperature_c >= HOT_C:
        yield t("fault.hot", n=t.number(health.temperature_c))
    if not health.synced:
        yield t("fault.unsynced")
    elif health.clock_offset_s is not None and abs(health.clock_offset_s) > CLOCK_S:
        yield t("fault.offset", n=t.number(abs(health.clock_offset_s), 1))
    plates = health.plates
    if plates is not None and plates.asked >= PLATES_ASKED and plates.read < PLATES_READ * plates.asked:
        yield t("fault.plates", read=t.number(plates.read), asked=t.number(plates.asked))


def _asides(t: Tongue, board: Board) -> tuple[AsideRow, ...]:
    return tuple(
        AsideRow(one.topic, t.said(one.reason), t.number(one.times), one.at_s) for one in board.asides
    )
