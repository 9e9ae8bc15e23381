"""What is refused over HTTP, as problem documents (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from dashboard.orders.rules import NoSuchThingError
from dashboard.web.french import in_french

MEDIA_TYPE = "application/problem+json"

Lost = Callable[[Request, int, str], Response]
"""(request, status, why) -> a page that says so."""


class ProblemError(HTTPException):
    """A request is refused: `detail` is one sentence for the one who asked.

    A person whose browser asks for a page is sent to `page` instead, if there is one.
    """

    def __init__(
        self, status: int, detail: str, headers: Mapping[str, str] | None = None, page: str | None = None
    ) -> None:
        super().__init__(status, detail, headers)
        self.page = page


_SAID: Mapping[str, str] = {
    "Not Found": "There is nothing at this address; /feed and /api say what there is.",
    "Method Not Allowed": "This address does not take that method; the header Allow names those it takes.",
}
"""What the framework refuses with its bare phrase."""


def problem_reply(problem: HTTPException, request: Request | None = None) -> Response:
    """The document; its title is the phrase of the status, its detail French where `request` prefers that."""
    detail = _SAID.get(problem.detail, problem.detail)
    french = in_french(detail) if request is not None and _prefers_french(request) else None
    document = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status_code).phrase,
        "status": problem.status_code,
        "detail": french or detail,
    }
    language = {} if french is None else {"Content-Language": "fr"}
    headers = {"Cache-Control": "no-store", **language, **(problem.headers or {})}
    return JSONResponse(document, problem.status_code, headers=headers, media_type=MEDIA_TYPE)


def add_problems(app: FastAPI, lost: Lost | None = None) -> None:
    """Every refusal becomes its document, also of an unknown path or port, a misfit, and a fault of ours.

    `lost` makes the page for a person whose browser asks for a page and gets none.
    """

    def answer(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, HTTPException)
        page = getattr(problem, "page", None)
        if problem.status_code == 405:
            problem.headers = {**(problem.headers or {}), "Allow": ", ".join(_methods(request))}
        if page and request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
            return RedirectResponse(page, 303, headers={"Cache-Control": "no-store"})
        return told(request, problem)

    def misfit(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return told(request, ProblemError(422, _first_fault(error, request)))

    def missing(request: Request, error: Exception) -> Response:
        return told(request, ProblemError(404, str(error)))

    def broken(request: Request, _: Exception) -> Response:
        return told(request, ProblemError(500, "This is a fault of ours; the log of central tells more."))

    def told(request: Request, problem: HTTPException) -> Response:
        if lost is None or not _wants_page(request):
            return problem_reply(problem, request)
        page = lost(request, problem.status_code, problem.detail)
        page.headers.update({"Cache-Control": "no-store", **(problem.headers or {})})
        return page

    app.add_exception_handler(Exception, broken)
    app.add_exception_handler(HTTPException, answer)
    app.add_exception_handler(RequestValidationError, misfit)
    app.add_exception_handler(NoSuchThingError, missing)


def _methods(request: Request) -> list[str]:
    """What this address takes, over all its routes: the framework names those of the first one alone."""
    found: set[str] = set()
    for route in request.app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= getattr(route, "methods", None) or set()
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


def _prefers_french(request: Request) -> bool:
    return request.headers.get("Accept-Language", "").strip().lower().startswith("fr")


def _wants_page(request: Request) -> bool:
    programs = request.url.path.startswith(("/api/", "/feed/", "/static/"))
    return not programs and "text/html" in request.headers.get("Accept", "")


def _first_fault(error: RequestValidationError, request: Request) -> str:
    """`for_min: Input should be greater than 0`."""
    fault = error.errors()[0]
    if fault["type"] == "model_attributes_type" and "json" not in request.headers.get("Content-Type", ""):
        return "body: send JSON, with the header Content-Type: application/json."
    if fault["type"] == "json_invalid":
        return f"body: JSON is malformed: {fault['ctx']['error']}"
    where = ".".join(str(part) for part in fault["loc"] if part not in ("body", "query", "path"))
    return f"{where or 'body'}: {fault['msg']}."
