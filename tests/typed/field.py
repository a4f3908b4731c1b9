"""What a clerk does with the service: types into a field, brings a table, searches the list."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select
from starlette.testclient import TestClient
from xlsxwriter import Workbook

from domain.values.check_digits import citizen_id_check
from domain.values.parties import Organisation
from domain.values.workdays import local_date
from infrastructure.container import Container
from infrastructure.database.schema import credit_entries
from tests import stories as s
from tests.api.conftest import Badges, Walk, project, the_service
from tests.support.service_driver import Office

COMPANY = "91411281MA9KXNT179"
CREDIT_HEADER = "主体类别 主体代码 记录类型 文书号 认定日期 处罚程序 义务已履行 已修复".split()  # noqa: SIM905
PENALTY = dict(
    zip(
        CREDIT_HEADER,
        ["单位", COMPANY, "行政处罚", "义测罚〔2026〕1号", "2026-01-02", "普通程序", "否", "否"],
        strict=True,
    )
)
"""A penalty that is not fulfilled: it excludes the company."""


def citizen(first17: str) -> str:
    return first17 + citizen_id_check(first17)


@dataclass
class Field:
    """Drives the doors of one service; every answer is a plain value that a table can show."""

    client: TestClient
    as_: Badges
    xinnuo: Callable[..., Any]
    folder: Path
    _files: Any = field(default_factory=lambda: count(1))

    @property
    def today(self) -> str:
        return local_date(self.as_.clock()).isoformat()

    @property
    def service(self) -> Container:
        return the_service(self.client)

    # typed into a field --------------------------------------------------------------------------

    def opens(self, name: str, code: str, **facts: Any) -> str:
        """Opens a case of a unit.  Returns the stored name, or why it is refused."""
        applicant = {"kind": "organisation", "code": code, "name": name} | facts
        return self._opened(applicant)

    def opens_for(self, name: str, number: str) -> str:
        """Opens a case of a person.  Returns the name that the case shows, or the refusal."""
        return self._opened({"kind": "person", "name": name, "id_number": number})

    def _opened(self, applicant: dict[str, Any]) -> str:
        walk = Walk(self.client, self.as_, applicant=applicant)
        reply = walk.attempt("opened")
        if not reply.is_success:
            return f"{reply.status_code} {self._why(reply.json())}"
        walk.view = reply.json()
        if applicant["kind"] == "organisation":
            return str(walk.view["applicant"]["name"])
        return str(walk.get("/applicant", role="intake_clerk").json()["name"])

    def steps(self, to: str, verb: str, body: dict[str, Any], role: str, **walk: Any) -> str:
        """Drives a case to a step, then sends a command.  Returns its stage, or the refusal."""
        case = Walk(self.client, self.as_, **walk).to(to)
        reply = case.post(verb, body, **self.as_(role))
        if reply.is_success:
            return str(reply.json()["stage"])
        return f"{reply.status_code} {self._why(reply.json())}"

    @staticmethod
    def _why(problem: dict[str, Any]) -> str:
        return "；".join(each["detail"] for each in problem.get("errors", ())) or problem["detail"]

    def lists(self, **terms: Any) -> str:
        """Lists an item with these terms.  Returns its stage, or the refusal."""
        item = s.ITEM.model_copy(update={"code": "000131001009"}).model_dump(mode="json")
        body = {"item": item, "terms": s.TERMS.model_dump(mode="json") | terms}
        reply = self.client.post("/api/v1/catalogue", json=body, headers=self.as_("catalog_admin"))
        return "已列入" if reply.is_success else f"{reply.status_code} {self._why(reply.json())}"

    # tables ---------------------------------------------------------------------------------------

    header = CREDIT_HEADER

    def csv(self, *rows: dict[str, str], encoding: str = "utf-8-sig") -> str:
        """Imports a CSV table of credit records.  Returns what the command says."""
        path = self.folder / f"credit-{next(self._files)}.csv"
        header = list(dict.fromkeys([*CREDIT_HEADER, *(name for row in rows for name in row)]))
        with path.open("w", encoding=encoding, newline="") as file:
            table = csv.DictWriter(file, header, restval="")
            table.writeheader()
            table.writerows(PENALTY | row for row in rows)
        return self.imports(path)

    def xlsx(self, *rows: dict[str, Any], hidden: bool = False, bordered: str = "") -> str:
        """Imports a workbook of credit records: a text is a text cell, a number a number cell.

        `hidden` puts a hidden sheet with an older row first; `bordered` is a cell with a border
        and nothing in it.
        """
        path = self.folder / f"credit-{next(self._files)}.xlsx"
        with Workbook(str(path)) as book:
            if hidden:
                old = book.add_worksheet("去年")
                write(book, old, [CREDIT_HEADER, _cells({"义务已履行": "是"})])
                old.hide()
            sheet = book.add_worksheet("今年")
            write(book, sheet, [CREDIT_HEADER, *(_cells(row) for row in rows)])
            sheet.activate()
            sheet.set_first_sheet()
            if bordered:
                sheet.write_blank(bordered, None, book.add_format({"border": 1}))
        return self.imports(path)

    def imports(self, path: Path, what: str = "credit", *options: str) -> str:
        result = self.xinnuo("import", what, str(path), *options)
        return str(result.out + result.err).strip()

    def excluded(self, code: str = COMPANY) -> list[str]:
        """The documents for which a credit query excludes this unit."""
        found = self.service.register.ask(Organisation(code=code, name="某公司"))
        return [each.document for each in found.findings]

    def days(self) -> list[str]:
        """The days of all records but that of the fixture."""
        t = credit_entries.c
        query = select(t.decided_on).where(t.document.not_like("义示失信%"))
        with self.service.engine.connect() as db:
            return [each.isoformat() for each in db.scalars(query)]

    def records(self) -> list[str]:
        """The documents of all records in the register but that of the fixture."""
        query = select(credit_entries.c.document).order_by(credit_entries.c.document)
        with self.service.engine.connect() as db:
            return [each for each in db.scalars(query) if not each.startswith("义示失信")]

    # the public list ------------------------------------------------------------------------------

    def publishes(self, name: str, code: str = COMPANY) -> None:
        """Puts a granted promise of this unit on the public list."""
        Office(self.service).remembers(s.GRANTED, Organisation(code=code, name=name))
        project(self.client)

    def finds(self, typed: str) -> list[str]:
        """The names that the search finds, if page and API agree."""
        items = self.client.get("/api/v1/disclosures", params={"q": typed}).json()["items"]
        names = [str(each["subject_name"]) for each in items]
        page = self.client.get("/", params={"q": typed}, headers={"accept": "text/html"}).text
        assert all(name in page for name in names)
        return names


def _cells(row: dict[str, Any]) -> list[Any]:
    return [(PENALTY | row)[name] for name in CREDIT_HEADER]


def write(book: Workbook, sheet: Any, rows: Iterable[Sequence[Any]]) -> None:
    """Writes each value as the cell that a person makes of it: text, number or date."""
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for number, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            match cell:
                case str():
                    sheet.write_string(number, column, cell)
                case datetime():
                    sheet.write_datetime(number, column, cell, day)
                case date():
                    sheet.write_datetime(number, column, datetime.combine(cell, time()), day)
                case _:
                    sheet.write_number(number, column, cell)
