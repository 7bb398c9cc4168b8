"""The built front ends as pages: what is served, and the headers that guard it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

DIST = Path(__file__).parent / "web" / "dist"

_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
)
_YEAR = "public, max-age=31536000, immutable"


class Pages:
    """Serves `dist`. `origins`: the sites that may embed the widget; none named: any."""

    def __init__(self, origins: tuple[str, ...], dist: Path = DIST) -> None:
        self._dist = dist
        self._ancestors = " ".join(("'self'", *origins)) if origins else "*"

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Put the pages' addresses into the server's."""
        router.add_get("/", self._page("index.html", "'self'"))
        router.add_get("/widget", self._page("widget.html", self._ancestors))
        router.add_get("/desk", self._page("desk.html", "'none'"))
        router.add_get("/widget.js", self._page("widget.js", "'none'"))
        if (self._dist / "assets").is_dir():
            router.add_static("/assets", self._dist / "assets")

    def _page(self, name: str, ancestors: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(_request: web.Request) -> web.StreamResponse:
            if not (self._dist / name).is_file():
                return web.Response(status=503, text="The front end is not built: run `make run`.")
            headers = {
                "Content-Security-Policy": _POLICY.format(ancestors=ancestors),
                "Cache-Control": "no-cache",
            }
            return web.FileResponse(self._dist / name, headers=headers)

        return serve


async def guard_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Headers that every response carries."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.path.startswith("/assets/") and response.status == 200:
        response.headers["Cache-Control"] = _YEAR
    elif "/api/" in request.path:
        response.headers.setdefault("Cache-Control", "no-store")
