"""A recording for the soak: one node with several cameras, all of one view, each with lanes of its own."""

from __future__ import annotations

import copy
from pathlib import Path

from ruamel.yaml import YAML

from scripts.soak.films import put

NODE = "n-soak"


def make_recording(source: Path, folder: Path, cameras: int, film: Path) -> list[Path]:
    """Write port.yaml and nodes/n-soak.yaml after those of `source`; the cameras' films, all sound."""
    yaml = YAML(typ="safe")
    (folder / "nodes").mkdir(parents=True, exist_ok=True)
    node = yaml.load((source / "nodes" / "n-tail.yaml").read_text(encoding="utf-8"))
    port = yaml.load((source / "port.yaml").read_text(encoding="utf-8"))
    (seen,) = node["cameras"]
    node["node"], node["cameras"] = NODE, []
    direction = port["ports"][0]["directions"][0]
    lanes, direction["lanes"] = direction["lanes"], []
    places = []
    for number in range(1, cameras + 1):
        camera = copy.deepcopy(seen)
        camera["id"], camera["source"] = f"c{number}", f"../c{number}.mp4"
        for lane in camera["lanes"]:
            serves = next(one["serves"] for one in lanes if one["id"] == lane["id"])
            lane["id"] = f"c{number}-{lane['id']}"
            direction["lanes"].append({"id": lane["id"], "kind": "booth", "serves": serves, "node": NODE})
        node["cameras"].append(camera)
        places.append(folder / f"c{number}.mp4")
        put(film, places[-1])
    for path, document in ((folder / "port.yaml", port), (folder / "nodes" / f"{NODE}.yaml", node)):
        with path.open("w", encoding="utf-8") as stream:
            yaml.dump(document, stream)
    return places
