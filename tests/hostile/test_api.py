"""The HTTP API under requests made from its own description: never a fault of ours, whatever is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import Request
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error

from dashboard.access.guard import Caller, Guard, Person
from dashboard.board import BoardHolder
from dashboard.config import load_central
from dashboard.orders.orders import Orders
from dashboard.store.history import History
from dashboard.store.store import Store
from dashboard.web.app import make_app
from tests.dashboard.asgi import Asker
from tests.dashboard.feed_cases import NOW_S
from tests.dashboard.metrics.test_metrics import board
from tests.dashboard.nodes import PORT_YAML


class Everybody:
    """Whoever asks is an administrator."""

    def any(self) -> bool:
        return True

    def caller(self, request: Request) -> Caller:
        return Caller(Person("tester", "admin"))


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.BaseSchema]:
    """The application as served, with orders and history, by its description."""
    file = tmp_path_factory.mktemp("api") / "port.yaml"
    file.write_text(PORT_YAML.format(broker=1883, http=0))
    config = load_central(file)
    store = Store(config.store.url)
    store.upgrade()
    orders = Orders(store)
    orders.refresh(NOW_S)
    app = make_app(
        BoardHolder(board()), config, lambda: NOW_S, Guard(Everybody()), orders=orders, history=History(store)
    )
    yield schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    asker = Asker(app)
    for path in ("/", "/fr", "/manager", "/feed/v1/wait-times.json", "/feed/cbp/bwt.json"):
        assert asker.get(path).status_code == 200
    store.close()


@pytest.mark.slow
def test_no_request_is_a_fault_of_ours(described: schemathesis.BaseSchema) -> None:
    asked = 0
    for found in described.get_all_operations():
        operation = found.ok()
        if operation.path == "/api/v1/stream":  # it has no end
            continue
        asked += 1
        ask_much(operation)
    assert asked > 8


def ask_much(operation: Any) -> None:
    @settings(max_examples=15, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def ask(case: schemathesis.Case) -> None:
        reply = case.call()
        case.validate_response(reply, checks=[not_a_server_error])
        if reply.status_code >= 400 and case.method != "HEAD":
            assert reply.headers["content-type"][0].startswith("application/problem+json")

    ask()
