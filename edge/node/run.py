"""The node's process: what it cannot start without, the signals that end it, and its exit code."""

from __future__ import annotations

import signal
import sys

from edge.config import SIGNAL_UNREAD, NodeConfig
from edge.daemon.logs import Log, configure_logs
from edge.detection.detector import vehicle_detector
from edge.detection.layouts import ModelError
from edge.node.access import LinkError
from edge.node.database import OutboxError
from edge.node.node import Node, wall_clock
from edge.node.renewal import forget_given_up
from edge.plates.keys import SecretError

_log = Log()


def run_node(config: NodeConfig) -> int:
    """Measure and report until SIGTERM, SIGINT or the end of its terminal; gives the exit code.

    0: asked to stop. 1: the thread of a camera or of plates ended by a defect. 2: model, broker settings or
    outbox cannot be used; one line on stderr says which and how to mend it.
    """
    configure_logs()
    forget_given_up(config.broker, wall_clock())
    try:
        node = Node(config, vehicle_detector(config.model))
    except (ModelError, LinkError, OutboxError, SecretError) as error:
        print(error, file=sys.stderr)
        return 2
    for lane in (lane for camera in config.cameras for lane in camera.lanes if lane.signal):
        _log.warning("signal_unread", lane=lane.id, said=SIGNAL_UNREAD)
    outlives_terminal = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN  # under `nohup`
    for number in (signal.SIGTERM, signal.SIGINT, *(() if outlives_terminal else (signal.SIGHUP,))):
        signal.signal(number, lambda *_: node.stop())
    return node.run()
