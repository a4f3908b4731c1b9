"""How an endpoint describes an answer that is a file."""

from typing import Any

_BYTES = {"schema": {"type": "string", "format": "binary"}}
_TEXT = {"schema": {"type": "string"}}
_NAME = {"Content-Disposition": {"$ref": "#/components/headers/Content-Disposition"}}


def file_of(*media_types: str, description: str = "文件", named: bool = True) -> dict[str, Any]:
    """Returns the description of a file in one of these media types; most have a name."""
    return {
        "description": description,
        "headers": _NAME if named else {},
        "content": {each: _TEXT if each.startswith("text/") else _BYTES for each in media_types},
    }
