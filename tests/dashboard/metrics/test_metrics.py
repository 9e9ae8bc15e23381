"""/metrics: what it tells, to whom, and that nobody outside can make it grow."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from dashboard.access.guard import Caller, Guard, Person
from dashboard.board import Board, BoardHolder, CameraView, DirectionView, HealthView, NodeView
from dashboard.broker.metrics import RefusalCollector
from dashboard.broker.refusals import Refusals
from dashboard.config import CentralConfig, load_central
from dashboard.ingest.judge import FAULTS, judge, named_in
from dashboard.metrics.metrics import Metrics
from dashboard.web.app import make_app
from edge.messages import TOPICS, encode
from tests.conftest import REPOSITORY
from tests.dashboard.asgi import Asker
from tests.dashboard.boards import measured, unknown
from tests.dashboard.brokers import broker
from tests.dashboard.feed_cases import NOW_S
from tests.dashboard.nodes import PORT_YAML, TestNode, report, until
from tests.dashboard.test_serve import serving

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]
MONITORING = REPOSITORY / "config" / "monitoring"


def beside() -> dict[str, str | None]:
    return {"public_broker": "away"}


class Parts:
    """Ingest as the metrics ask it."""

    def troubles(self) -> dict[str, str | None]:
        return {"broker": None, "database": "away"}

    def horizon_s(self) -> float:
        return NOW_S - 3.0

    def waiting(self) -> int:
        return 7


@pytest.fixture
def config(tmp_path: Path) -> CentralConfig:
    file = tmp_path / "port.yaml"
    file.write_text(PORT_YAML.format(broker=1883, http=0))
    return load_central(file)


def asked(config: CentralConfig, board: Board, guard: Guard | None = None) -> tuple[Metrics, Asker]:
    holder = BoardHolder(board)
    metrics = Metrics(config, holder, lambda: NOW_S, iter(range(10**6)).__next__)
    metrics.watch(Parts(), lambda: {("testport", "us_bound"): NOW_S - 12.0}, beside)
    app = make_app(holder, config, lambda: NOW_S, guard)
    metrics.add_to(app, guard or Guard())
    return metrics, Asker(app)


def samples(text: str) -> Samples:
    found = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in found}


def of(told: Samples, name: str, **labels: str) -> float | None:
    return told.get((f"lanewatch_{name}", tuple(sorted(labels.items()))))


HEALTH = HealthView(
    at_s=NOW_S,
    cameras=(CameraView("c1", "ok", 5.0, 2, 30.0), CameraView("c2", "dark")),
    outbox_rows=12,
    disk_free_mb=100.0,
    clock_offset_s=-0.2,
)


def board(*cameras: CameraView) -> Board:
    nodes = (
        NodeView("n1", True, NOW_S - 5, 100, 3, HEALTH if not cameras else HealthView(NOW_S, cameras, 0)),
        NodeView("n2", None, None, 0, 0),
    )
    streams = (measured("commercial/fast", 10, 12, 15), unknown("commercial/standard", "held"))
    return Board(NOW_S - 2.0, (DirectionView("testport", "us_bound", streams, (), nodes),))


def test_it_tells_of_streams_nodes_cameras_and_parts(config: CentralConfig) -> None:
    _, asker = asked(config, board())
    reply = asker.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain")
    told = samples(reply.text)
    fast = {"port": "testport", "direction": "us_bound", "stream": "commercial/fast"}
    n1 = {"port": "testport", "node": "n1"}
    assert of(told, "board_age_seconds") == 2.0
    assert of(told, "wait_seconds", **fast) == 720.0
    assert of(told, "stream_state", **fast, state="measured") == 1.0
    assert of(told, "stream_state", **fast, state="unknown") == 0.0
    assert (of(told, "node_online", **n1), of(told, "node_rows_missing", **n1)) == (1.0, 3.0)
    assert of(told, "node_disk_free_bytes", **n1) == 1e8
    assert of(told, "camera_ok", **n1, camera="c2") == 0.0
    assert of(told, "camera_fps", **n1, camera="c1") == 5.0
    assert (of(told, "up", part="broker"), of(told, "up", part="database")) == (1.0, 0.0)
    assert of(told, "up", part="public_broker") == 0.0
    assert (of(told, "ingest_lag_seconds"), of(told, "ingest_waiting")) == (3.0, 7.0)
    assert of(told, "rollup_lag_seconds", port="testport", direction="us_bound") == 12.0
    assert of(told, "node_report_age_seconds", **n1) == 5.0


def test_what_is_not_known_has_no_sample(config: CentralConfig) -> None:
    _, asker = asked(config, board())
    text = asker.get("/metrics").text
    assert 'node_online{node="n2"' not in text
    assert "temperature_celsius{" not in text
    assert not re.search(r"lanewatch_wait(_age)?_seconds{[^}]*standard", text)


def test_a_node_that_invents_cameras_makes_no_more_series_than_its_share(config: CentralConfig) -> None:
    _, asker = asked(config, board(*(CameraView(f"c{n}", "ok") for n in range(5000))))
    assert asker.get("/metrics").text.count("lanewatch_camera_ok{") == 16


def test_requests_are_counted_by_route_and_not_by_path(config: CentralConfig) -> None:
    _, asker = asked(config, board())
    for path in (
        "/feed/v1/wait-times.json",
        "/feed/v1/wait-times.json",  # of the same second: kept
        "/FEED/v1/Wait-Times.json",
        "/healthz",
        "/a",
        "/b",
        "/static/public.css",
    ):
        asker.get(path)
    asker.send("BREW", "/healthz")
    told = samples(asker.get("/metrics").text)
    feed = {"route": "/feed/v1/wait-times.json", "method": "GET", "code": "200"}
    assert of(told, "http_requests_total", **feed) == 3.0
    assert of(told, "http_requests_total", route="other", method="GET", code="404") == 2.0
    assert of(told, "http_requests_total", route="/static", method="GET", code="200") == 1.0
    assert of(told, "http_first_byte_seconds_count", route="/healthz") == 2.0
    assert {dict(labels)["method"] for (name, labels) in told if name.endswith("requests_total")} <= {
        "GET",
        "other",
    }


def test_a_refused_sign_in_and_a_long_request_are_counted(config: CentralConfig) -> None:
    metrics, asker = asked(config, board())
    scope = {"type": "http", "method": "POST", "path": "/sign-in", "route": Route("/sign-in")}
    for code in (303, 403, 429):
        metrics.http.answered(scope, code, 0.1)
    told = samples(asker.get("/metrics").text)
    assert told["lanewatch_sign_ins_refused_total", ()] == 2.0
    assert of(told, "http_limited_total", limit="rate") == 1.0
    asker.send("POST", "/healthz", "x" * 100_000)
    assert of(samples(asker.get("/metrics").text), "http_limited_total", limit="size") == 1.0


class Route:
    """A route, as the router notes it."""

    def __init__(self, path: str) -> None:
        self.path = path


class Known:
    """Accounts are set up; whoever sends a name is a viewer."""

    def any(self) -> bool:
        return True

    def caller(self, request: object) -> Caller | None:
        name = request.headers.get("X-Name")  # type: ignore[attr-defined]
        return Caller(Person(name, "viewer")) if name else None


def test_it_is_for_this_machine_or_for_those_who_signed_in(config: CentralConfig) -> None:
    _, asker = asked(config, board())
    outside = Asker(asker.app, client="192.0.2.7")
    assert (asker.get("/metrics").status_code, outside.get("/metrics").status_code) == (200, 403)
    _, asker = asked(config, board(), Guard(Known()))
    assert asker.get("/metrics").status_code == 401
    assert asker.get("/metrics", {"X-Name": "prometheus"}).status_code == 200


def test_ingest_is_counted_with_labels_of_port_yaml_alone(config: CentralConfig) -> None:
    metrics, asker = asked(config, board())
    named = named_in(config)
    topic = TOPICS["report"].of("testport", "n1")
    odd = [(f"lanes/v1/p{n}/n{n}/report", encode(report(1, port=f"p{n}", node=f"n{n}"))) for n in range(50)]
    came = [
        (topic, encode(report(1))),
        (topic, encode(report(1))),
        (topic, encode(report(2, lane="b9"))),
        (topic, b"{}"),
        (topic, encode(report(1, node="n2"))),
        ("x/y", b""),
        (TOPICS["status"].of("testport", "n9"), b'{"state":"online","boot":"b","at":"2026-01-01T00:00:00Z"}'),
        *odd,
    ]
    metrics.ingest.committed([judge(*one, NOW_S, named) for one in came], new=52, took_s=0.02)
    told = samples(asker.get("/metrics").text)
    assert of(told, "reports_held_total", port="testport") == 3.0
    assert of(told, "reports_held_total", port="other") == 50.0
    assert of(told, "reports_duplicate_total") == 1.0
    assert of(told, "messages_total", topic="report") == 55.0
    found = {fault: of(told, "messages_set_aside_total", fault=fault) for fault in FAULTS}
    assert found == {
        "topic": 1, "malformed": 1, "other_node": 1, "unprintable": 0, "unnamed_node": 51, "unnamed_lane": 1,
    }  # fmt: skip
    assert of(told, "ingest_commit_seconds_count") == 1.0


@pytest.fixture
def names(config: CentralConfig, tmp_path: Path) -> set[str]:
    """Every sample name that /metrics of central and of the broker can hold."""
    _, asker = asked(config, board())
    refused = RefusalCollector(Refusals(tmp_path / "nats.log")).collect()
    families = [*text_string_to_metric_families(asker.get("/metrics").text), *refused]
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
    return {f"{family.name}{end}" for family in families for end in endings.get(family.type, ("",))}


USED = re.compile(r"\b(?:lanewatch|process)_\w+")


def expressions() -> Iterator[tuple[str, str]]:
    """Every expression of dashboard and alerts, with where it stands."""
    dashboard = json.loads((MONITORING / "grafana-lanewatch.json").read_text())
    for panel in dashboard["panels"]:
        yield from ((panel["title"], target["expr"]) for target in panel["targets"])
    rules = YAML(typ="safe").load((MONITORING / "lanewatch-alerts.yaml").read_text())
    for group in rules["groups"]:
        yield from ((rule["alert"], rule["expr"]) for rule in group["rules"])


def test_dashboard_and_alerts_name_only_metrics_that_exist(names: set[str]) -> None:
    used = [(where, name) for where, text in expressions() for name in USED.findall(text)]
    assert len(used) > 30
    assert [(where, name) for where, name in used if name not in names] == []


def test_every_metric_of_ours_is_described_in_the_docs(names: set[str]) -> None:
    page = (REPOSITORY / "docs" / "operations.md").read_text()
    bare = {
        re.sub(r"_(total|bucket|count|sum|created)$", "", name)
        for name in names
        if name.startswith("lanewatch")
    }
    assert sorted(name for name in bare if name not in page) == []


@pytest.mark.slow
def test_a_served_central_tells_what_it_did(tmp_path: Path) -> None:
    with broker("nats", tmp_path / "broker") as port, serving(tmp_path, port) as served:
        assert until(served.is_ready), served.log()
        node = TestNode(port)
        node.send_bytes("lanes/v1/testport/n1/report", b"{}")
        node.send(report(seq) for seq in range(1, 11))
        assert until(lambda: len(node.receipted()) == 10)
        known = len(node.receipts)
        node.send(report(seq) for seq in range(1, 11))
        assert until(lambda: len(node.receipts) > known)
        node.close()

        def told() -> Samples:
            return samples(served.get("/metrics")[1].decode())

        assert until(lambda: of(told(), "reports_duplicate_total") == 10.0)
        now = told()
        assert of(now, "reports_held_total", port="testport") == 20.0
        assert of(now, "messages_set_aside_total", fault="malformed") == 1.0
        assert (of(now, "up", part="broker"), of(now, "up", part="database")) == (1.0, 1.0)
        assert (of(now, "receipts_total") or 0) >= 2
        assert of(now, "http_requests_total", route="/readyz", method="GET", code="200")
        assert now["process_resident_memory_bytes", ()] > 0
