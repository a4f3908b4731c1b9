"""Exports of the audit trail: their content, their progress, their record."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from infrastructure.container import Container, build
from infrastructure.database.engine import writing
from infrastructure.database.schema import exports
from infrastructure.exports import exporter as exporting
from infrastructure.exports.exporter import HEADER, NotExported, texts
from infrastructure.exports.records import ExportState, Requester
from infrastructure.settings import Settings
from infrastructure.spreadsheets.text_mark import marked
from infrastructure.spreadsheets.writers import NAME_SUFFIXES, Format
from projections.audit_trail.queries import TrailQuery
from tests import stories as s
from tests.api.conftest import Badges, Walk, project, the_service
from tests.conftest import Clock
from tests.infrastructure.spreadsheets.test_writers import lines, sheets, tables
from tests.support.fault_server import wait_until
from tests.support.service_driver import STORIES, Office

EXPORTS = "/api/v1/audit/exports"
FENG = Requester("feng", "auditor", "义马市审计局")


# over HTTP --------------------------------------------------------------------------------------


def finished(client: TestClient, badge: dict[str, str], format: str, **search: Any) -> bytes:
    """Requests an export, waits until it is finished, and returns its file."""
    reply = client.post(EXPORTS, json={"format": format, "search": search}, headers=badge)
    assert (reply.status_code, reply.json()["state"]) in [(202, "waiting"), (202, "running")]
    place = reply.headers["Location"]

    def shown() -> dict[str, Any]:
        view: dict[str, Any] = client.get(place, headers=badge).json()
        return view

    wait_until(lambda: shown()["state"] not in ("waiting", "running"), 20)
    assert shown()["state"] == "finished", shown()
    assert shown()["done"] == shown()["total"]
    file = client.get(f"{place}/file", headers=badge)
    assert sha256(file.content).hexdigest() == shown()["sha256"]
    ending = f'{NAME_SUFFIXES.get(Format(format), "")}.{format}"'
    assert file.headers["Content-Disposition"].endswith(ending)
    assert file.headers["Cache-Control"] == "no-store, no-transform"
    return file.content


def test_an_export_in_each_format_equals_the_result_of_the_search(walk: Walk, as_: Badges):
    walk.to("penalized")
    project(walk.client)
    badge = as_("auditor")
    for search in (
        {},
        {"role": "inspector"},
        {"document": "义市监罚〔2026〕31号"},
        {"person": "x"},
    ):
        found = walk.client.get("/api/v1/audit", params={**search, "limit": 200}, headers=badge)
        items = found.json()["items"]
        rows = lines(finished(walk.client, badge, "ndjson", **search))
        for each in (*rows, *items):
            each["at"] = datetime.fromisoformat(each["at"])
        assert rows == items
        wanted = [list(HEADER), *(list(texts(item)) for item in items)]
        for_excel = [[marked(cell) for cell in row] for row in wanted]
        assert tables(finished(walk.client, badge, "csv", **search)) == for_excel
        assert sheets(finished(walk.client, badge, "xlsx", **search)) == wanted
    assert not items, "nobody is called x"


def test_only_the_file_for_excel_says_so_in_its_name_and_its_codes(walk: Walk, as_: Badges):
    walk.to("granted")
    project(walk.client)
    badge, code = as_("auditor"), walk.view["commitment"]["code"]
    rows = tables(finished(walk.client, badge, "csv", document=code))
    assert f"'{code}" in {row[HEADER.index("文书号")].partition("、")[0] for row in rows}
    assert code in str(sheets(finished(walk.client, badge, "xlsx", document=code)))
    assert f"'{code}'" in str(lines(finished(walk.client, badge, "ndjson", document=code)))
    assert NAME_SUFFIXES == {Format.CSV: "-for-excel"}


def test_every_export_stays_on_record(walk: Walk, as_: Badges, clock: Clock):
    badge = as_("auditor", person="feng")
    for format in ("csv", "ndjson"):
        finished(walk.client, badge, format, role="inspector", since="2026-09-01")
        clock.go_on(minutes=1)
    shown = walk.client.get(EXPORTS, headers=as_("auditor", person="another")).json()["items"]
    assert [each["format"] for each in shown] == ["ndjson", "csv"]
    assert {each["person"] for each in shown} == {"feng"}
    assert shown[0]["search"] == {"role": "inspector", "since": "2026-09-01"}
    assert shown[0]["department"] == "义马市市场监督管理局"


def test_only_auditors_use_exports(client: TestClient, as_: Badges):
    place = f"{EXPORTS}/{uuid4()}"
    body = {"format": "csv"}
    for role in ("operator", "supervisor", "intake_clerk"):
        badge = as_(role)
        assert client.post(EXPORTS, json=body, headers=badge).status_code == 403
        for address in (EXPORTS, place, f"{place}/file"):
            assert client.get(address, headers=badge).status_code == 403
    for address in (place, f"{place}/file"):
        assert client.get(address, headers=as_("auditor")).status_code == 404
        assert client.get(address).status_code == 401


@pytest.mark.parametrize(
    "body",
    [{}, {"format": "pdf"}, {"format": "csv", "search": {"name": "x"}}, {"format": "csv", "x": 1}],
    ids=str,
)
def test_an_invalid_request_for_an_export_is_refused(
    client: TestClient, as_: Badges, body: dict[str, Any]
):
    assert client.post(EXPORTS, json=body, headers=as_("auditor")).status_code == 422


def test_the_file_of_an_export_made_on_another_machine_is_not_found(
    client: TestClient, as_: Badges
):
    records, badge = the_service(client).exporter.records, as_("auditor")
    place = f"{EXPORTS}/{records.ask(FENG, TrailQuery(), Format.CSV, ExportState.RUNNING)}"
    unfinished = client.get(f"{place}/file", headers=badge)
    records.note(UUID(place[-36:]), state=ExportState.FINISHED, sha256="0" * 64)
    elsewhere = client.get(f"{place}/file", headers=badge)
    assert client.get(place, headers=badge).json()["state"] == "finished"
    for reply in (unfinished, elsewhere):
        assert (reply.status_code, reply.json()["code"]) == (404, "not-found")


# making an export -------------------------------------------------------------------------------


@pytest.fixture
def filled(service: Container) -> Container:
    """A trail of more than five hundred rows."""
    office = Office(service)
    for story in [*STORIES.values()] * 3:
        office.remembers(story)
    service.projector.catch_up_all()
    return service


def export_of(service: Container, format: Format, **search: Any) -> Any:
    id = service.exports.ask(FENG, TrailQuery(**search), format, ExportState.RUNNING)
    return service.exports.one(id)


def test_an_export_records_its_progress_after_each_page(
    filled: Container, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exporting, "PAGE_SIZE", 100)
    steps: list[tuple[int, int]] = []
    export, records = export_of(filled, Format.NDJSON), filled.exporter.records

    def progress(done: int, total: int) -> None:
        now = records.one(export.id)
        assert now and (now.state, now.done, now.total) == (ExportState.RUNNING, done, total)
        assert not (tmp_path / "trail").exists(), "the name is given to what is whole"
        steps.append((done, total))

    filled.exporter.make(export, tmp_path / "trail", progress)
    total = steps[-1][1]
    assert [done for done, _ in steps] == [*range(100, total, 100), total]
    rows = lines((tmp_path / "trail").read_bytes())
    assert len({row["position"] for row in rows}) == total == filled.projector.position("audit")
    assert rows == sorted(rows, key=lambda row: (row["at"], row["position"]))


@pytest.mark.parametrize("search", [{}, {"organisation": "义马"}, {"person": "zhao"}], ids=str)
def test_events_appended_during_an_export_are_not_in_it(
    filled: Container, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, search: dict[str, str]
):
    monkeypatch.setattr(exporting, "PAGE_SIZE", 100)
    office, upto = Office(filled), filled.projector.position("audit")

    def meanwhile(done: int, total: int) -> None:
        office.remembers(s.GRANTED, number=9000 + done)
        filled.projector.catch_up_all()

    export = export_of(filled, Format.NDJSON, **search)
    filled.exporter.make(export, tmp_path / "trail", meanwhile)
    positions = [row["position"] for row in lines((tmp_path / "trail").read_bytes())]
    assert len(positions) == len(set(positions)) > 100
    assert max(positions) <= upto < filled.projector.position("audit")


def test_too_large_an_export_is_refused_and_recorded(filled: Container, tmp_path: Path):
    settings = filled.settings.model_copy(update={"export_max_rows": 100})
    small = build(settings, filled.clock)
    export = export_of(small, Format.CSV)
    with pytest.raises(NotExported, match="一次最多导出100行，请缩小查询范围"):
        small.exporter.make(export, tmp_path / "trail.csv")
    assert list(tmp_path.glob("trail*")) == []
    failed = small.exporter.records.one(export.id)
    assert failed and failed.state is ExportState.FAILED
    assert "100行" in (failed.reason or "")
    small.close()


def test_a_file_that_cannot_be_written_is_a_failed_export(filled: Container, tmp_path: Path):
    export = export_of(filled, Format.CSV)
    with pytest.raises(NotExported, match="文件写不下去"):
        filled.exporter.make(export, tmp_path / "nowhere" / "trail.csv")
    failed = filled.exporter.records.one(export.id)
    assert failed and (failed.state, failed.sha256) == (ExportState.FAILED, None)


# unfinished exports -----------------------------------------------------------------------------


def test_an_export_whose_process_died_is_shown_as_interrupted(filled: Container, clock: Clock):
    export, records = export_of(filled, Format.CSV), filled.exporter.records
    clock.go_on(seconds=60)
    assert records.one(export.id).state is ExportState.RUNNING
    clock.go_on(seconds=1)
    assert records.one(export.id).state is ExportState.INTERRUPTED


def test_a_waiting_export_is_never_interrupted(filled: Container, clock: Clock):
    records = filled.exporter.records
    id = records.ask(FENG, TrailQuery(), Format.CSV)
    clock.go_on(hours=1)
    assert records.one(id).state is ExportState.WAITING


def test_a_service_that_stops_leaves_no_partial_file(filled: Container, clock: Clock):
    exporter, answers = filled.exporter, iter([False, True, True])
    id = exporter.records.ask(FENG, TrailQuery(), Format.XLSX)
    clock.go_on(seconds=1)
    waiting = exporter.records.ask(FENG, TrailQuery(), Format.CSV)
    exporter.make_waiting(lambda: next(answers))
    stopped = exporter.records.one(id)
    assert (stopped.state, stopped.reason) == (ExportState.INTERRUPTED, "服务已经停止")
    assert list(exporter.folder.iterdir()) == []
    exporter.make_waiting(lambda: False)
    assert exporter.records.one(waiting).state is ExportState.FINISHED
    assert exporter.file(exporter.records.one(waiting)).stat().st_mode & 0o777 == 0o600


def test_the_partial_file_of_a_dead_process_is_removed(filled: Container):
    exporter = filled.exporter
    exporter.folder.mkdir(mode=0o700)
    (exporter.folder / "dead.csv.draft").write_text("half")
    id = exporter.records.ask(FENG, TrailQuery(), Format.CSV)
    exporter.make_waiting(lambda: False)
    assert [path.name for path in exporter.folder.iterdir()] == [f"{id}.csv"]


CHANGES: dict[str, Callable[[UUID], Any]] = {
    "removed": lambda id: delete(exports).where(exports.c.id == id),
    "changed": lambda id: update(exports).where(exports.c.id == id).values(person="nobody"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_record_of_an_export_can_be_neither_removed_nor_changed(
    filled: Container, tmp_path: Path, change: str
):
    export = export_of(filled, Format.CSV, person="sun")
    filled.exporter.make(export, tmp_path / "trail.csv")
    with pytest.raises(DBAPIError, match="exports are recorded"), _db(filled) as db:
        db.execute(CHANGES[change](export.id))
    if filled.engine.dialect.name == "postgresql":
        with pytest.raises(DBAPIError, match="exports are recorded"), _db(filled) as db:
            db.execute(text("TRUNCATE exports"))
    kept = filled.exporter.records.one(export.id)
    assert kept and (kept.person, kept.search) == ("feng", {"person": "sun"})


def _db(service: Container) -> Any:
    return writing(service.engine).begin()


def test_an_export_shows_the_local_time_of_the_city():
    row = {"at": datetime(2026, 9, 28, 16, 30, 5, tzinfo=UTC)}
    blank = dict.fromkeys(("person", "department", "department_code", "sentence", "topic"), "")
    rest = {"position": 1, "version": 1, "stream_id": uuid4(), "documents": [], "ground": None}
    shown = texts(row | blank | rest | {"role": "auditor", "action": "case/open"})
    assert shown[1] == "2026-09-29 00:30:05"
    assert (shown[3], shown[6]) == ("审计", "受理")


def test_the_background_worker_makes_a_requested_export(client: TestClient, settings: Settings):
    """The file lies in the data folder, and only its owner may read it."""
    service = the_service(client)
    id = service.exports.ask(FENG, TrailQuery(), Format.CSV)
    wait_until(lambda: service.exports.one(id).state is ExportState.FINISHED, 20)
    path = settings.data_dir / "exports" / f"{id}.csv"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
