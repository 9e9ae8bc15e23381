"""A recorded port as small as it can be, written into a folder."""

from __future__ import annotations

import json
from pathlib import Path

SITE = {
    "scenario": "small", "hours": 1, "shared_approach": False, "trusted_lane_length_m": "whole road",
    "upstream_line_m": 700, "booth_view_m": 120, "upstream_view_m": 120, "stacking_m": 155,
    "upstream_lanes": {"u1": ["truck_std"], "u2": ["truck_fast"]},
    "booths": {"b1": "truck_std", "b2": "truck_fast"},
    "nominal_service_s": {"truck_std": 100, "truck_fast": 60},
    "classes": ["truck_fast", "truck_std"],
}  # fmt: skip
HEADER = (
    "start_s,end_s,lane,zone,posted_class,arrivals,departures,in_view_mean,in_view_max,stopped_mean,"
    "queue_full_view,booth_occ,open_obs"
)


def write_port(folder: Path, minutes: int = 60) -> Path:
    """Trucks queue at both booths for `minutes`; two plates are read at both ends."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.json").write_text(json.dumps(SITE))
    (folder / "noisy.csv").write_text(
        "\n".join([HEADER, *(line for m in range(minutes) for line in lines(m))]) + "\n"
    )
    plates = [
        "at_s,camera,lane,token",
        "100,upstream,u2,aa",
        "160,upstream,u2,bb",
        "400,booth,b2,aa",
        "470,booth,b2,bb",
    ]
    (folder / "plates.csv").write_text("\n".join(plates) + "\n")
    return folder


def lines(minute: int) -> list[str]:
    """The rows of one minute."""
    span = f"{minute * 60},{minute * 60 + 60}"
    sign = "" if minute % 10 == 3 else "truck_fast"
    return [
        f"{span},b1,booth,truck_std,1,{minute % 2},4.10,5,3.20,0,0.90,1",
        f"{span},b2,booth,{sign},1,1,3.00,4,2.10,0,0.80,1",
        f"{span},u1,upstream,truck_std,1,,0.30,1,0.00,0,,",
        f"{span},u2,upstream,truck_fast,1,,0.30,1,0.00,0,,",
    ]
