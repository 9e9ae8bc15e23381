"""Rebuild the plate pack: `python -m models.training.plates --shared ../shared --out models/plates`."""

from dataclasses import replace

from models.training.augment import Ways
from models.training.build import arguments, mean_best, rebuild
from models.training.card import Kind
from models.training.learn import Plan
from models.training.nanodet import PLATES
from models.training.plate_sets import held_sets, sources
from models.training.start import plate_start, published

PLAN = Plan(
    steps=900,
    sizes=((544, 320), (544, 320), (416, 256), (416, 416), (320, 320)),
    mosaic=0.25,
    ways=Ways(least=0.5, largest=1.9),
)
KIND = Kind(
    PLATES,
    width=544,
    height=320,
    summary="Number plates of vehicles, to be found and blurred or read; any country's.",
)


def main() -> None:
    """Fetch the start, learn, choose the score, and write the pack."""
    given = arguments(__doc__, "plates", PLAN.steps)
    net = plate_start(published(given.work))
    plan = replace(PLAN, steps=given.steps)
    rebuild(
        given,
        KIND,
        net,
        sources(given.shared),
        plan,
        held_sets(given.shared),
        lambda found: mean_best(found, 1.0),
        "its car row learnt to find plates, all weights trained further",
    )


if __name__ == "__main__":
    main()
