"""Every door reads a typed text alike, and it is found again by what a person would type for it."""

import csv
from itertools import count as counting
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from rich.console import Console
from sqlalchemy import select
from starlette.testclient import TestClient
from xlsxwriter import Workbook

from api.imports import load_credit
from domain.values.folding import fold, number_key
from domain.values.parties import Organisation
from domain.values.texts import short_text
from infrastructure.database.schema import credit_entries
from tests import stories as s
from tests.api.conftest import CASES, Badges, Walk, project, the_service
from tests.support.repetitions import count
from tests.support.service_driver import Office
from tests.typed.grammar import CONTROLS, Typed, company_code, typed_names, typed_numbers

EXAMPLES = count(small=300, soak=20_000)
"""For each door, on each database."""
HEADER = "主体类别 主体代码 记录类型 文书号 认定日期 处罚程序 义务已履行 已修复".split()  # noqa: SIM905


def drawn(strategy: Any, number: int = EXAMPLES) -> list[Typed]:
    """Draws that many texts, the same in every run."""
    texts: list[Typed] = []

    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(text: Typed) -> None:
        texts.append(text)

    draw()
    return (texts * (number // len(texts) + 1))[:number]


def test_a_name_typed_in_a_command_is_stored_as_the_value_type_reads_it(
    client: TestClient, as_: Badges
) -> None:
    for serial, name in enumerate(drawn(typed_names())):
        company = {"kind": "organisation", "code": company_code(serial), "name": name.typed}
        walk = Walk(client, as_, applicant=company).to("opened")
        assert walk.view["applicant"]["name"] == short_text(name.typed)


def test_a_control_character_in_a_command_is_refused_and_changes_nothing(
    client: TestClient, as_: Badges
) -> None:
    reasons = set()
    controls = [each for each in CONTROLS if each != "\ud800"]  # the client cannot encode it
    for serial, name in enumerate(drawn(typed_names(), EXAMPLES // 10)):
        typed = f"义{controls[serial % len(controls)]}{name.typed}"
        company = {"kind": "organisation", "code": company_code(serial), "name": typed}
        reply = Walk(client, as_, applicant=company).attempt("opened")
        assert reply.status_code in (400, 422)
        reasons |= {each["detail"] for each in reply.json().get("errors", ())}
    assert len(reasons) == 1
    project(client)
    assert client.get(CASES, headers=as_("auditor")).json()["items"] == []


def test_a_public_entry_is_found_by_every_spelling_of_its_name(
    client: TestClient, as_: Badges
) -> None:
    office = Office(the_service(client))
    twice = drawn(typed_names(), 2 * EXAMPLES)
    by_meaning: dict[str, Typed] = {name.meant: name for name in twice}
    for serial, name in enumerate(by_meaning.values()):
        given_name = Organisation(code=company_code(serial), name=name.meant)
        office.remembers(s.GRANTED, given_name)
    project(client)
    for search in twice[:EXAMPLES]:
        found = client.get("/api/v1/disclosures", params={"q": search.typed}).json()["items"]
        names = [fold(each["subject_name"]) for each in found]
        assert names, search
        assert all(fold(search.meant) in name for name in names)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_document_number_in_a_table_is_one_record_in_every_spelling(
    client: TestClient, tmp_path: Path, suffix: str
) -> None:
    service = the_service(client)
    numbers = drawn(typed_numbers())
    rows = [
        ["单位", company_code(1), "行政处罚", typed.typed, "2026-01-02", "普通程序", "否", "否"]
        for typed in numbers
    ]
    path = tmp_path / f"credit.{suffix}"
    _write(path, [HEADER, *rows])
    load_credit(service, path, Console(quiet=True))
    with service.engine.connect() as db:
        stored = db.scalars(
            select(credit_entries.c.document).where(credit_entries.c.subject == company_code(1))
        ).all()
    assert {number_key(each) for each in stored} == {number_key(each.meant) for each in numbers}
    assert len(stored) == len({number_key(each.meant) for each in numbers})


def _write(path: Path, rows: list[list[str]]) -> None:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for number, cells in zip(counting(), rows, strict=False):
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, cell)
