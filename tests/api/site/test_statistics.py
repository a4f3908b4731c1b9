"""The statistics: the board of supervisors, the public page, their data and their workbook."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from application.access.permissions import Role
from domain.kernel.aggregate import Event
from infrastructure.spreadsheets.reader import read_rows
from projections.statistics.figures import FIGURES, OF_SUPERVISION
from tests import stories as s
from tests.api.conftest import Badges, project, the_service
from tests.api.http.test_doors import denied
from tests.conftest import Clock
from tests.given import MARKET_OFFICE, on
from tests.projections.statistics.plain_count import minutes, plainly
from tests.projections.statistics.test_counting import varied
from tests.support.browser_client import Visitor
from tests.support.repetitions import dice
from tests.support.service_driver import HOUSING_OFFICE, Office

BOARD, PUBLIC = "/desk/board", "/statistics"
ENTITLED = f"{Role.SUPERVISOR} {Role.DEPARTMENT_LEAD}"
PERIODS = ("2026", "2026-09", "2026-11", "2027")
LARGEST = 60 * 1024
Grants = Callable[[int, int], None]


class Told(list[list[Event]]):
    """The histories of cases, counted once each way."""

    @cached_property
    def counts(self) -> Counter[Any]:
        return plainly(self)

    @cached_property
    def taken(self) -> Counter[Any]:
        return minutes(self)


@pytest.fixture
def histories(client: TestClient, clock: Clock) -> Told:
    """Forty random cases in the log; the clock stands after all of them."""
    office = Office(the_service(client))
    found = Told(varied(dice(number), number) for number in range(40))
    for events in found:
        office.records(events)
    clock.now = on("2028-01-15")
    project(client)
    return found


def counted(histories: Told, name: str, period: str, bureau: str | None) -> int:
    """The plain count of a column in a period, at the bureau to which it belongs."""
    place = 3 if name in OF_SUPERVISION else 2
    return sum(
        number
        for (month, where, column), number in histories.counts.items()
        if column == name and month.startswith(period) and bureau in (None, where[place])
    )


def middle(histories: Told, period: str, bureau: str | None) -> int | None:
    """The median of the minutes from promise to decision, by sorting all of them."""
    found: Counter[int] = Counter()
    for (month, office, _, taken), number in histories.taken.items():
        if month.startswith(period) and bureau in (None, office):
            found[taken] += number
    ranked = sorted(found.elements())
    return ranked[(len(ranked) - 1) // 2] if ranked else None


def board(client: TestClient, as_: Badges, **filters: Any) -> dict[str, Any]:
    asked = {name: value for name, value in filters.items() if value}
    reply = client.get("/api/v1/board", params=asked, headers=as_(Role.SUPERVISOR))
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


# the numbers ------------------------------------------------------------------------------------


def test_every_number_of_the_board_is_a_plain_count_of_the_log(
    client: TestClient, as_: Badges, histories: Told
):
    for period, bureau in product(PERIODS, (None, MARKET_OFFICE.code, HOUSING_OFFICE.code)):
        found = board(client, as_, period=period, bureau=bureau)
        shown = {each["name"]: each["value"] for each in found["figures"]}
        for figure in FIGURES:
            number = sum(counted(histories, name, period, bureau) for name in figure.counts)
            if figure.is_share:
                whole = sum(counted(histories, name, period, bureau) for name in figure.out_of)
                number = round(100 * number / whole, 1) if whole else None
            assert shown[figure.name] == number, (figure.name, period, bureau)
        assert shown["minutes"] == middle(histories, period, bureau)
        for step in found["steps"]:
            assert step["in_time"] + step["late"] + step["owed"] > 0


def test_the_steps_months_and_bureaus_of_the_board_are_plain_counts_too(
    client: TestClient, as_: Badges, histories: Told
):
    found = board(client, as_, period="2026")
    steps = {each["label"]: each for each in found["steps"]}
    for how in ("in_time", "late", "owed"):
        assert steps["作出决定"][how] == counted(histories, f"decide_{how}", "2026", None)
    for month in found["months"]:
        assert month["accepted"] == counted(histories, "accepted", month["label"][:7], None)
    for office in (MARKET_OFFICE, HOUSING_OFFICE):
        (pair,) = (each for each in found["bureaus"] if each["label"] == office.name)
        assert pair["granted"] == counted(histories, "granted", "2026", office.code)
    every = counted(histories, "accepted", "2026", None)
    assert sum(each["accepted"] for each in found["items"]) == every < len(histories)


def test_the_figures_of_the_period_before_stand_beside(
    client: TestClient, as_: Badges, histories: Told
):
    now, before = board(client, as_, period="2026-10"), board(client, as_, period="2026-09")
    values = [each["value"] for each in before["figures"]]
    assert [each["before"] for each in now["figures"]] == values
    assert any(values)


# who sees it ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [BOARD, f"{BOARD}.xlsx"])
def test_the_board_is_for_supervisors_and_leads(visitor: Visitor, path: str):
    assert visitor.looks(path).headers["location"].startswith("/sign-in?next=%2Fdesk%2Fboard")
    for role in denied(ENTITLED):
        visitor.sign_in(visitor.token(role))
        assert visitor.looks(path).status_code == 403, role
        assert 'href="/desk/board"' not in visitor.looks("/session").text
    for role in ENTITLED.split():
        visitor.sign_in(visitor.token(role))
        assert visitor.looks(path).status_code == 200, role
        assert visitor.looks(path).headers["cache-control"] == "no-store"


def test_the_data_of_the_board_is_for_supervisors_and_leads(client: TestClient, as_: Badges):
    assert client.get("/api/v1/board").status_code == 401
    for role in denied(ENTITLED):
        assert client.get("/api/v1/board", headers=as_(role)).status_code == 403, role


def test_reading_the_board_is_noted(visitor: Visitor, as_: Badges):
    visitor.sign_in(visitor.token(Role.SUPERVISOR))
    visitor.looks(f"{BOARD}?period=2026-09")
    reads = visitor.client.get("/api/v1/audit/reads", headers=as_(Role.AUDITOR)).json()["items"]
    (read,) = [each for each in reads if each["what"] == "board"]
    assert read["person"] == "supervisor-01"
    assert read["purpose"] == "督促检查"
    assert read["details"] == {"period": "2026-09"}


def test_an_overdue_case_is_named_to_who_may_read_every_case(
    visitor: Visitor, client: TestClient, clock: Clock
):
    id = Office(the_service(client)).remembers(s.GRANTED)
    project(client)
    clock.now = on("2026-11-02")
    visitor.sign_in(visitor.token(Role.SUPERVISOR))
    supervisors = visitor.looks(BOARD).text
    assert f'href="/desk/cases/{id}"' in supervisors
    assert s.APPLICANT.name in supervisors
    assert "3 天" in supervisors
    clock.now = on("2026-11-02", 10)
    visitor.sign_in(visitor.token(Role.DEPARTMENT_LEAD))
    leads = visitor.looks(BOARD).text
    assert "3 天" in leads
    assert str(id) not in leads
    assert s.APPLICANT.name not in leads
    assert "3 天" not in visitor.looks(f"{BOARD}?bureau={HOUSING_OFFICE.code}").text


# the public page --------------------------------------------------------------------------------


def public(client: TestClient, **filters: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/statistics", params=filters).json()
    return found


def figure(found: dict[str, Any], name: str) -> dict[str, Any]:
    (one,) = (each for each in found["figures"] if each["name"] == name)
    return dict(one)


@pytest.fixture
def grants(client: TestClient) -> Grants:
    """Adds cases that were granted in September: so many of persons, so many of organisations."""
    office = Office(the_service(client))

    def add(persons: int, organisations: int) -> None:
        for applicant, number in ((s.PERSON, persons), (s.APPLICANT, organisations)):
            for _ in range(number):
                office.remembers(s.GRANTED, applicant=applicant)
        project(client)

    return add


def test_nine_persons_are_not_published_and_no_total_gives_them_away(
    client: TestClient, clock: Clock, grants: Grants
):
    clock.now = on("2026-10-20")
    looked = []
    for persons, organisations in ((0, 1), (1, 0), (8, 0)):
        grants(persons, organisations)
        looked.append([public(client, period=period) for period in ("2026-09", "2026")])
        assert figure(looked[-1][0], "granted")["persons"] == "少于10"
        assert "少于10" in client.get(f"{PUBLIC}?period=2026-09").text
    assert looked[0] == looked[1] == looked[2], "none, one and nine persons give the same page"
    grants(1, 0)
    found = figure(public(client, period="2026-09"), "granted")
    assert (found["persons"], found["value"]) == ("10以上", 1)


def test_a_bureau_with_a_few_persons_and_nobody_else_does_not_appear(
    client: TestClient, clock: Clock, grants: Grants
):
    clock.now = on("2026-10-20")
    grants(0, 0)
    page, nobody = client.get(PUBLIC).text, public(client)
    grants(9, 0)
    assert (client.get(PUBLIC).text, public(client)) == (page, nobody)
    grants(1, 0)
    assert MARKET_OFFICE.name in client.get(PUBLIC).text


def test_the_public_sees_whole_months_only(client: TestClient, clock: Clock, grants: Grants):
    grants(0, 2)
    clock.now = on("2026-09-30")
    assert figure(public(client, period="2026-09"), "granted")["value"] == 0
    clock.now = on("2026-10-01")
    found = public(client, period="2026-09")
    assert (figure(found, "granted")["value"], found["as_of"]) == (2, "2026-09-30")


def test_shares_and_minutes_in_public_are_of_organisations_alone(
    client: TestClient, clock: Clock, grants: Grants
):
    clock.now = on("2026-10-20")
    grants(12, 0)
    found = public(client, period="2026-09")
    assert figure(found, "same_day")["value"] is None
    assert figure(found, "minutes")["value"] is None
    assert found["items"] == found["kinds"] == []
    assert all(each["accepted"] == 0 for each in found["months"])


# the pages --------------------------------------------------------------------------------------


def test_a_wrong_period_is_answered_beside_its_field(visitor: Visitor):
    visitor.sign_in(visitor.token(Role.SUPERVISOR))
    for path in (PUBLIC, BOARD):
        reply = visitor.looks(f"{path}?period=2026-13")
        assert reply.status_code == 422
        assert "没有这样的年份或者月份" in reply.text
        assert 'aria-describedby="period-wrong"' in reply.text
    assert visitor.client.get("/api/v1/statistics?period=soon").status_code == 422
    assert visitor.looks(f"{PUBLIC}.xlsx?period=soon").status_code == 422


def test_a_period_and_a_bureau_without_any_case_are_shown_as_nothing(visitor: Visitor):
    visitor.sign_in(visitor.token(Role.SUPERVISOR))
    for path in (PUBLIC, BOARD):
        page = visitor.looks(f"{path}?period=2021-03&bureau={MARKET_OFFICE.code}")
        assert page.status_code == 200
        assert "没有期限在本期届满的步骤" in page.text


def test_the_pages_are_small_and_their_charts_need_neither_style_nor_script(
    visitor: Visitor, histories: Told
):
    visitor.sign_in(visitor.token(Role.SUPERVISOR))
    for path in (f"{PUBLIC}?period=2026", f"{BOARD}?period=2026"):
        page = visitor.looks(path).text
        assert len(page.encode()) <= LARGEST
        assert not re.search(r"\sstyle=|<style|<script|\son\w+=", page)
        charts = re.findall(r'<svg class="chart".*?</svg>', page, re.S)
        assert len(charts) == 2
        for chart in charts:
            assert 'role="img"' in chart
            assert "<title" in chart
            assert "<desc" in chart
        assert page.count("图中的数") == 2, "each picture has its table beneath"


def test_the_workbook_holds_the_figures_of_the_page(
    visitor: Visitor,
    client: TestClient,
    as_: Badges,
    histories: Told,
    tmp_path: Path,
):
    visitor.sign_in(visitor.token(Role.SUPERVISOR))
    file = tmp_path / "report.xlsx"
    file.write_bytes(visitor.looks(f"{BOARD}.xlsx?period=2026").content)
    rows = [row for _, row in read_rows(file)]
    cells = {(row["类别"], row["名称"]): row["本期"] for row in rows}
    for each in board(client, as_, period="2026")["figures"]:
        if isinstance(each["value"], float) and each["unit"] in ("件", "次", "份"):
            assert cells["指标", each["label"]] == f"{each['value']:,.0f}"
    assert cells["说明", "期间"] == "2026年"


def test_the_milestones_of_the_plan_are_shown_with_what_is_on_record(client: TestClient):
    project(client)
    found = {each["rule"]: each for each in public(client)["milestones"]}
    assert [*found] == ["R16", "R18", "R19", "R20", "R8"]
    assert found["R16"]["state"] == "done_late"
    assert found["R18"]["state"] == "late", "one item has no measure"
    assert found["R20"]["state"] == "late"
    assert found["R8"]["state"] == "late"
    assert date.fromisoformat(found["R8"]["due"]) == date(2022, 12, 31)
