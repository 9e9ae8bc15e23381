"""What is refused over HTTP, as problem documents (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"


class ProblemError(Exception):
    """A request is refused: `detail` is one sentence for the one who asked."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or {}


def problem_reply(problem: ProblemError) -> Response:
    """The document; its title is the phrase of the status."""
    document = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    headers = {"Cache-Control": "no-store", **problem.headers}
    return JSONResponse(document, problem.status, headers=headers, media_type=MEDIA_TYPE)


def add_problems(app: FastAPI) -> None:
    """Every ProblemError of a route, and every request that does not fit one, becomes its document."""

    def answer(_: Request, problem: Exception) -> Response:
        assert isinstance(problem, ProblemError)
        return problem_reply(problem)

    def misfit(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return problem_reply(ProblemError(422, _first_fault(error)))

    app.add_exception_handler(ProblemError, answer)
    app.add_exception_handler(RequestValidationError, misfit)


def _first_fault(error: RequestValidationError) -> str:
    """`for_min: Input should be greater than 0`."""
    fault = error.errors()[0]
    where = ".".join(str(part) for part in fault["loc"] if part not in ("body", "query", "path"))
    return f"{where or 'body'}: {fault['msg']}."
