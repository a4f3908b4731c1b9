"""(i) The workbench and the worklist with 10,000 open duties of 20 departments."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from starlette.testclient import TestClient

from api.app import create_app
from application.case.commands.applicants import PersonApplicant
from domain.case.stages import Stage
from domain.values.parties import Actor, Department
from infrastructure.container import Container
from infrastructure.database.engine import writing
from infrastructure.settings import Settings
from projections.read_model.tables import audit_trail, case_summaries, duties
from tests import stories as s
from tests.benchmarks.rounds import Place
from tests.benchmarks.server.paced import paced
from tests.conftest import migrate, tokens_of
from tests.given import DAY_1, MARKET_OFFICE
from tests.support.browser_client import Visitor
from tests.support.service_driver import Office

OPEN, CLOSED, DEPARTMENTS, PERSONS = 10_000, 40_000, 20, 40
ACTIONS = (
    *(("query", Stage.RECEIVED), ("notify", Stage.ELIGIBLE), ("commit", Stage.NOTIFIED)),
    *(("decide", Stage.COMMITTED), ("inspect", Stage.GRANTED), ("supply", Stage.GRANTED)),
    *(("rectify", Stage.RECTIFYING), ("forewarn", Stage.UNRECTIFIED)),
    *(("hear", Stage.UNRECTIFIED), ("penalize", Stage.UNRECTIFIED)),
)
READERS = ("intake_clerk", "decision_officer", "inspector", "hearing_chair", "supervisor")
PAGES = {
    "the workbench": "/desk",
    "its last group": "/desk?group=later",
    "a name": "/desk?q=9%E9%A3%9F%E5%93%81",
}
BAR = 150.0


def run(place: Place, rounds: int = 20) -> None:
    """Print the median and the slowest twentieth of each page, for each reader and database."""
    urls = {"PostgreSQL": place.server.create_database(), "SQLite": None}
    for database, url in urls.items():
        settings = Settings(data_dir=place.folder / f"worklist-{database}", database_url=url)
        migrate(settings)
        with TestClient(create_app(settings, lambda: DAY_1)) as client:
            _fill(client.app.state.container)  # type: ignore[attr-defined]
            for role, name, visit in _visits(client, settings):
                taken = paced(visit, rounds)
                over = "  over the bar" if taken.p95 > BAR else ""
                print(
                    f"worklist, {database:10} {role:17} {name:15} "
                    f"p50 {taken.p50:6.1f} ms, p95 {taken.p95:6.1f} ms{over}",
                    flush=True,
                )


def _visits(
    client: TestClient, settings: Settings
) -> Iterator[tuple[str, str, Callable[[], object]]]:
    tokens = tokens_of(settings.keys_dir)
    for role in READERS:
        by = Actor(person=f"{role}-01", role=role, department=MARKET_OFFICE)
        token = tokens.mint(by, DAY_1, 8)
        Visitor(client, lambda _: {}).sign_in(token)
        for name, address in PAGES.items():
            yield role, name, lambda address=address: _seen(client, address)


def _seen(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 200


def _fill(service: Container) -> None:
    """Real cases of natural persons, whom the page names, among rows of organisations."""
    office = Office(service)
    office.lists()
    for number in range(PERSONS):
        id_number = _citizen(number)
        office.opens(PersonApplicant(name=f"慕容晓{chr(0x4E00 + number)}", id_number=id_number))
    service.projector.catch_up_all()
    with writing(service.engine).begin() as db:
        for first in range(0, OPEN + CLOSED, 5_000):
            numbers = range(first, first + 5_000)
            db.execute(insert(case_summaries), [_summary(n) for n in numbers])
            owed = [_duty(n) for n in numbers if n < OPEN]
            if owed:
                db.execute(insert(duties), owed)
            db.execute(insert(audit_trail), [_step(n) for n in numbers])
        if db.dialect.name == "postgresql":
            db.exec_driver_sql("ANALYZE")


def _citizen(number: int) -> str:
    digits = f"411281199001{number % 28 + 1:02}{number:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11
    return digits + "10X98765432"[rest]


def _summary(number: int) -> dict[str, Any]:
    office = _office(number % DEPARTMENTS)
    _, stage = ACTIONS[number % len(ACTIONS)]
    return {
        "case_id": UUID(int=number + 1),
        "version": 5,
        "stage": stage if number < OPEN else Stage.FULFILLED,
        "kind": "notice_commitment",
        "code": f"{number:020}",
        "item_code": s.ITEM.code,
        "item_name": s.ITEM.name,
        "applicant": f"义马市第{number}食品有限公司",
        "applicant_code": f"{number:018}",
        "accepting_code": office.code,
        "supervising_code": _office((number // 7) % DEPARTMENTS).code,
        "opened_at": DAY_1 - timedelta(minutes=number),
        "updated_at": DAY_1,
    }


def _office(number: int) -> Department:
    if number == 0:
        return MARKET_OFFICE
    return MARKET_OFFICE.model_copy(update={"code": f"{number:018}"})


def _duty(number: int) -> dict[str, Any]:
    action, _ = ACTIONS[number % len(ACTIONS)]
    due = DAY_1.date() + timedelta(days=number % 60 - 15)
    row = {"case_id": UUID(int=number + 1), "action": action, "about": ""}
    return row | {"due_on": due, "provisional": False, "since": 1}


def _step(number: int) -> dict[str, Any]:
    """An event by which somebody took part in the case, as separation of duties looks for it."""
    topic = "case/breach-found" if number % 2 else "case/application-granted"
    office = _office(number % DEPARTMENTS)
    return {
        "position": 1_000_000 + number,
        "stream_id": UUID(int=number + 1),
        "version": 1,
        "topic": topic,
        "at": DAY_1,
        "person": f"officer-{number % 300}",
        "role": "inspector",
        "department": office.name,
        "department_code": office.code,
        "organisation": f"{office.code} {office.name}",
        "action": "case/inspect",
        "documents": [],
        "sentence": "发现违诺",
    }
