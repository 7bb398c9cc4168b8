"""Errors in the shape that vLLM and OpenAI's own API give them.

No error repeats what the request said: it may be a patient's words.
"""

from __future__ import annotations

import hmac
import logging
import traceback
from typing import TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from pydantic import BaseModel, ValidationError

log = logging.getLogger(__name__)

Shape = TypeVar("Shape", bound=BaseModel)

_TYPES = {
    400: "BadRequestError",
    401: "AuthenticationError",
    404: "NotFoundError",
    413: "BadRequestError",
    503: "ServiceUnavailableError",
}


class ApiError(Exception):
    """What the caller is told instead of a result. `param` is the place in the request, where there is one."""

    def __init__(self, status: int, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param

    def response(self) -> web.Response:
        """The error as a response."""
        return web.json_response(error_object(self.status, self.message, self.param), status=self.status)


def error_object(status: int, message: str, param: str | None = None) -> dict[str, object]:
    """The error as JSON."""
    kind = _TYPES.get(status, "InternalServerError" if status >= 500 else "BadRequestError")
    return {"error": {"message": message, "type": kind, "param": param, "code": status}}


@web.middleware
async def as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever goes wrong below reaches the caller as an error object."""
    try:
        return await handler(request)
    except ApiError as error:
        return error.response()
    except web.HTTPException as error:
        return ApiError(error.status, _plain(request, error)).response()
    except Exception as error:
        # The frames alone: an exception's own text may quote its input.
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("%s %s failed: %s\n%s", request.method, request.path, type(error).__name__, frames)
        return ApiError(500, "The model server failed on this request.").response()


def _plain(request: web.Request, error: web.HTTPException) -> str:
    if error.status == 404:
        return f"There is no {request.path} here."
    if error.status == 413:
        return f"The request is longer than {request.client_max_size} bytes."
    return error.reason


def guard(key: str) -> Middleware:
    """Asks for the bearer token everywhere but at /health."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if request.path != "/health" and not hmac.compare_digest(given.encode(), key.encode()):
            raise ApiError(401, "The bearer token is missing or wrong (MODELS_API_KEY).")
        return await handler(request)

    return check


async def parse(request: web.Request, shape: type[Shape]) -> Shape:
    """The request's body. ApiError 400 that names the place which is wrong."""
    try:
        return shape.model_validate_json(await request.read())
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or None
        told = f"{place}: {first['msg']}" if place else first["msg"]
        raise ApiError(400, told, place) from None


def check_model(name: str, served: str) -> None:
    """ApiError 404 unless `name` is the model that this endpoint serves."""
    if name != served:
        raise ApiError(404, f"This endpoint serves the model `{served}` and no other.", "model")


def check_length(tokens: int, limit: int, place: str) -> None:
    """ApiError 400 when a text has more tokens than its model takes."""
    if tokens > limit:
        raise ApiError(
            400,
            f"{place}: this model's maximum context length is {limit} tokens. However, you requested "
            f"{tokens} tokens. Please reduce the length of the input.",
            place,
        )
