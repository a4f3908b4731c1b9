"""What the site tells programs: the description of the API, robots.txt, the sitemap."""

import json
from html import escape

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from api.http.dependencies import ReadDb, TheContainer
from api.site.layout.assets import Asset
from api.site.layout.rendering import DOCUMENTATION, page
from domain.catalogue.stages import Listing
from projections.catalogue import projection as catalogue

_PAGES = ("/", "/catalogue", "/about", "/law", "/data")
_CLOSED = ("/api/", "/audit", "/session", "/sign-in", "/sign-out")
_FOR_AN_HOUR = {"Cache-Control": "public, max-age=3600"}
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"  # a name, not a place

router = APIRouter(include_in_schema=False)


@router.get("/docs", response_class=HTMLResponse)
async def documentation(request: Request) -> Response:
    reply = page(request, "docs.html", {})
    reply.headers.update(DOCUMENTATION)
    return reply


@router.get("/openapi.json")
async def description(request: Request) -> Response:
    """The OpenAPI document, rendered once."""
    state = request.app.state
    if not hasattr(state, "description"):
        content = json.dumps(request.app.openapi(), ensure_ascii=False).encode()
        state.description = Asset(content, "application/json")
    description: Asset = state.description
    return description.reply(request)


@router.get("/robots.txt")
async def robots(container: TheContainer) -> Response:
    closed = "".join(f"Disallow: {path}\n" for path in _CLOSED)
    sitemap = f"Sitemap: {container.settings.address}/sitemap.xml\n"
    return PlainTextResponse(f"User-agent: *\n{closed}\n{sitemap}", headers=_FOR_AN_HOUR)


@router.get("/sitemap.xml")
async def sitemap(container: TheContainer, read_db: ReadDb) -> Response:
    """Lists the lasting pages.  An entry of the disclosure list ends, so it is left out."""
    rows = await read_db.all(catalogue.items().where(catalogue.t.listing != Listing.DELISTED))
    paths = [*_PAGES, *(f"/catalogue/{row.item_code}" for row in rows)]
    addresses = (escape(container.settings.address + path) for path in paths)
    urls = "".join(f"<url><loc>{address}</loc></url>\n" for address in addresses)
    text = f'{_XML}<urlset xmlns="{_SITEMAP}">\n{urls}</urlset>\n'
    return Response(text, headers=_FOR_AN_HOUR, media_type="application/xml")
