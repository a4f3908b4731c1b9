"""The public site over an empty database, to which a test publishes stories of cases."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from shutil import copytree
from uuid import UUID, uuid5

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, insert

from api.app import create_app
from domain.case import events as e
from domain.catalogue.item import CatalogueItem
from domain.catalogue.terms import ListedItem, Terms
from domain.kernel.aggregate import Event
from domain.values.parties import Subject
from infrastructure.container import Container
from infrastructure.database.engine import writing
from infrastructure.settings import Settings
from projections.catalogue.projection import CATALOGUE
from projections.catalogue.terms_history import TERMS_HISTORY
from projections.disclosures.name_search import NAMES
from projections.disclosures.projection import DISCLOSURE
from projections.read_model.projection import Projection
from tests import stories as s
from tests.conftest import migrate
from tests.given import CLERK, history

LISTS = re.compile(r'href="/disclosures/(\d{20})[?"]')
NEXT = re.compile(r'rel="next" href="([^"]+)"')
BROWSER = {"accept": "text/html"}


@dataclass
class Site:
    """The public site on a day that the test sets, with the entries published so far."""

    client: TestClient
    day: list[datetime]
    positions: dict[tuple[UUID, int], int] = field(default_factory=dict)
    """The position in the log of every event, in the order in which the test publishes."""

    @property
    def service(self) -> Container:
        service: Container = self.client.app.state.container
        return service

    def publish(self, story: s.Story, applicant: Subject = s.APPLICANT, serial: int = 1) -> str:
        """Project the story with this applicant and this serial number; return its 承诺编码."""
        code = s.code(serial=serial)
        changes = {e.CaseOpened: {"applicant": applicant}, e.CommitmentMade: {"code": code}}
        facts = [fact._replace(said=fact.said | changes.get(fact.event, {})) for fact in story]
        for projection in (DISCLOSURE, NAMES):
            self._project(projection, history(*facts, id=uuid5(UUID(int=0), code)))
        return code

    def list_item(self, item: CatalogueItem) -> None:
        for projection in (CATALOGUE, TERMS_HISTORY):
            self._project(projection, list(item.pending_events))

    def _project(self, projection: Projection, events: list[Event]) -> None:
        key, rows = events[0].originator_id, ()
        for event in [event for event in events if event.TOPIC in projection.topics]:
            rows = projection.fold(rows, event, self._position(event))
        with writing(self.service.engine).begin() as db:
            db.execute(delete(projection.table).where(projection.key == key))
            if rows:
                db.execute(insert(projection.table), list(rows))

    def _position(self, event: Event) -> int:
        place = (event.originator_id, event.originator_version)
        return self.positions.setdefault(place, len(self.positions) + 1)

    def get(self, address: str) -> str:
        """The text of an existing page."""
        answer = self.client.get(address, headers=BROWSER)
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    def codes(self, address: str) -> list[str]:
        """The codes of all entries of a list, read page by page through the link 下一页."""
        codes: list[str] = []
        while address:
            page = self.get(address)
            codes += LISTS.findall(page)
            address = match[1] if (match := NEXT.search(page)) else ""
        return codes

    def refusal(self, address: str, status: int) -> str:
        """The text of the error page."""
        answer = self.client.get(address, headers=BROWSER)
        assert (answer.status_code, answer.headers["content-type"]) == (
            status,
            "text/html; charset=utf-8",
        )
        return unescape(answer.text)


BY = {"by": CLERK, "at": s.DAY_1}


def listed(identity: ListedItem = s.ITEM, terms: Terms | None = s.TERMS) -> CatalogueItem:
    return CatalogueItem.list(identity, terms, **BY)


def active() -> CatalogueItem:
    item = listed()
    item.activate(**BY)
    return item


def delisted() -> CatalogueItem:
    item = active()
    item.delist("不再适用", **BY)
    return item


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an empty database and its keys, created once."""
    folder = tmp_path_factory.mktemp("data")
    migrate(Settings(data_dir=folder))
    return folder


@pytest.fixture
def site(migrated: Path, tmp_path: Path) -> Iterator[Site]:
    folder = copytree(migrated, tmp_path / "data")
    day = [datetime(2026, 12, 1, 2, tzinfo=UTC)]
    app = create_app(Settings(data_dir=folder), lambda: day[0])
    with TestClient(app) as client:
        yield Site(client, day)
