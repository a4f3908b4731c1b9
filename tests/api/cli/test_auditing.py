"""Commands for auditing: print a case, export, verify, bundle, seal, change the key."""

import json
import time
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from application.access.permissions import Role
from infrastructure.container import Container
from infrastructure.database.engine import writing
from infrastructure.exports.records import newest
from tests.api.cli.test_main import Run, command, granted, in_one_line, service, xinnuo
from tests.api.conftest import Walk

__all__ = ["command", "granted", "service", "xinnuo"]


def test_an_audit_prints_one_sentence_for_each_event_of_the_case(
    xinnuo: Run, granted: Walk, service: Container
):
    assert xinnuo("clock", "confirm", "--by", "ops-01").code == 0  # two months have passed
    xinnuo("sweep")
    lines = xinnuo("audit", granted.view["id"]).out.splitlines()
    rows = [line.split("  ", 2) for line in (line.strip() for line in lines)]
    assert [int(version) for version, _, _ in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[0][2].endswith("适用容缺受理型，事项第1版，收到材料1份")
    assert rows[5][2].startswith("系统按期限发现违诺（逾期未补齐材料）")
    assert len(service.repository.history(UUID(granted.view["id"]))) == 6


def test_an_audit_prints_a_past_state_or_every_event_with_its_changes(xinnuo: Run, granted: Walk):
    id = granted.view["id"]
    state = json.loads(xinnuo("audit", id, "--version", "3").out)
    assert state["stage"] == "notified"
    assert json.loads(xinnuo("audit", id, "--at", "2026-09-28T09:00:00+08:00").out)["stage"]
    entries = [json.loads(line) for line in xinnuo("audit", id, "--json").out.splitlines()]
    assert [entry["version"] for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[2]["documents"][0]["name"] == "告知书"
    assert {change["path"] for change in entries[2]["changes"]} >= {"/stage"}
    for moment in (("--version", "9"), ("--at", "2020-01-01T00:00:00+08:00")):
        assert in_one_line(xinnuo("audit", id, *moment))
    assert xinnuo("audit", id, "--at", "20260928").code != 0


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai"])
def test_an_audit_prints_local_time_wherever_the_host_stands(
    xinnuo: Run, granted: Walk, monkeypatch: pytest.MonkeyPatch, zone: str
):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    first, *_ = xinnuo("audit", granted.view["id"]).out.splitlines()
    monkeypatch.undo()
    time.tzset()
    assert first.split()[1:3] == ["2026-09-28", "09:00"]


@pytest.mark.parametrize(
    "moment",
    [
        *("2026-09-28 09:00", "2026年9月28日 09:00", "2026-09-28T09:00", "2026-09-28"),
        *("2026-09-28 09:00:00", "2026-09-28T01:00Z", "2026-09-28T09:00:00+0800"),
    ],
)
def test_an_audit_takes_each_form_in_which_a_moment_is_printed(
    xinnuo: Run, granted: Walk, moment: str
):
    shown = xinnuo("audit", granted.view["id"], "--at", moment)
    assert json.loads(shown.out)["stage"] == "granted", shown.err


def test_an_audit_takes_each_spelling_of_an_id(xinnuo: Run, granted: Walk):
    id = granted.view["id"]
    right = xinnuo("audit", id).out
    for spelled in (id.upper(), f"urn:uuid:{id}", "{" + id + "}", f" {id} ", id.replace("-", "")):
        assert xinnuo("audit", spelled).out == right, spelled
    assert xinnuo("audit", "x").code == 2


@pytest.mark.parametrize("moment", ["20260928", "1790000000", "yesterday", "2026-02-30", "5"])
def test_an_audit_says_how_a_moment_is_written(xinnuo: Run, granted: Walk, moment: str):
    result = xinnuo("audit", granted.view["id"], "--at", moment)
    assert result.code == 2
    assert "2026年9月28日 09:00" in result.err


def test_an_audit_says_what_cannot_be_known(xinnuo: Run, granted: Walk):
    assert xinnuo("audit", granted.view["id"]).code == 0
    for moment, words in (
        (("--at", "2020-01-01"), "当时还没有这个案件，它从2026年9月28日 09:00开始"),
        (("--at", "2150年1月1日"), "这一时刻还没有到"),
        (("--version", "9"), "还没有第9步，目前到第5步"),
    ):
        result = xinnuo("audit", granted.view["id"], *moment)
        assert (result.code, in_one_line(result)) == (1, True)
        assert words in result.err


def test_no_token_is_minted_for_the_system_or_for_a_company(xinnuo: Run):
    for arguments, words in (
        (("--role", "system"), "“系统”不是人员的岗位"),
        (("--role", "mayor"), "没有这个岗位"),
        (("--role", "auditor", "--person", "system"), "人员编号 system 留给本服务的进程"),
        (("--role", "auditor", "--department", "91411281MA9KXNT179"), "机关或者事业单位"),
    ):
        result = xinnuo("token", *arguments)
        assert (result.code > 0, result.out) == (True, ""), arguments
        assert words in result.err
    assert xinnuo("token", "--role", "auditor").out.count(".") == 2


def test_an_export_is_written_and_recorded(
    xinnuo: Run, granted: Walk, service: Container, tmp_path: Path
):
    assert xinnuo("clock", "confirm", "--by", "ops-01").code == 0  # two months have passed
    xinnuo("sweep")
    log_size = service.repository.recorder.max_notification_id()
    for format, search in (("csv", ()), ("xlsx", ("--role", "system")), ("ndjson", ())):
        path = tmp_path / f"trail.{format}"
        result = xinnuo("export", "--format", format, "--out", str(path), *search)
        assert result.code == 0, result.err
        digest = sha256(path.read_bytes()).hexdigest()
        assert result.out.endswith(
            f"已导出{1 if search else log_size}行到 {path}，SHA-256 {digest}\n"
        )
    with service.engine.connect() as db:
        records = [service.exports.of(row) for row in db.execute(newest())]
    assert {(each.role, each.department, each.state) for each in records} == {
        (Role.OPERATOR, "命令行", "finished")
    }
    assert sorted(str(each.search) for each in records) == ["{'role': 'system'}", "{}", "{}"]


def test_a_failed_export_prints_the_reason(xinnuo: Run, granted: Walk, tmp_path: Path):
    path = str(tmp_path / "trail.csv")
    assert "没有这个操作" in xinnuo("export", "--out", path, "--action", "case/x").err
    assert "文件写不下去" in xinnuo("export", "--out", str(tmp_path / "no" / "trail.csv")).err
    assert not Path(path).exists()


# evidence -----------------------------------------------------------------------------------------


def test_an_unchanged_log_is_verified_against_a_checkpoint_kept_elsewhere(
    xinnuo: Run, granted: Walk, service: Container, tmp_path: Path
):
    note, size = xinnuo("checkpoint").out, service.repository.recorder.max_notification_id()
    assert note.split("\n")[1] == str(size)
    (tmp_path / "checkpoint").write_text(note)
    arguments = ("--checkpoint", str(tmp_path / "checkpoint"), "--key", *service.log_keys)
    result = xinnuo("verify", *arguments)
    assert (result.code, result.err) == (0, "")
    assert f"核验通过：共{size}个事件，已封存到第{size}个，打开了全部" in result.out


def test_verifying_a_rewritten_log_prints_the_changed_position_in_one_line(
    xinnuo: Run, granted: Walk, service: Container
):
    xinnuo("checkpoint")
    with writing(service.engine).begin() as db:
        lite = db.dialect.name == "sqlite"
        db.execute(text(f"DROP TRIGGER {'events_no_update' if lite else ON_POSTGRES}"))
        db.execute(text("UPDATE events SET version = 77 WHERE position = 3"))
    result = xinnuo("verify")
    assert (result.code, result.err) == (1, "第3个事件：这个事件的内容与封存时不符\n")


ON_POSTGRES = "events_are_for_ever ON events"


def test_a_checkpoint_without_a_known_signature_is_refused(
    xinnuo: Run, granted: Walk, tmp_path: Path
):
    (tmp_path / "forged").write_text(xinnuo("checkpoint").out.replace("—", "-"))
    result = xinnuo("verify", "--checkpoint", str(tmp_path / "forged"))
    assert result.code == 1
    assert in_one_line(result)


def test_a_bundle_is_written_and_checked_without_the_database(
    xinnuo: Run, command: Run, granted: Walk, service: Container, tmp_path: Path, monkeypatch
):
    path, (key,) = str(tmp_path / "case.zip"), service.log_keys
    assert xinnuo("bundle", granted.view["id"], "--out", path).code == 0
    monkeypatch.setenv("XINNUO_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert "的5个事件都在日志" in command("verify-bundle", path, "--key", key).out
    Path(path).write_bytes(Path(path).read_bytes()[:-1])
    result = command("verify-bundle", path, "--key", key)
    assert result.code == 1
    assert in_one_line(result)


def test_after_a_change_of_keys_both_keys_sign(xinnuo: Run, granted: Walk, service: Container):
    xinnuo("checkpoint")
    (old,) = service.log_keys
    new = xinnuo("new-key").out.strip()
    assert service.log_keys == [new, old]
    assert xinnuo("checkpoint").out.count("— ") == 2
    for key in (old, new):
        assert xinnuo("verify", "--key", key).code == 0
