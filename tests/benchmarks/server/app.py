"""The service with three additional, empty endpoints, which measure the cost of HTTP itself.

Its only other difference from `xinnuo serve` is the clock.  The clock stands still on a day before
the deadline for the materials of the seeded cases.
"""

from fastapi import FastAPI

from api.app import create_app
from infrastructure.settings import Settings
from infrastructure.structured_logging import set_up_logs
from tests.given import DAY_1

DOOR, THREAD_DOOR, ORDINARY_DOOR = "/empty", "/empty-in-a-thread", "/ordinary"


def with_empty_doors() -> FastAPI:
    """Add three empty endpoints to the service; their requests pass all of its middleware.

    The first is an `async def`, which answers in the event loop: FastAPI's lowest cost.  The second
    is a `def`, which FastAPI runs in a thread.  Both are the first routes, so that no other route
    is tried before them.  The third is a `def` after all other routes, where new routes are added.
    """
    set_up_logs()
    app = create_app(Settings(), lambda: DAY_1)

    @app.post(DOOR)
    async def empty() -> dict[str, str]:
        return {}

    @app.post(THREAD_DOOR)
    def empty_in_a_thread() -> dict[str, str]:
        return {}

    @app.post(ORDINARY_DOOR)
    def ordinary() -> dict[str, str]:
        return {}

    routes = app.router.routes
    routes[:] = routes[-3:-1] + routes[:-3] + routes[-1:]
    return app
