"""`python -m tests.benchmarks.server PORT WORKERS [PROTOCOL]` serves as `xinnuo serve` does."""

import sys
from typing import Any

import uvicorn

from api.cli.serving import UVICORN

if __name__ == "__main__":
    port, workers, *protocol = sys.argv[1:]
    options: dict[str, Any] = UVICORN | ({"http": protocol[0]} if protocol else {})
    where: dict[str, Any] = {"port": int(port), "workers": int(workers), "factory": True}
    uvicorn.run("tests.benchmarks.server.app:with_empty_doors", **where, **options)
