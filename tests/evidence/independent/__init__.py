"""Checks claims with another implementation: Go's golang.org/x/mod/sumdb, as packaged by Debian."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

GO, LIBRARY = shutil.which("go"), Path("/usr/share/gocode")
NEEDED = "needs the Debian packages golang-go and golang-golang-x-mod-dev"
HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def independent(tmp_path_factory: pytest.TempPathFactory):
    """A function that says which claims hold; check.go describes the parts of a claim."""
    if not (GO and (LIBRARY / "src/golang.org/x/mod/sumdb").exists()):
        pytest.fail(NEEDED)
    built = tmp_path_factory.mktemp("independent")
    where = {"GO111MODULE": "off", "GOPATH": str(LIBRARY), "GOCACHE": str(built / "cache")}
    program = built / "check"
    command = [GO, "build", "-o", program, HERE / "check.go"]
    subprocess.run(command, check=True, env={**os.environ, **where})

    def holds(claims: list[dict[str, Any]]) -> list[bool]:
        done = subprocess.run(
            program,
            input=json.dumps(claims, default=_text),
            capture_output=True,
            check=True,
            text=True,
        )
        return [line == "true" for line in done.stdout.split()]

    return holds


def _text(hashed: bytes) -> str:
    return base64.b64encode(hashed).decode()
