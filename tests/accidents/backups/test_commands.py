"""The commands `xinnuo backup` and `xinnuo restore`."""

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from infrastructure.backup.restoring import size_of
from tests.accidents.backups.installation import (
    WHY,
)


@pytest.fixture
def xinnuo(installation, monkeypatch):
    """Runs the command over this installation; returns its exit code and what it says."""
    monkeypatch.setenv("XINNUO_DATA_DIR", str(installation.settings.data_dir))
    monkeypatch.setenv("XINNUO_DATABASE_URL", installation.settings.url)

    def run(*words):
        done = CliRunner().invoke(app, [*map(str, words)])
        return done.exit_code, done.output

    return run


def test_the_commands_take_a_backup_drill_it_and_put_it_in_place(installation, xinnuo, tmp_path):
    installation.promises(3)
    code, said = xinnuo("backup", tmp_path / "b", "--keys", tmp_path / "k")
    assert code == 0, said
    assert f"{size_of(installation.settings.url)}个事件" in said
    code, said = xinnuo("restore", tmp_path / "b", "--drill")
    assert (code, "演练通过" in said) == (0, True), said
    reason = ("--by", "op-01", "--because", WHY)
    code, said = xinnuo("restore", tmp_path / "b", *reason)
    assert (code, "--over" in said) == (1, True), said
    code, said = xinnuo("restore", tmp_path / "b", *reason, "--over")
    assert (code, "已记入日志" in said) == (0, True), said
    code, said = xinnuo("restore", "--placed", *reason)
    assert (code, "已记入日志" in said) == (0, True), said
    installation.promises(1)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("BACKUP", "--placed"),
        ("BACKUP",),
        ("BACKUP", "--by", "op-01"),
        ("--placed", "--drill"),
        ("BACKUP", "--by", "op-01", "--because", "电话13800138000"),
    ],
)
def test_a_restoration_without_who_and_why_touches_nothing(installation, xinnuo, tmp_path, words):
    installation.promises(1)
    installation.backup(tmp_path / "b")
    before = size_of(installation.settings.url)
    code, _ = xinnuo("restore", *[tmp_path / "b" if word == "BACKUP" else word for word in words])
    assert code != 0
    assert size_of(installation.settings.url) == before


def test_keys_and_data_are_not_written_into_one_folder(installation, xinnuo, tmp_path):
    for keys in (tmp_path / "b", tmp_path / "b" / "keys"):
        code, said = xinnuo("backup", tmp_path / "b", "--keys", keys)
        assert (code, "不能放在一处" in said) == (1, True)
        assert not (tmp_path / "b").exists()
