"""Open data: the result of a query, the daily files and the change feed say what the pages say."""

import csv
import hashlib
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from python_calamine import CalamineWorkbook

from api.v1.disclosures import DisclosureEntry
from infrastructure.open_data.columns import COLUMNS, TITLES
from infrastructure.open_data.files import TooManyRows, write_entries
from infrastructure.spreadsheets.text_mark import unmarked
from infrastructure.spreadsheets.writers import Format
from projections.disclosures import queries as disclosure
from tests import stories as s
from tests.api.site.conftest import Site

CHANGES = "/api/v1/disclosures/changes"
AFTER_ALL_ENDED = datetime(2027, 11, 25, 2, tzinfo=UTC)


def codes_in(format: str, content: bytes) -> list[str]:
    """The 承诺编码 of every line of a file, in order."""
    match format:
        case "csv":
            lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
            return [unmarked(line["承诺编码"]) for line in lines]
        case "xlsx":
            header, *rows = (
                CalamineWorkbook.from_filelike(io.BytesIO(content))
                .get_sheet_by_index(0)
                .to_python()
            )
            return [row[header.index("承诺编码")] for row in rows]
        case _:
            return [json.loads(line)["code"] for line in content.decode().splitlines()]


@pytest.fixture
def several(site: Site) -> Site:
    for serial, story in enumerate([s.GRANTED, s.FULFILLED, s.PENALIZED, s.DEFERRED_GRANTED] * 6):
        site.publish(story, serial=serial + 1)
    site.publish(s.GRANTED, s.PERSON, serial=99)
    return site


# the result of a query --------------------------------------------------------------------------


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize(
    "query", ["", "q=千秋&status=supervised", "sanctioned=1", "kind=deferred_materials", "q=无"]
)
def test_a_file_holds_what_the_page_lists_in_its_order(several: Site, format: Format, query: str):
    listed = several.codes(f"/?{query}")
    page = several.client.get(f"/download.{format}?{query}")
    assert codes_in(format, page.content) == listed
    assert page.headers["content-disposition"].startswith("attachment; filename=")
    by_name = several.client.get(f"/api/v1/disclosures?{query}&format={format}&limit=1")
    media = page.headers["content-type"].partition(";")[0]
    by_accept = several.client.get(f"/api/v1/disclosures?{query}", headers={"accept": media})
    assert codes_in(format, by_name.content) == codes_in(format, by_accept.content) == listed


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/csv;q=0.5, application/json"])
def test_the_api_answers_json_unless_a_file_is_liked_better(several: Site, accept: str):
    reply = several.client.get("/api/v1/disclosures", headers={"accept": accept})
    assert reply.headers["content-type"] == "application/json"


def test_a_wrong_filter_of_a_download_leads_back_to_the_form(site: Site):
    reply = site.client.get("/download.csv?status=x", follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, "/?status=x")
    assert site.client.get("/download.pdf").status_code == 404


def test_a_result_that_is_too_long_is_refused(several: Site, tmp_path):
    engine, rows = several.service.engine, disclosure.public_list(several.day[0].date())
    order = disclosure.NEWEST_FIRST
    assert write_entries(engine, tmp_path / "all", Format.CSV, rows, order, 24) == 24
    with pytest.raises(TooManyRows):
        write_entries(engine, tmp_path / "less", Format.CSV, rows, order, 23)


def test_a_file_has_the_columns_of_an_entry(several: Site):
    line = several.client.get("/download.ndjson?sanctioned=1").text.splitlines()[0]
    entry = several.client.get(f"/api/v1/disclosures/{json.loads(line)['code']}").json()
    assert json.loads(line).keys() == entry.keys() - {
        "updating",
        "terms_version",
        "inspect_provisional",
    }
    names = {column.name for column in COLUMNS}
    assert names <= DisclosureEntry.model_fields.keys()
    header = several.client.get("/download.csv").text.splitlines()[0]
    assert [each.strip('"﻿') for each in header.split(",")] == list(TITLES)


# the daily files --------------------------------------------------------------------------------


def made(site: Site) -> None:
    """Makes the files of the day, in a folder of which the worker of the service knows nothing."""
    service = site.service
    folder = service.settings.data_dir / "daily"
    service.__dict__["daily_files"] = replace(service.daily_files, folder=folder)
    service.daily_files.make(lambda: False)


def daily(site: Site) -> dict[str, bytes]:
    """Every file that the page of open data links to, by its name."""
    names = re.findall(r'href="/data/([^"]+)"', site.get("/data"))
    return {name: site.client.get(f"/data/{name}").content for name in names}


def test_the_daily_files_are_the_lists_with_their_length_and_digest(several: Site):
    made(several)
    page, files = several.get("/data"), daily(several)
    assert len(files) == 6
    for name, content in files.items():
        query = "sanctioned=1" if name.startswith("sanctions") else ""
        listed = several.codes(f"/?{query}")
        assert codes_in(name.rpartition(".")[2], content) == listed
        row = page[page.index(name) :]
        assert f'class="number">{len(listed)}</td>' in row
        assert f"{len(content):,} 字节" in row
        assert hashlib.sha256(content).hexdigest() in row
    for column in COLUMNS:
        assert column.title in page and column.name in page


def test_an_ended_entry_is_in_no_file_of_the_next_day(several: Site):
    made(several)
    before = daily(several)
    several.day[0] = AFTER_ALL_ENDED
    assert "今天的文件还没有做好" in several.get("/data")
    assert {several.client.get(f"/data/{name}").status_code for name in before} == {404}
    made(several)
    for name, content in daily(several).items():
        assert s.KEY_REVIEW.label.encode() not in content
        if name.startswith("sanctions"):
            assert codes_in(name.rpartition(".")[2], content) == []
    folder = several.service.daily_files.folder
    assert {path.name for path in folder.iterdir()} == {*daily(several), "manifest.json"}


@pytest.mark.parametrize("name", ["nothing.csv", "manifest.json", "..%2Fxinnuo.db"])
def test_no_other_file_is_given(several: Site, name: str):
    made(several)
    assert several.client.get(f"/data/{name}").status_code == 404


# the change feed --------------------------------------------------------------------------------


def changes(site: Site, after: str = "", limit: int = 100) -> tuple[list[tuple[str, str]], str]:
    page = site.client.get(CHANGES, params={"after": after, "limit": limit}).json()
    return [(each["kind"], each["code"]) for each in page["items"]], page["next"]


def test_the_feed_tells_what_appears_changes_and_ends_and_resumes(site: Site):
    first, second = site.publish(s.GRANTED, serial=1), site.publish(s.GRANTED, serial=2)
    told, place = changes(site)
    assert told == [("appeared", first), ("appeared", second)]
    assert changes(site, place) == ([], place)
    site.publish(s.PENALIZED, serial=1)
    third = site.publish(s.FULFILLED, serial=3)
    told, place = changes(site, place)
    assert told == [("changed", first), ("appeared", third)]
    site.day[0] = AFTER_ALL_ENDED
    told, place = changes(site, place)
    assert told == [("ended", first)]
    assert changes(site, place)[0] == []
    assert [code for _, code in changes(site)[0]] == [second, third]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 50])
def test_pages_of_any_size_tell_the_same_changes(several: Site, limit: int):
    _, begun = changes(several)
    several.publish(s.FULFILLED, serial=1)
    several.day[0] = AFTER_ALL_ENDED
    whole, place, told = changes(several, begun)[0], begun, []
    while (page := changes(several, place, limit))[0]:
        told += page[0]
        place = page[1]
    assert told == whole
    assert [kind for kind, _ in whole].count("ended") == 6


def test_an_end_tells_nothing_but_the_code(several: Site):
    _, place = changes(several)
    several.day[0] = AFTER_ALL_ENDED
    for path in (f"{CHANGES}?after={place}", f"/feed.atom?after={place}"):
        text = several.client.get(path).text
        assert "ended" in text
        assert s.APPLICANT.name not in text and s.APPLICANT.code not in text


@pytest.mark.parametrize("after", ["x", "-1", "1.2", "1.20261399.0", "9" * 19, "1.20261201.0.0"])
def test_a_place_that_was_not_given_out_is_refused(site: Site, after: str):
    assert site.client.get(CHANGES, params={"after": after}).status_code == 400
    assert site.client.get("/feed.atom", params={"after": after}).status_code == 400


def test_the_feed_for_readers_is_valid_and_newest_first(several: Site):
    atom = "{http://www.w3.org/2005/Atom}"
    reply = several.client.get("/feed.atom")
    assert reply.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(reply.content)  # noqa: S314 - our own text
    entries = feed.findall(f"{atom}entry")
    assert len(entries) == 24
    codes = [entry.find(f"{atom}link").get("href")[-20:] for entry in entries]
    assert codes == [code for _, code in changes(several)[0]][::-1]
    for entry in entries:
        assert all(entry.findtext(f"{atom}{name}") for name in ("id", "title", "updated"))
    assert len({entry.findtext(f"{atom}id") for entry in entries}) == 24
