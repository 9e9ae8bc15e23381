"""`lanewatch-port`: the commands of the central side. Errors end here, as one line and exit code 2."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

from dashboard.access import cli as access
from dashboard.authority import cli as authority
from dashboard.faults import FaultError, check_writable
from dashboard.faults import mendable as _mendable
from dashboard.feeds.instants import utc_s
from dashboard.webhooks import cli as webhooks

BAD_INPUT = 2
INTERRUPTED = 130


app = typer.Typer(
    name="lanewatch-port",
    help="Waits at a border port, from what its camera nodes report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(access.account, name="account")
app.add_typer(access.token, name="token")
app.add_typer(authority.app)
app.add_typer(webhooks.webhook, name="webhook")
truth = typer.Typer(help="What vehicles really waited, for the back-test.", no_args_is_help=True)
app.add_typer(truth, name="truth")

ConfigFile = Annotated[Path, typer.Option("--config", help="port.yaml", metavar="FILE")]


@app.command(epilog="Example: lanewatch-port serve --config port.yaml")
def serve(
    config: ConfigFile,
    takes_in: Annotated[
        bool, typer.Option("--ingest/--no-ingest", help="take in reports too, or leave that to workers")
    ] = True,
) -> None:
    """Take in reports, estimate waits, serve pages and feeds, until SIGTERM or Ctrl-C."""
    from dashboard.config import load_central  # noqa: PLC0415 - the help must not wait for the web stack
    from dashboard.serve import FAULTS  # noqa: PLC0415
    from dashboard.serve import serve as run  # noqa: PLC0415

    with _mendable(*FAULTS):
        raise typer.Exit(run(load_central(config), takes_in=takes_in))


@app.command(epilog="Example: lanewatch-port ingest --config port.yaml --ports ambassador,bluewater")
def ingest(
    config: ConfigFile,
    ports: Annotated[str, typer.Option(help="ports of port.yaml, with commas", metavar="PORT,...")],
    forget: Annotated[
        bool, typer.Option("--forget", help="end this worker's session at the broker, and exit")
    ] = False,
) -> None:
    """Take in the reports of some ports, beside `serve --no-ingest`; needs PostgreSQL."""
    from dashboard.config import load_central  # noqa: PLC0415
    from dashboard.ingest.link import BrokerConfigError  # noqa: PLC0415
    from dashboard.ingest.worker import WorkerError, run_worker  # noqa: PLC0415
    from dashboard.store.store import StoreUrlError  # noqa: PLC0415

    with _mendable(BrokerConfigError, StoreUrlError, WorkerError):
        chosen = tuple(filter(None, ports.split(",")))
        raise typer.Exit(run_worker(load_central(config), chosen, forget=forget))


@app.command(epilog="Example: lanewatch-port broker --dir /var/lib/lanewatch/broker")
def broker(
    folder: Annotated[Path, typer.Option("--dir", help="where the broker keeps its files", metavar="DIR")],
    port: Annotated[int, typer.Option(min=1, max=65535, help="MQTT port")] = 1883,
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    binary: Annotated[
        Path | None, typer.Option(help="your own nats-server instead of the bundled one", metavar="FILE")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="port.yaml: mutual TLS and rights by enrolment", metavar="FILE")
    ] = None,
    cluster: Annotated[
        bool, typer.Option("--cluster", help="three servers: one may die (on three machines: config/cluster)")
    ] = False,
    metrics: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="port of this machine for Prometheus: what was refused"),
    ] = None,
) -> None:
    """Run the embedded MQTT broker until SIGTERM or Ctrl-C.

    Without --config anybody who can connect may do anything: for trials on one machine.
    """
    from dashboard.authority.cli import broker_files  # noqa: PLC0415
    from dashboard.broker.broker import run_broker  # noqa: PLC0415
    from dashboard.broker.cluster import run_cluster  # noqa: PLC0415
    from dashboard.broker.natsbinary import BrokerError  # noqa: PLC0415

    with _mendable(BrokerError):
        files = broker_files(config) if config else None
        run = run_cluster if cluster else run_broker
        raise typer.Exit(run(folder, port, host, binary, files, metrics))


@app.command(epilog="Example: lanewatch-port backup --config port.yaml --out monday.lanewatch")
def backup(
    config: ConfigFile,
    out: Annotated[Path, typer.Option(help="file to write; one that is there is refused", metavar="FILE")],
) -> None:
    """Copy the store to one file, while it is in use or not; no accounts, no keys are in it."""
    from dashboard.config import load_central  # noqa: PLC0415
    from dashboard.store.backup import FAULTS, back_up  # noqa: PLC0415
    from dashboard.store.copying import copying  # noqa: PLC0415

    check_writable(out, config)
    with _mendable(*FAULTS), copying() as progress:
        back_up(load_central(config).store.url, out, progress)


@app.command(epilog="Example: lanewatch-port restore monday.lanewatch --config port.yaml")
def restore(
    file: Annotated[Path, typer.Argument(help="what `backup` wrote", metavar="FILE")], config: ConfigFile
) -> None:
    """Fill the empty store that port.yaml names from a backup, on SQLite or PostgreSQL."""
    from dashboard.config import load_central  # noqa: PLC0415
    from dashboard.store.backup import FAULTS  # noqa: PLC0415
    from dashboard.store.backup import restore as run  # noqa: PLC0415
    from dashboard.store.copying import copying  # noqa: PLC0415

    with _mendable(*FAULTS), copying() as progress:
        sealed = run(file, load_central(config).store.url, progress)
    if not sealed:
        typer.echo(f"{file}: is of an older program, without a checksum: damage would go unseen", err=True)


@app.command(epilog="Example: lanewatch-port stored --config port.yaml --json stored.json")
def stored(
    config: ConfigFile,
    json_file: Annotated[Path, typer.Option("--json", help="file to write", metavar="FILE")],
) -> None:
    """Write what the store holds of each node and boot, with the gaps; `serve` may run or not."""
    from dashboard.config import load_central  # noqa: PLC0415
    from dashboard.store.store import StoreAwayError, StoreUrlError  # noqa: PLC0415
    from dashboard.store.stored import write_stored  # noqa: PLC0415

    check_writable(json_file, config)
    with _mendable(StoreAwayError, StoreUrlError):
        write_stored(load_central(config), json_file)


@app.command(epilog="Example: lanewatch-port official https://bwt.cbp.gov/api/bwtnew --config port.yaml")
def official(
    source: Annotated[str, typer.Argument(help="file or address of an official feed", metavar="FILE|URL")],
    config: Annotated[
        Path | None,
        typer.Option("--config", help="port.yaml: keep what it says of these streams", metavar="FILE"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Read an official feed (CBP JSON, XML, RSS; CBSA CSV, HTML; WSDOT; DriveBC) and keep it."""
    from dashboard.config import load_central  # noqa: PLC0415
    from dashboard.official.command import official as run  # noqa: PLC0415
    from dashboard.official.reading import OfficialError  # noqa: PLC0415
    from dashboard.store.store import StoreAwayError, StoreUrlError  # noqa: PLC0415

    with _mendable(OfficialError, StoreAwayError, StoreUrlError):
        run(source, None if config is None else load_central(config), as_json)


@app.command(epilog="Example: lanewatch-port estimate ambassador --out est.csv --feed minute --no-matches")
def estimate(
    scenario: Annotated[Path, typer.Argument(help="folder of a recorded port", metavar="SCENARIO_DIR")],
    out: Annotated[Path, typer.Option(help="csv file to write", metavar="FILE")],
    feed: Annotated[str, typer.Option(help="noisy or minute")] = "noisy",
    matches: Annotated[bool, typer.Option("--matches/--no-matches", help="use plates.csv")] = True,
) -> None:
    """Run the wait engine on a recorded port."""
    from dashboard.recorded.estimate import estimate_command  # noqa: PLC0415

    check_writable(out, *scenario.glob("*"))
    with _mendable():
        raise typer.Exit(estimate_command(scenario, out, feed, matches))


@app.command(
    epilog="Example: lanewatch-port whatif --config port.yaml --lane b5 --state closed --json answer.json"
)
def whatif(
    config: ConfigFile,
    lane: Annotated[str, typer.Option(help="the booth", metavar="ID")],
    state: Annotated[str, typer.Option(help="open or closed")],
    serves: Annotated[list[str] | None, typer.Option(help="whom it would serve", metavar="STREAM")] = None,
    at: Annotated[
        str | None, typer.Option(help="as things stood then, UTC (default: now)", metavar="TIME")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="answer to write", metavar="FILE")] = None,
) -> None:
    """What would opening, closing or re-designating a booth do to the waits of the next hour?"""
    from dashboard.ahead.ask import Ask, AskError  # noqa: PLC0415
    from dashboard.ahead.command import whatif_command  # noqa: PLC0415
    from dashboard.config import load_central  # noqa: PLC0415
    from dashboard.store.store import StoreAwayError, StoreUrlError  # noqa: PLC0415

    check_writable(json_file, config)
    if state not in ("open", "closed"):
        raise FaultError(f"--state {state}: is not known; use open or closed")
    with _mendable(AskError, StoreAwayError, StoreUrlError):
        ask = Ask(lane, "open" if state == "open" else "closed", tuple(serves) if serves else None)
        whatif_command(load_central(config), ask, _utc_s("--at", at), json_file)


@app.command(epilog="Example: lanewatch-port backtest --config port.yaml --from 2026-11-01 --to 2026-12-01")
def backtest(
    config: ConfigFile,
    begins: Annotated[str, typer.Option("--from", help="first instant, UTC", metavar="TIME")],
    ends: Annotated[str | None, typer.Option("--to", help="end, UTC (default: now)", metavar="TIME")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="figures to write", metavar="FILE")] = None,
) -> None:
    """How right were the figures? Expected waits and forecasts against what vehicles then waited."""
    from dashboard.accuracy.command import backtest_command  # noqa: PLC0415
    from dashboard.config import load_central  # noqa: PLC0415
    from dashboard.store.store import StoreAwayError, StoreUrlError  # noqa: PLC0415

    check_writable(json_file, config)
    from_s, to_s = _utc_s("--from", begins), _utc_s("--to", ends)
    if to_s <= from_s:
        raise FaultError("--to: is not after --from; give the later one as --to")
    with _mendable(StoreAwayError, StoreUrlError):
        backtest_command(load_central(config), from_s, to_s, json_file)


@truth.command("import", epilog="Example: lanewatch-port truth import runs.csv --config port.yaml")
def truth_import(
    runs: Annotated[Path, typer.Argument(help="probe runs as CSV", metavar="RUNS.csv")],
    config: ConfigFile = Path("port.yaml"),
) -> None:
    """Take in timed runs of vehicles of your own: port, direction, stream, joined_at, reached_at."""
    from dashboard.accuracy.command import import_command  # noqa: PLC0415
    from dashboard.accuracy.runs import RunsError  # noqa: PLC0415
    from dashboard.config import load_central  # noqa: PLC0415
    from dashboard.store.store import StoreAwayError, StoreUrlError  # noqa: PLC0415

    with _mendable(RunsError, StoreAwayError, StoreUrlError):
        import_command(load_central(config), runs, _utc_s("now", None))


def _utc_s(option: str, text: str | None) -> float:
    """UTC seconds; None is now."""
    if text is None:
        return datetime.now(UTC).timestamp()  # noqa: TID251 - a command's now
    try:
        return utc_s(text)
    except ValueError:
        raise FaultError(f"{option}: {text} is no time; write 2026-11-25 or 2026-11-25T15:34:30Z") from None


@app.command(epilog="Example: lanewatch-port demo --seconds 240 --json demo.json")
def demo(
    recordings: Annotated[
        Path | None, typer.Option(help="a folder made by lanewatch-sim render", metavar="DIR")
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="end by itself after so long")] = None,
    http_port: Annotated[int | None, typer.Option(min=0, max=65535, help="port of the pages")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="result to write", metavar="FILE")] = None,
) -> None:
    """Broker, central and two nodes on recordings, on this machine, judged against the truth."""
    from dashboard.demo.children import ChildError  # noqa: PLC0415
    from dashboard.demo.command import run_demo  # noqa: PLC0415
    from dashboard.demo.recording import RecordingError  # noqa: PLC0415
    from dashboard.demo.truth import TruthError  # noqa: PLC0415

    check_writable(json_file)
    with _mendable(ChildError, RecordingError, TruthError):
        raise typer.Exit(run_demo(recordings, seconds, http_port, json_file))


def main() -> None:
    """Entry point: what the user can mend becomes one line on stderr and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except FaultError as error:
        code = _said(str(error), BAD_INPUT)
    except TyperException as error:
        code = _said(error.format_message(), error.exit_code)
    except (KeyboardInterrupt, Abort):
        code = INTERRUPTED
    sys.exit(code)


def _said(line: str, code: int) -> int:
    print(line, file=sys.stderr)
    return code
