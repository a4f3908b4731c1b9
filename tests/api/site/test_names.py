"""A search finds what a person types: on the page and in the API, on both databases."""

import re
from html import unescape
from typing import NamedTuple

import pytest
from starlette.testclient import TestClient

from domain.values.parties import Organisation
from tests import stories as s
from tests.api.conftest import project, the_service
from tests.support.service_driver import Office

BROWSER = {"accept": "text/html"}
ROW = re.compile(r'href="/disclosures/(\d{20})[?"]')
CODE = "91411281MA9KXNT179"


class Names(NamedTuple):
    """The public list, with one granted case for each name; a case is known by its 承诺编码."""

    client: TestClient
    code_of: dict[str, str]

    def in_api(self, q: str) -> set[str]:
        reply = self.client.get("/api/v1/disclosures", params={"q": q, "limit": 200})
        assert reply.status_code == 200, reply.text
        return {line["code"] for line in reply.json()["items"]}

    def on_page(self, q: str) -> set[str]:
        reply = self.client.get("/", params={"q": q}, headers=BROWSER)
        assert reply.status_code == 200, reply.text
        return set(ROW.findall(unescape(reply.text)))

    def found(self, q: str) -> set[str]:
        """The names that both ways of searching find."""
        codes = self.in_api(q)
        assert self.on_page(q) == codes, q
        return {name for name, code in self.code_of.items() if code in codes}


DOTTED, RADICAL = "义马市阿依古丽·热合曼便利店", "义马市一川文化传播有限公司"
ZERO, RARE, GROUP = "义马市零宽度测试有限公司", "义马𠮷䶮㛃🍜店", "义马市华能（集团）有限公司"
FORMS, KABU, DASHED = "Ångström Café Straße", "义马㈱山本", "义马—渑池联运"
QUOTED, NOUGHT, DIGITS = "“好客来”酒家", "五〇二厂", "义马３６０超市"
VARIANT, DECIMAL = "义马葛\U000e0100家", "义马1.5升水站"
LONG, PERIODIC = "㈱" * 199 + "尾", "ﷺ" * 199 + "末"

SEARCHES = {
    DOTTED: [
        *(f"阿依古丽{dot}热合曼" for dot in ("", *"·•・‧．∙･⋅. ")),
        *(f"丽{dot}热" for dot in ("·", "•", "\u3000", "\u200b·")),
    ],
    RADICAL: ["义马市一川文化", "义⻢市⼀川⽂化", "⼀川", "⽂化传播", "⻢市一"],
    ZERO: ["零宽度", "零宽\u200b度", "\ufeff零宽度", "零\u2060宽\u00ad度", "零\u3164宽度"],
    RARE: ["𠮷", "䶮㛃", "🍜", "𠮷䶮㛃🍜店"],
    GROUP: [
        "能（集团）",
        "能(集团)",
        "能〔集团〕",
        "能[集团]",
        "能【集团】",
        "能﹙集团﹚",
        "能{集团}",
    ],
    FORMS: ["ångström", "A\u030angstro\u0308m", "CAFÉ", "cafe\u0301", "STRASSE", "straße"],
    KABU: ["㈱山本", "(株)山本", "（株）山本", "［株］山", "株)山"],
    DASHED: [f"义马{dash}渑池" for dash in "-–—－―─‐−"],
    QUOTED: ["“好客来”", '"好客来"', "「好客来」", "‘好客来’酒家", "＂好客来"],
    NOUGHT: ["五〇二", "五○二", "五◯二厂"],
    DIGITS: ["360超市", "３６０", "义马 360", "３\u200b6０超"],
    VARIANT: ["葛家", "葛\U000e0101家", "葛\ufe00家"],
    DECIMAL: ["1.5升", "1·5升", "１．５升"],
    LONG: ["㈱尾", "(株)(株)尾", "尾", LONG, "（株）" * 150],
    PERIODIC: ["ﷺ末", "末", PERIODIC, "ﷺ" * 30],
}
"""By name: what is typed to find this name, and no other."""
OTHERS = ["15升水站", "阿依·古丽曼", "义马二川", "·", "•", "%", "_"]
OTHERS += ["㈱" * 199 + "头", "ﷺ" * 199 + "头"]
COPIED = [
    *(f"{CODE} {CODE.lower()} '{CODE} ＇{CODE} 91411281-MA9KXNT17-9 91411281－MA9KXNT17–9".split()),
    *(f"{CODE}\u200b", f"\ufeff{CODE}", f"\u202d{CODE}\u202c", f"\u200b'{CODE}", f"\u00a0{CODE}\t"),
    *("９１４１１２８１ＭＡ９ＫＸＮＴ１７９", f" {CODE}\u3000", "9141\u00ad1281\u2060MA9KXNT179"),
    *("91411281 MA9KXNT1 79", "9141 1281 MA9K XNT1 79"),
]
"""Copies of the code under which all these names are registered."""
WIDE = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}


@pytest.fixture
def names(client: TestClient) -> Names:
    office, code_of = Office(the_service(client)), {}
    for number, name in enumerate(SEARCHES, start=1):
        applicant = Organisation(code=CODE, name=name)
        office.remembers(s.GRANTED, applicant=applicant, number=number)
        code_of[name] = s.code(serial=number)
    project(client)
    return Names(client, code_of)


def test_a_name_is_found_by_every_spelling_of_a_part_of_it(names: Names, subtests):
    for name, spellings in SEARCHES.items():
        for typed in spellings:
            with subtests.test(ascii(typed[:40])):
                assert names.found(typed) == {name}


def test_a_part_that_differs_in_print_finds_nothing(names: Names, subtests):
    for typed in OTHERS:
        with subtests.test(ascii(typed[:40])):
            assert names.found(typed) == set()


def test_what_prints_as_nothing_is_no_search(names: Names):
    for typed in ("", " ", "\u200b", "\ufeff\u3164", "\u202d\u202c", "'"):
        assert names.found(typed) == set(SEARCHES), ascii(typed)


def test_a_code_is_found_however_it_was_copied(names: Names, subtests):
    for typed in COPIED:
        with subtests.test(ascii(typed)):
            assert names.found(typed) == set(SEARCHES)


def test_a_commitment_code_is_found_however_it_was_copied(names: Names, subtests):
    code = names.code_of[ZERO]
    groups = (code[:6], code[6:14], code[14:])
    for typed in (code, " ".join(groups), "-".join(groups), f"'{code}", f"{code}\u200b"):
        for each in (typed, typed.translate(WIDE)):
            with subtests.test(ascii(each)):
                assert names.found(each) == {ZERO}


def test_an_entry_and_an_item_are_opened_by_the_same_spellings_on_page_and_in_the_api(names: Names):
    for path, code in (("disclosures", names.code_of[ZERO]), ("catalogue", s.ITEM.code)):
        for typed in (code, code.translate(WIDE), f"{code}\u200b", f"'{code}"):
            api = names.client.get(f"/api/v1/{path}/{typed}")
            page = names.client.get(f"/{path}/{typed}", headers=BROWSER)
            assert (api.status_code, page.status_code) == (200, 200), ascii(typed)
