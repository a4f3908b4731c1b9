"""The templates of importable tables: over HTTP without a token, on pages, as a command."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from application.imports.columns import ImportTable
from infrastructure.spreadsheets.templates import file_name, template
from infrastructure.spreadsheets.writers import MEDIA, Format
from tests.api.cli.test_main import Run, command, xinnuo
from tests.api.conftest import Badges
from tests.support.browser_client import Visitor

__all__ = ["command", "xinnuo"]
LINK = re.compile(r'href="(/api/v1/templates/[^"]+)"')


def assert_is_the_template(client: TestClient, address: str, table: ImportTable) -> None:
    reply = client.get(address)
    assert reply.status_code == 200
    assert reply.content == template(table)
    assert reply.headers["Content-Type"] == MEDIA[Format.XLSX]
    name = reply.headers["Content-Disposition"].rpartition("UTF-8''")[2]
    assert unquote(name) == file_name(table) == f"{table.label}导入模板.xlsx"


def test_anybody_can_fetch_the_template_of_each_table(client: TestClient):
    for table in ImportTable:
        assert_is_the_template(client, f"/api/v1/templates/{table}.xlsx", table)


@pytest.mark.parametrize("name", ["names.xlsx", "catalogue.csv", "catalogue"])
def test_there_is_no_other_template(client: TestClient, name: str):
    reply = client.get(f"/api/v1/templates/{name}")
    assert reply.status_code in (404, 422)
    assert name.partition(".")[0] not in reply.json()["detail"]


def test_the_public_page_about_data_links_to_every_template(client: TestClient):
    page = client.get("/about", headers={"Accept": "text/html"}).text
    links = LINK.findall(page)
    assert len(links) == len(ImportTable)
    for address, table in zip(links, ImportTable, strict=True):
        assert_is_the_template(client, address, table)


def test_whoever_signs_in_finds_the_templates(client: TestClient, as_: Badges):
    visitor = Visitor(client, as_)
    visitor.sign_in(visitor.token("catalog_admin"))
    assert len(LINK.findall(visitor.looks("/session").text)) == len(ImportTable)


@pytest.mark.parametrize("table", ImportTable)
def test_the_command_writes_the_template_to_a_file(xinnuo: Run, tmp_path: Path, table: ImportTable):
    path = tmp_path / "模板.xlsx"
    result = xinnuo("import", "template", table, "-o", str(path))
    assert (result.code, result.out) == (0, f"已写出模板 {path}，请在“填写”表里填写\n")
    assert path.read_bytes() == template(table)


def test_without_a_name_the_file_is_called_after_its_table(
    xinnuo: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    assert xinnuo("import", "template", "credit").code == 0
    assert [path.name for path in tmp_path.glob("*.xlsx")] == ["信用记录导入模板.xlsx"]


def test_a_template_that_cannot_be_written_is_told_in_words(xinnuo: Run, tmp_path: Path):
    result = xinnuo("import", "template", "credit", "-o", str(tmp_path / "no" / "x.xlsx"))
    assert result.code != 0
    assert "文件写不下去" in result.err
    assert "Traceback" not in result.err
    assert xinnuo("import", "template", "names").code == 2
