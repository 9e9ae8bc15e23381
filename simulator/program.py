"""The program `lanewatch-sim`."""

from edge.daemon.starting import ended_without_a_word, hold_standard_streams


def main() -> None:
    """Load the commands and run the one that was given."""
    hold_standard_streams()
    with ended_without_a_word():
        from simulator.cli import main as run  # noqa: PLC0415  it takes a second, in which Ctrl-C may come

    run()
