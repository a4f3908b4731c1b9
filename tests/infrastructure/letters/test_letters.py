"""Documents as PDF: every mandatory block is in the text; the same bytes on every later day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case.papers.composing import as_served
from domain.documents import released
from domain.documents.content import Letterhead, verification_code
from domain.documents.kinds import MANDATORY, Copy, DocumentKind
from domain.documents.served import ServedDocument
from domain.documents.templates import TemplateBlock
from domain.kernel.errors import DocumentDiffers, NotFound
from infrastructure.letters.letters import TypesetLetters, papers_of
from infrastructure.letters.printing import REMARK, printed
from infrastructure.privacy.vault import SealedVault
from tests import stories as s
from tests.given import DECIDER, after, history, told
from tests.infrastructure.letters.pdf_reader import facts_of, fonts_of, text_of

K = DocumentKind
SITE = "https://xinnuo.example.gov.cn"
NAMED = Letterhead(s.APPLICANT.name, site=SITE)
CLEARED = after(s.OPENED, "query", s.CLEAN, letterhead=NAMED)
NOTIFIED = after(CLEARED, "notify", letterhead=NAMED)
WITHDRAWN = after(s.NOTIFIED, "withdraw", "不再办理", letterhead=NAMED)
REFUSED = after(
    s.COMMITTED,
    "refuse",
    s.PERMIT,
    s.UNFIT,
    "经营场所不符合规定的距离",
    letterhead=NAMED,
    by=DECIDER,
)
EXCLUDED = after(s.OPENED, "query", s.EXCLUDED, letterhead=NAMED)


@pytest.fixture
def letters() -> TypesetLetters:
    """Letters of units: no vault is asked."""
    vault: SealedVault = SealedVault(None, None)  # type: ignore[arg-type]
    return TypesetLetters(vault)


WAYS = {
    K.ACCEPTANCE: s.OPENED,
    K.NOTICE: s.DEFERRED_GRANTED,
    K.LETTER: s.DEFERRED_GRANTED,
    K.DEFERRAL: s.DEFERRED_GRANTED,
    K.DIVERSION: EXCLUDED,
    K.GRANT: s.DEFERRED_GRANTED,
    K.REFUSAL: REFUSED,
    K.CORRECTION: s.DEFERRED_RETURNED,
    K.DELIVERY: REFUSED,
}
"""A case in which each kind of document is served."""


def unspaced(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("kind", K)
def test_the_text_of_the_pdf_has_every_mandatory_block(
    letters: TypesetLetters, kind: DocumentKind
) -> None:
    events = history(*WAYS[kind])
    pdf = letters.render(events, kind)
    text = text_of(pdf)
    paper = next(each for each in papers_of(events) if each.kind is kind)
    content = letters.content(events, paper)
    told_blocks = {block.key: block for block in content.blocks}
    for key in MANDATORY[kind]:
        block = told_blocks[key]
        assert unspaced(block.title) in text, key
        assert block.lines, key
        assert all(unspaced(line) in text for line in block.lines), block
    assert unspaced(kind.label) in text
    assert content.served.sha256 in text
    assert content.served.sm3 in text
    assert str(content.case) in text


@pytest.mark.parametrize("kind", K)
def test_the_pdf_is_an_archival_one_with_its_fonts_tags_and_metadata(
    letters: TypesetLetters, kind: DocumentKind
) -> None:
    events = history(*WAYS[kind])
    pdf = letters.render(events, kind)
    facts = facts_of(pdf)
    assert facts["Title"].startswith(kind.label)
    assert (facts["Tagged"], facts["Encrypted"], facts["JavaScript"]) == ("yes", "no", "no")
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A" in pdf
    fonts = fonts_of(pdf)
    assert fonts
    assert all(fonts.values()), fonts


def test_the_notice_says_what_the_law_demands(letters: TypesetLetters) -> None:
    text = text_of(letters.render(history(*s.DEFERRED_GRANTED), K.NOTICE))
    demanded = (
        "《河南省社会信用条例》第六十八条",
        "六十日内向义马市人民政府申请行政复议",
        "六个月内向义马市人民法院提起行政诉讼",
        "《个人信息保护法》第十七条、第三十五条",
        *("自作出决定之日起20个工作日内", "以前补交《从业人员健康证明》", "不作为不良信用记录"),
        *s.TERMS.conditions,
        *s.TERMS.standards,
        *s.TERMS.legal_basis,
    )
    assert [each for each in demanded if unspaced(each) not in text] == []


def test_a_refusal_says_its_ground_with_article_facts_and_remedies(letters: TypesetLetters) -> None:
    text = text_of(letters.render(history(*REFUSED), K.REFUSAL))
    demanded = (
        "不符合法定条件、标准（《行政许可法》第三十八条）",
        *("经营场所不符合规定的距离", "申请行政复议", "提起行政诉讼"),
    )
    assert [each for each in demanded if unspaced(each) not in text] == []


def test_a_grant_says_the_validity_and_the_file_of_what_was_issued_if_it_has_any(
    letters: TypesetLetters,
) -> None:
    plain = text_of(letters.render(history(*s.GRANTED), K.GRANT))
    assert "有效期" not in plain
    assert "更正" not in plain
    dated = after(s.COMMITTED, "grant", s.DATED_PERMIT, letterhead=NAMED, by=DECIDER)
    text = text_of(letters.render(history(*dated), K.GRANT))
    told = (
        "有效期：自2026年9月28日起至2031年9月27日止",
        str(s.DATED_PERMIT.result),
        "2026年9月28日",
    )
    assert [each for each in told if unspaced(each) not in text] == []


def test_a_corrected_decision_says_which_one_it_replaces_and_why(letters: TypesetLetters) -> None:
    granted = text_of(letters.render(history(*s.AMENDED), K.GRANT))
    refused = text_of(letters.render(history(*s.REFUSAL_AMENDED), K.REFUSAL))
    what = "本决定书更正2026年9月28日作出的"
    assert unspaced(f"{what}{s.PERMIT.number}准予决定书：决定书漏写了有效期") in granted
    assert unspaced(f"{what}{s.REJECTION.number}不予决定书：文书号误写为9号") in refused
    assert "经营场所与学校的距离不符合规定" in refused
    receipt = text_of(letters.render(history(*s.REFUSAL_AMENDED), K.DELIVERY))
    assert "义市监不许〔2026〕19号" in receipt


def test_a_diversion_says_why_by_whose_choice_and_that_it_is_no_refusal(
    letters: TypesetLetters,
) -> None:
    excluded = text_of(letters.render(history(*EXCLUDED), K.DIVERSION))
    withdrawn = text_of(letters.render(history(*WITHDRAWN), K.DIVERSION))
    for finding in s.EXCLUDED.findings:
        assert unspaced(f"{finding.exclusion.label}，依据：{finding.document}") in excluded
    assert "第四十一条" in excluded
    assert "申请人撤回信用承诺的申请：不再办理" in withdrawn
    assert "与信用记录无关" in withdrawn
    assert "这不是不予许可" in excluded
    assert "这不是不予许可" in withdrawn


def test_the_notice_of_missing_materials_is_made_out_twice(letters: TypesetLetters) -> None:
    events = history(*s.DEFERRED_GRANTED)
    copies = [letters.render(events, K.DEFERRAL, copy) for copy in Copy]
    assert copies[0] != copies[1]
    for copy, pdf in zip(Copy, copies, strict=True):
        assert unspaced(copy.label) in text_of(pdf)


def test_only_a_case_with_missing_materials_has_such_a_notice(letters: TypesetLetters) -> None:
    events = history(*s.GRANTED)
    assert K.DEFERRAL not in [paper.kind for paper in papers_of(events)]
    with pytest.raises(NotFound):
        letters.render(events, K.DEFERRAL)


# later ------------------------------------------------------------------------------------------


def test_a_document_is_made_again_byte_for_byte_when_the_case_has_gone_on(
    letters: TypesetLetters,
) -> None:
    at_once = letters.render(history(*NOTIFIED), K.NOTICE)
    later = after(NOTIFIED, "withdraw", "不再办理", at=NOTIFIED[-1].at + timedelta(days=1))
    assert letters.render(history(*later), K.NOTICE) == at_once
    assert SITE.encode() not in at_once  # the square and the footer are drawn
    (notice,) = (p for p in papers_of(history(*later)) if p.kind is K.NOTICE)
    assert notice.pin
    assert unspaced(f"{SITE}/verify/{verification_code(notice.pin.sha256)}") in text_of(at_once)


@pytest.fixture
def a_later_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next release has another version of each template of the city, with another text."""
    more = TemplateBlock("more", "新增的内容", ("以后的版本才有的内容。",))
    for kind, known in released.CITY.items():
        last = known[-1]
        newer = replace(last, version=last.version + 1, blocks=(*last.blocks, more))
        monkeypatch.setitem(released.CITY, kind, (*known, newer))  # type: ignore[arg-type]


def test_a_later_version_of_the_template_does_not_change_what_was_served(
    letters: TypesetLetters, request: pytest.FixtureRequest
) -> None:
    kept = {kind: letters.render(history(*WAYS[kind]), kind) for kind in (K.LETTER, K.GRANT)}
    request.getfixturevalue("a_later_release")
    for kind, pdf in kept.items():
        assert letters.render(history(*WAYS[kind]), kind) == pdf
    fresh = after(s.COMMITTED, "grant", s.PERMIT, letterhead=NAMED, by=DECIDER)
    assert "以后的版本才有的内容。" in text_of(letters.render(history(*fresh), K.GRANT))


def test_what_was_served_before_this_was_pinned_follows_the_first_template(
    letters: TypesetLetters, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("a_later_release")
    unpinned = [fact._replace(said=_without_pins(fact.said)) for fact in s.NOTIFIED]
    text = text_of(letters.render(history(*unpinned), K.NOTICE))
    assert "模板city/notice第1版" in text
    assert "/verify/" not in text


def test_a_document_that_is_not_what_was_pinned_is_not_given_out(letters: TypesetLetters) -> None:
    def forged(pin: ServedDocument) -> ServedDocument:
        return pin.model_copy(update={"sha256": "0" * 64})

    last = s.NOTIFIED[-1]
    pins = tuple(map(forged, last.said["documents"]))
    events = history(*s.NOTIFIED[:-1], last._replace(said=last.said | {"documents": pins}))
    with pytest.raises(DocumentDiffers):
        letters.render(events, K.NOTICE)


def _without_pins(said: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in said.items() if name != "documents"}


# names ------------------------------------------------------------------------------------------

RARE = "𠮷㐂㛃䶮𬱖𫖯𤧞𠅤㵘𩽾𪚥龘靐齉爩麤璟喆堃淼犇骉羴猋燚"
"""Of the extensions of Unicode, and of many strokes."""
UYGHUR = (
    "阿布都热西提·买买提江",
    "古丽米热·阿卜杜热合曼",
    "热依扎·阿里木江",
    "迪丽热巴·迪力木拉提",
)
LONG = ("义马市" + "千秋" * 40 + "食品有限责任公司", "欧阳" * 25, "阿不力克木·" * 9 + "江")


def names() -> Iterator[str]:
    yield from UYGHUR
    yield from LONG
    yield from (
        "བསྟན་འཛིན",
        "ئەركىن",
        "Zoë O’Connor",
        "김철수",
        "すず",
        "Đặng",
        "😀千秋",
        "\u0301欧阳",
    )
    number = 0
    while True:
        first, second = RARE[number % len(RARE)], RARE[number * 7 % len(RARE)]
        yield f"{'王李张欧'[number % 4]}{first}{second if number % 3 else ''}"
        number += 1


def test_two_hundred_letters_with_rare_names_are_legible_and_never_blank() -> None:
    *_, event = history(*s.NOTIFIED)
    plain, case = event.model_copy(update={"documents": ()}), told(*s.NOTIFIED[:-1])
    numbered = 0
    for name, _ in zip(names(), range(200), strict=False):
        content = as_served(case, plain, K.LETTER, Letterhead(name))
        text = text_of(printed(content, None, event.timestamp, None))
        lacking = [c for c in unspaced(name) if c not in text]
        assert all(f"〔U+{ord(c):X}〕" in text for c in lacking), name
        assert (unspaced(REMARK) in text) is bool(lacking), name
        numbered += bool(lacking)
        if not lacking:
            assert unspaced(name) in text
    assert 0 < numbered < 200
