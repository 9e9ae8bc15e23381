"""`lanewatch-port whatif`: the wait engine read back from the store, asked what a change would do."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dashboard.ahead.ask import Ask, AskError, answer, document
from dashboard.central import REPLAY_S, Central
from dashboard.config import CentralConfig
from dashboard.orders.orders import Orders
from dashboard.plates.travels import Travels
from dashboard.portconfig import PortConfig
from dashboard.store.store import Store
from dashboard.waits.outlook import Outlook
from dashboard.waits.weekly import NO_PAST
from dashboard.waits.whatif import SETTLED_S, Effect

ROWS_A_READ = 2000


def whatif_command(config: CentralConfig, ask: Ask, at_s: float, json_file: Path | None) -> None:
    """Print the next hour of every stream with and without it; raises AskError, StoreAwayError, OSError."""
    port = _port_of(config, ask)
    direction = ask.checked(port)
    outlook = _outlook(config, port.id, direction.id, at_s)
    effects = answer(ask, outlook, NO_PAST)
    if not effects:
        raise AskError(
            f"{port.id} {direction.id}: no wait is known at {_clock(at_s)} of a stream that was counted for "
            f"{SETTLED_S / 60:.0f} min; start the nodes, wait, or ask --at"
        )
    if json_file is not None:
        text = json.dumps(document(ask, port.id, direction.id, outlook.at_s, effects), indent=1)
        json_file.write_text(text + "\n", encoding="utf-8")
    Console().print(_table(ask, outlook, effects))


def _port_of(config: CentralConfig, ask: Ask) -> PortConfig:
    lanes = {lane.id: port for port in config.ports for d in port.directions for lane in d.lanes}
    return lanes.get(ask.lane, config.ports[0])


def _outlook(config: CentralConfig, port: str, direction: str, at_s: float) -> Outlook:
    """What was known at `at_s`, from the reports that were stored by then."""
    store = Store(config.store.url)
    try:
        store.upgrade()
        orders, central = Orders(store), Central(config)
        orders.refresh(at_s)
        central.obey(orders.book())
        central.recall(Travels(store).since(at_s - REPLAY_S))
        cursor = store.last_before(at_s - REPLAY_S)
        last = store.last_before(at_s)
        while cursor < last and (rows := store.after(cursor, min(ROWS_A_READ, last - cursor))):
            central.take([row for row in rows if row.ingest_id <= last])
            cursor = rows[-1].ingest_id
        central.close(at_s)
        central.estimate(at_s)
    finally:
        store.close()
    board = central.board(at_s, lambda port, node: None, 0, None)
    found = next(view for view in board.directions if (view.port, view.direction) == (port, direction))
    if found.outlook is None or at_s - found.outlook.at_s > config.valid_s:
        raise AskError(
            f"{port} {direction}: nothing was measured up to {_clock(at_s)}; start the nodes, or ask --at"
        )
    return found.outlook


def _table(ask: Ask, outlook: Outlook, effects: tuple[Effect, ...]) -> Table:
    served = f" for {', '.join(ask.serves)}" if ask.serves else ""
    table = Table(title=f"{ask.lane} {ask.state}{served} at {_clock(outlook.at_s)}: expected wait, minutes")
    table.add_column("stream")
    table.add_column("at")
    for name in ("as it is", "with it", "change"):
        table.add_column(name, justify="right")
    for effect in effects:
        table.add_row(
            effect.stream,
            _clock(effect.without.at_s),
            *(f"{s / 60:.0f}" for s in (effect.without.wait_s, effect.with_it.wait_s)),
            f"{effect.change_s / 60:+.0f}",
        )
    return table


def _clock(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%H:%M UTC")
