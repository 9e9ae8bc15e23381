"""What a fleet of nodes sends: four lanes a node, one report a second, as a busy port fills them."""

from __future__ import annotations

from collections.abc import Iterator

from edge.messages import TOPICS, Booth, LaneReport, NodeReport, Passages, Quality, Queue, encode, utc_ms

LANES = 4
PORTS = 10


def port_of(node: int, ports: int = PORTS) -> str:
    """Nodes are spread over the ports evenly."""
    return f"port{node % ports}"


def config_text(nodes: int, broker_port: int, url: str, http_port: int, ports: int = PORTS) -> str:
    """port.yaml of that fleet: each node gives four booth lanes."""
    lines = [
        f'broker: {{url: "mqtt://127.0.0.1:{broker_port}"}}',
        f'store: {{url: "{url}"}}',
        f"http: {{host: 127.0.0.1, port: {http_port}}}",
        "slice_s: 60",
        "ports:",
    ]
    for port in range(min(ports, nodes)):
        lines += [
            f"  - id: port{port}",
            f"    name: {{en: Port {port}}}",
            "    directions:",
            "      - id: us_bound",
            "        streams:",
            "          - {traffic: commercial, class: fast}",
            "          - {traffic: commercial, class: standard}",
            "        lanes:",
        ]
        for node in range(port, nodes, ports):
            lines += [
                f"          - {{id: n{node}-{lane}, kind: booth, node: n{node},"
                f" serves: [commercial/{'fast' if lane == 0 else 'standard'}]}}"
                for lane in range(LANES)
            ]
    return "\n".join(lines) + "\n"


def message(node: int, seq: int, end_s: float, boot: str = "bench", ports: int = PORTS) -> tuple[str, bytes]:
    """Topic and payload of one report of one second that ends at `end_s` (UTC s)."""
    port, name = port_of(node, ports), f"n{node}"
    report = NodeReport(
        kind="report",
        port=port,
        node=name,
        boot=f"{boot}-{node}",
        seq=seq,
        start=utc_ms(end_s - 1),
        end=utc_ms(end_s),
        synced=True,
        clock_offset_s=0.012,
        lanes=[_lane(node, lane, seq) for lane in range(LANES)],
    )
    return TOPICS["report"].of(port, name), encode(report)


def _lane(node: int, lane: int, seq: int) -> LaneReport:
    served = seq // 40
    return LaneReport(
        lane=f"n{node}-{lane}",
        camera=f"c{lane}",
        kind="booth",
        observed_s=float(seq),
        arrivals={"car": 0, "van": 0, "truck": served + 3, "bus": 0, "motorcycle": 0},
        departures={"car": 0, "van": 0, "truck": served, "bus": 0, "motorcycle": 0},
        in_view_vs=3.0 * seq,
        stopped_vs=2.5 * seq,
        full_s=0.0,
        in_view_max=4,
        queue=Queue(in_view=3, stopped=2, length_m=44.5, at_least=False),
        booth=Booth(occupied_s=0.8 * seq, sign="fast" if lane == 0 else "standard", sign_score=0.97),
        passages=Passages(sum_s=90.0 * served, count=served, buckets=[0, 0, served, *[0] * 9]),
        quality=Quality(fps=5.0, inference_ms=9.4),
    )


def backlog(nodes: int, reports: int, begin_s: float, boot: str) -> Iterator[tuple[str, bytes]]:
    """So many reports, one second of the whole fleet after the other."""
    for n in range(reports):
        seq = n // nodes + 1
        yield message(n % nodes, seq, begin_s + seq, boot)
