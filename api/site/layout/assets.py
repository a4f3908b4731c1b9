"""Static files: the site's own and those of Swagger UI, kept in memory with their compressed form.

An address that carries the file's fingerprint (`?v=`) never changes its content and is kept for a
year; any other is asked again after a while, by entity tag.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Request, Response

from api.http.semantics.compression import gzipped, takes_gzip
from domain.kernel.errors import NotFound

SITE, SWAGGER = "/static", "/swagger"
_FOR_A_YEAR = "public, max-age=31536000, immutable"
_FOR_A_WHILE = "public, max-age=300"
_LEVEL = 6  # each file is compressed once
_MEDIA = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Asset:
    """A public file; every coding of it has an entity tag of its own (RFC 9110, 8.8.3.3)."""

    content: bytes
    media: str

    @cached_property
    def fingerprint(self) -> str:
        return sha256(self.content).hexdigest()[:12]

    @cached_property
    def packed(self) -> bytes:
        return gzipped(self.content, _LEVEL)

    def reply(self, request: Request, caching: str = _FOR_A_WHILE) -> Response:
        """Returns the file in a coding that the client accepts."""
        headers = {"Cache-Control": caching, "Vary": "Accept-Encoding"}
        if takes_gzip(request.headers) and len(self.packed) < len(self.content):
            headers |= {"ETag": f'"{self.fingerprint}-gzip"', "Content-Encoding": "gzip"}
            return Response(self.packed, headers=headers, media_type=self.media)
        headers["ETag"] = f'"{self.fingerprint}"'
        return Response(self.content, headers=headers, media_type=self.media)


@cache
def _folders() -> dict[str, Path]:
    swagger = find_spec("fastapi_swagger")
    assert swagger
    assert swagger.origin
    return {
        SITE: Path(__file__).parent / "static",
        SWAGGER: Path(swagger.origin).parent / "resources",
    }


@cache
def _names(folder: str) -> frozenset[str]:
    return frozenset(file.name for file in _folders()[folder].iterdir() if file.suffix in _MEDIA)


@cache
def _read(folder: str, name: str) -> Asset:
    file = _folders()[folder] / name
    return Asset(file.read_bytes(), _MEDIA[file.suffix])


def asset(folder: str, name: str) -> Asset:
    """Returns a file by its name.  Raises NotFound."""
    if name not in _names(folder):
        raise NotFound("没有这个文件")
    return _read(folder, name)


def asset_address(name: str, folder: str = SITE) -> str:
    """Returns the address of a file with its fingerprint."""
    return f"{folder}/{name}?v={asset(folder, name).fingerprint}"


@router.get(f"{SITE}/{{name}}")
async def site_file(request: Request, name: str, v: str = "") -> Response:
    return _reply(request, asset(SITE, name), v)


@router.get(f"{SWAGGER}/{{name}}")
async def swagger_file(request: Request, name: str, v: str = "") -> Response:
    return _reply(request, asset(SWAGGER, name), v)


@router.get("/favicon.ico")
async def favicon(request: Request) -> Response:
    return asset(SITE, "favicon.svg").reply(request)


def _reply(request: Request, file: Asset, version: str) -> Response:
    return file.reply(request, _FOR_A_YEAR if version == file.fingerprint else _FOR_A_WHILE)
