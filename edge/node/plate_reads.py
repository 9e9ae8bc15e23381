"""What the node tells of plates: tokens under the keys of the day, and counts."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterable, Iterator

from edge.config import PlatesConfig
from edge.messages import PlateHealth, Read, utc_ms
from edge.plates.book import PlateRead
from edge.plates.desk import PlateDesk
from edge.plates.keys import read_secret, valid_keys

STOP_WITHIN_S = 5.0


class Plates:
    """The port's secret, and the desk that reads. What it reads is put where `put` says."""

    def __init__(self, config: PlatesConfig, put: Callable[[object], None]) -> None:
        """Read the secret, load finder and reader; from here on a crash leaves no picture of memory on disk.

        Raises: SecretError, ModelError.
        """
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        self._secret = read_secret(config.secret_file)
        self.desk = PlateDesk(config, put)

    def start(self) -> None:
        """Begin to look."""
        self.desk.start()

    def stop(self) -> None:
        """End after the looks in hand."""
        self.desk.stop(STOP_WITHIN_S)

    def messages(
        self, reads: Iterable[PlateRead], boot: str, shift_s: float, offset_s: float | None
    ) -> Iterator[Read]:
        """The messages of reads: one under each key that is valid by central's clock.

        `shift_s` makes the node's own time UTC; `offset_s` is that UTC minus central's, where it is known.
        """
        for read in reads:
            utc_s = read.at + shift_s
            for key in valid_keys(self._secret, utc_s - (offset_s or 0.0)):
                yield Read(
                    boot=boot,
                    at=utc_ms(utc_s),
                    lane=read.lane,
                    point=read.point,
                    token=key.token(read.text),
                    key_id=key.id,
                )

    def health(self) -> PlateHealth:
        """How reading goes."""
        tally = self.desk.tally
        return PlateHealth(
            model=self.desk.model,
            looks=tally.looks,
            reads=tally.reads,
            abstained=tally.abstained,
            dropped=tally.dropped,
            look_ms=round(1000 * tally.spent_s / tally.looks, 1) if tally.looks else None,
        )
