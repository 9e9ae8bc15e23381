"""`lanewatch-edge model`: packs that are installed, and packs made of models that users bring."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edge.detection import packs

models = typer.Typer(help="Model packs: list, verify, import.", no_args_is_help=True)


@models.command("list", epilog="Example: lanewatch-edge model list")
def model_list() -> None:
    """Show the packs that are installed."""
    for pack in packs.list_packs():
        card = pack.card
        typer.echo(f"{card.name}  {card.layout}  {card.width}x{card.height}  {card.licence}  {card.summary}")


@models.command("verify", epilog="Example: lanewatch-edge model verify vehicles")
def model_verify(
    names: Annotated[list[str] | None, typer.Argument(help="Packs by name or folder; all, if none.")] = None,
) -> None:
    """Hold packs against the digests on their cards."""
    for pack in [packs.carded(name) for name in names] if names else packs.list_packs():
        packs.verify(pack)
        typer.echo(f"{pack.card.name}  ok  {pack.card.sha256[:12]}")


@models.command(
    "import", epilog="Example: lanewatch-edge model import best.pt --name mine --map lorry_big=truck"
)
def model_import(
    file: Annotated[Path, typer.Argument(help="An ONNX file of a known layout, or Ultralytics .pt weights.")],
    name: Annotated[str | None, typer.Option(help="Name of the pack; the file's, if left out.")] = None,
    dest: Annotated[Path, typer.Option(help="Folder that the pack is made in.")] = packs.REPOSITORY,
    mapped: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="NAME=CLASS", help="A class of the file, by name or row, is our CLASS."
        ),
    ] = None,
) -> None:
    """Make a pack of a model: recognise it, map its classes, try it once, write graph, card and digest."""
    from edge.detection.importing import import_model  # noqa: PLC0415  no other command exports models

    pack = import_model(file, name or file.stem.lower(), dest, mapped or ())
    classes = ", ".join(f"{row} {name}" for row, name in pack.card.classes.items())
    typer.echo(f"{pack.card.name}  {pack.card.layout}  {pack.folder}  classes: {classes}")
