"""The peer eventsourcing, with its own recorder: `python peer_stock.py URL SECONDS` prints a count.

The count is the number of finished commands.  The program runs in its own virtual environment, so
it imports nothing of the project.
"""

import sys
import time
from urllib.parse import urlsplit

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

FACTS = {"by": "zhao", "note": "as the rules ask"}


class Permit(Aggregate):
    @event("Opened")
    def __init__(self, by: str, note: str) -> None:
        self.stage = "opened"

    @event("Submitted")
    def submit(self, by: str, note: str) -> None:
        self.stage = "submitted"

    @event("Approved")
    def approve(self, by: str, note: str) -> None:
        self.stage = "approved"


def flow(app: Application) -> int:
    app.save(permit := Permit(**FACTS))
    for verb in (Permit.submit, Permit.approve):
        permit = app.repository.get(permit.id)
        verb(permit, **FACTS)
        app.save(permit)
    return 3


def main(url: str, seconds: float) -> None:
    at = urlsplit(url)
    database = {"DBNAME": at.path[1:], "HOST": at.hostname, "PORT": at.port, "USER": at.username}
    env = {f"POSTGRES_{name}": str(value) for name, value in database.items()}
    env |= {"PERSISTENCE_MODULE": "eventsourcing.postgres", "POSTGRES_PASSWORD": "-"}
    with Application(env) as app:
        for _ in range(7):
            flow(app)
        count, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            count += flow(app)
        print(count)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
