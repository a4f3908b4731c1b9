"""What an auditor does at the command line: tell a case, export, verify, bundle, change the key."""

import json
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from application.access.permissions import Role
from infrastructure.container import Container
from infrastructure.database.engine import writing
from infrastructure.exports.records import newest
from tests.api.cli.test_main import Run, command, granted, in_one_line, service, xinnuo
from tests.api.conftest import Walk

__all__ = ["command", "granted", "service", "xinnuo"]


def test_an_audit_tells_the_whole_case_as_it_was_written(
    xinnuo: Run, granted: Walk, service: Container
):
    xinnuo("sweep")
    lines = xinnuo("audit", granted.view["id"]).out.splitlines()
    told = [line.split("  ", 2) for line in (line.strip() for line in lines)]
    assert [int(version) for version, _, _ in told] == [1, 2, 3, 4, 5, 6]
    assert told[0][2].endswith("适用容缺受理型，事项第1版，收到材料1份")
    assert told[5][2].startswith("系统按期限发现违诺（逾期未补齐材料）")
    assert len(service.repository.history(UUID(granted.view["id"]))) == 6


def test_an_audit_tells_what_was_remembered_then_and_all_that_changed(xinnuo: Run, granted: Walk):
    id = granted.view["id"]
    then = json.loads(xinnuo("audit", id, "--version", "3").out)
    assert then["stage"] == "notified"
    assert json.loads(xinnuo("audit", id, "--at", "2026-09-28T09:00:00+08:00").out)["stage"]
    entries = [json.loads(line) for line in xinnuo("audit", id, "--json").out.splitlines()]
    assert [entry["version"] for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[2]["documents"][0]["name"] == "告知书"
    assert {change["path"] for change in entries[2]["changes"]} >= {"/stage"}
    for never in (("--version", "9"), ("--at", "2020-01-01T00:00:00+08:00")):
        assert in_one_line(xinnuo("audit", id, *never))
    assert xinnuo("audit", id, "--at", "2026-09-28T09:00:00").code != 0


def test_an_export_is_written_and_recorded(
    xinnuo: Run, granted: Walk, service: Container, tmp_path: Path
):
    xinnuo("sweep")
    log_size = service.repository.recorder.max_notification_id()
    for format, search in (("csv", ()), ("xlsx", ("--role", "system")), ("ndjson", ())):
        path = tmp_path / f"trail.{format}"
        said = xinnuo("export", "--format", format, "--out", str(path), *search)
        assert said.code == 0, said.err
        digest = sha256(path.read_bytes()).hexdigest()
        assert said.out.endswith(
            f"已导出{1 if search else log_size}行到 {path}，SHA-256 {digest}\n"
        )
    with service.engine.connect() as db:
        kept = [service.exports.of(row) for row in db.execute(newest())]
    assert {(each.role, each.department, each.state) for each in kept} == {
        (Role.OPERATOR, "命令行", "finished")
    }
    assert sorted(str(each.search) for each in kept) == ["{'role': 'system'}", "{}", "{}"]


def test_an_export_that_cannot_be_made_says_why(xinnuo: Run, granted: Walk, tmp_path: Path):
    path = str(tmp_path / "trail.csv")
    assert "没有这个操作" in xinnuo("export", "--out", path, "--action", "case/x").err
    assert "文件写不下去" in xinnuo("export", "--out", str(tmp_path / "no" / "trail.csv")).err
    assert not Path(path).exists()


# evidence -----------------------------------------------------------------------------------------


def test_a_sound_log_is_verified_against_a_checkpoint_kept_elsewhere(
    xinnuo: Run, granted: Walk, service: Container, tmp_path: Path
):
    note, size = xinnuo("checkpoint").out, service.repository.recorder.max_notification_id()
    assert note.split("\n")[1] == str(size)
    (tmp_path / "kept").write_text(note)
    said = xinnuo("verify", "--checkpoint", str(tmp_path / "kept"), "--key", *service.log_keys)
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith(f"核验通过：共{size}个事件，已封存到第{size}个\n")


def test_a_rewritten_log_is_named_in_one_line_with_the_position(
    xinnuo: Run, granted: Walk, service: Container
):
    xinnuo("checkpoint")
    with writing(service.engine).begin() as db:
        lite = db.dialect.name == "sqlite"
        db.execute(text(f"DROP TRIGGER {'events_no_update' if lite else ON_POSTGRES}"))
        db.execute(text("UPDATE events SET version = 77 WHERE position = 3"))
    said = xinnuo("verify")
    assert (said.code, said.err) == (1, "第3个事件：这个事件的内容与封存时不符\n")


ON_POSTGRES = "events_are_for_ever ON events"


def test_a_checkpoint_that_nobody_known_signed_is_refused(
    xinnuo: Run, granted: Walk, tmp_path: Path
):
    (tmp_path / "forged").write_text(xinnuo("checkpoint").out.replace("—", "-"))
    said = xinnuo("verify", "--checkpoint", str(tmp_path / "forged"))
    assert said.code == 1
    assert in_one_line(said)


def test_a_bundle_is_written_and_checked_without_the_database(
    xinnuo: Run, command: Run, granted: Walk, service: Container, tmp_path: Path, monkeypatch
):
    path, (key,) = str(tmp_path / "case.zip"), service.log_keys
    assert xinnuo("bundle", granted.view["id"], "--out", path).code == 0
    monkeypatch.setenv("XINNUO_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert "的5个事件都在日志" in command("verify-bundle", path, "--key", key).out
    Path(path).write_bytes(Path(path).read_bytes()[:-1])
    said = command("verify-bundle", path, "--key", key)
    assert said.code == 1
    assert in_one_line(said)


def test_a_new_key_signs_beside_the_old_one(xinnuo: Run, granted: Walk, service: Container):
    xinnuo("checkpoint")
    (old,) = service.log_keys
    new = xinnuo("new-key").out.strip()
    assert service.log_keys == [new, old]
    assert xinnuo("checkpoint").out.count("— ") == 2
    for key in (old, new):
        assert xinnuo("verify", "--key", key).code == 0
