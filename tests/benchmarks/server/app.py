"""The service with three more doors, which do nothing: what HTTP itself costs.

It differs from what `xinnuo serve` runs in its clock only, which stands still on a day on which
the material of the seeded cases may still be handed in.
"""

from fastapi import FastAPI

from api.app import create_app
from infrastructure.settings import Settings
from infrastructure.structured_logging import set_up_logs
from tests.given import DAY_1

DOOR, THREAD_DOOR, ORDINARY_DOOR = "/empty", "/empty-in-a-thread", "/ordinary"


def with_empty_doors() -> FastAPI:
    """Two doors come first, so that no other route is tried before them; all middleware is passed.

    One answers in the event loop, which is the least that FastAPI can do; the other is a `def`,
    which FastAPI runs in a thread.  The third is such a `def` where a new route comes to stand:
    after all others.
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
