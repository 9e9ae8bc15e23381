"""`lanewatch-edge count`: its options, what of them goes together, and its progress."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from edge.camera.opening import open_source
from edge.camera.source import Source
from edge.config import CameraConfig, NodeConfig, load_node
from edge.detection.detector import vehicle_detector
from edge.options import Config, Json, Model, OptionError, check_writable, warn, write
from edge.recording.command import Counted, Progress, choose_camera, count_boxes, count_recording

MOST_FPS = 1000.0


def count(
    config: Config,
    video: Annotated[str | None, typer.Argument(help="A video, or a folder of pictures.")] = None,
    boxes: Annotated[
        Path | None, typer.Option(help="Recorded boxes (JSON lines) in place of a video.")
    ] = None,
    camera: Annotated[str | None, typer.Option(help="Which camera of the config; needed if several.")] = None,
    fps: Annotated[
        float | None, typer.Option(min=0.01, max=MOST_FPS, help="Pictures a second, for a folder.")
    ] = None,
    sample_fps: Annotated[
        float | None, typer.Option(min=0.01, max=MOST_FPS, help="Measure so many a second only.")
    ] = None,
    model: Model = None,
    json_file: Json = None,
    annotate: Annotated[Path | None, typer.Option(help="MP4 to write, with all that was seen.")] = None,
    gate: Annotated[
        bool, typer.Option("--gate", help="Look only at pictures in which something moved, as `run` does.")
    ] = False,
) -> int:
    """Count vehicles and measure the queue on a recording, or on recorded boxes.

    Of a damaged recording what can be read is counted and written, but the exit code is 2.

    Examples:

      lanewatch-edge count clip.mp4 --config node.yaml --json out.json --annotate out.mp4

      lanewatch-edge count frames/ --fps 30 --config node.yaml --json out.json

      lanewatch-edge count --boxes boxes.jsonl --config node.yaml --json out.json
    """
    node = load_node(config, recorded=video is not None or boxes is not None)
    chosen = choose_camera(node, camera)
    read = config, video, boxes, chosen.source
    check_writable(json_file, annotate, *read)
    check_writable(annotate, *read)
    if boxes is not None:
        _refuse_beside_boxes(
            {"a video": video, "--annotate": annotate, "--fps": fps, "--model": model, "--gate": gate or None}
        )
        counted = count_boxes(boxes, chosen, sample_fps)
    else:
        counted = _count_video(node, chosen, video, fps, sample_fps, model, annotate, gate)
    write(json_file, counted.document)
    if counted.warning is not None:
        warn(counted.warning)
    if counted.fault is None:
        return 0
    warn(counted.fault)
    return 2


def _refuse_beside_boxes(options: dict[str, object]) -> None:
    given = [name for name, value in options.items() if value is not None]
    if given:
        raise OptionError(
            f"--boxes takes the place of the video, its rate and the model, and has no pictures to annotate; "
            f"drop {' and '.join(given)}"
        )


def _count_video(
    node: NodeConfig,
    camera: CameraConfig,
    video: str | None,
    fps: float | None,
    sample_fps: float | None,
    model: str | None,
    annotate: Path | None,
    gate: bool,
) -> Counted:
    name = video or camera.source
    if name is None:
        raise OptionError(f"camera {camera.id} has no source in the config; give a video, or --boxes")
    source = open_source(name, fps or camera.fps)
    detector = vehicle_detector(model or node.model)
    with _progress(source) as progress:
        return count_recording(source, name, camera, detector, sample_fps, annotate, progress, gate)


@contextmanager
def _progress(source: Source) -> Iterator[Progress]:
    from rich.console import Console  # noqa: PLC0415  3 MB, which a node can do without
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    console = Console(stderr=True)
    columns = (
        TextColumn("counting"),
        BarColumn(),
        TextColumn("{task.completed:.0f} pictures"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("counting", total=source.frames)
        yield lambda number: progress.update(task, completed=number + 1)
