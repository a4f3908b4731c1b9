"""The law of templates: every mandatory block is there and says something; departments only add."""

from dataclasses import replace

import pytest

from domain.documents.city import LETTER, NOTICE, TEMPLATES
from domain.documents.kinds import MANDATORY, DocumentKind
from domain.documents.market_office import MARKET_OFFICE_NOTICE
from domain.documents.selection import pinned_template, template_in_force
from domain.documents.templates import (
    Template,
    TemplateBlock,
    TemplateUnlawful,
    of_department,
)
from tests.given import MARKET_OFFICE

ELSEWHERE = "11411281005807006L"
EVERY_BLOCK = [(each, key) for each in TEMPLATES for key in MANDATORY[each.kind]]


def test_every_kind_has_a_template_of_the_city() -> None:
    assert {each.kind for each in TEMPLATES} == {*DocumentKind} == {*MANDATORY}


@pytest.mark.parametrize(("template", "key"), EVERY_BLOCK, ids=str)
def test_a_template_without_a_mandatory_block_is_refused(template: Template, key: str) -> None:
    without = tuple(block for block in template.blocks if block.key != key)
    with pytest.raises(TemplateUnlawful, match=key):
        replace(template, blocks=without)


@pytest.mark.parametrize(("template", "key"), EVERY_BLOCK, ids=str)
def test_a_template_with_an_empty_block_is_refused(template: Template, key: str) -> None:
    def emptied(block: TemplateBlock) -> TemplateBlock:
        return TemplateBlock(block.key, block.title, (" ",)) if block.key == key else block

    with pytest.raises(TemplateUnlawful, match=key):
        replace(template, blocks=tuple(map(emptied, template.blocks)))


def test_a_block_is_there_once() -> None:
    with pytest.raises(TemplateUnlawful, match="remedies"):
        replace(NOTICE, blocks=(*NOTICE.blocks, NOTICE.blocks[-2]))


def test_a_department_adds_blocks_and_lines() -> None:
    said = next(block for block in NOTICE.blocks if block.key == "office")
    more = replace(said, lines=(*said.lines, "网址：https://example.gov.cn"))
    own = of_department(NOTICE, "office/notice", 1, more, TemplateBlock("x", "其他", ("说明",)))
    assert [block.key for block in own.blocks] == [*(b.key for b in NOTICE.blocks), "x"]
    assert "网址：https://example.gov.cn" in own.blocks[-2].lines


@pytest.mark.parametrize("key", MANDATORY[DocumentKind.NOTICE])
def test_a_department_neither_drops_nor_empties_nor_rewords_what_the_city_says(key: str) -> None:
    said = next(block for block in NOTICE.blocks if block.key == key)
    for lines in ((), ("",), ("另有规定",), said.lines[1:]):
        with pytest.raises(TemplateUnlawful, match=key):
            of_department(NOTICE, "office/notice", 1, replace(said, lines=lines))


def test_a_department_without_a_template_follows_the_city() -> None:
    notice = DocumentKind.NOTICE
    assert template_in_force(notice, MARKET_OFFICE.code) is MARKET_OFFICE_NOTICE
    assert template_in_force(notice, ELSEWHERE) is NOTICE
    assert template_in_force(DocumentKind.LETTER, MARKET_OFFICE.code) is LETTER


def test_a_pinned_template_is_found_by_name_and_version() -> None:
    for template in (*TEMPLATES, MARKET_OFFICE_NOTICE):
        assert pinned_template(template.name, template.version) is template
    with pytest.raises(LookupError, match="city/notice"):
        pinned_template("city/notice", 99)
