"""What a decision tells of the document that it issues, of one that a correction replaces, and of
the check that came before it."""

from collections.abc import Iterator, Sequence

from domain.case import events as e
from domain.case.promise.decisions import DecisionDocument, NumberedDocument
from domain.case.state import CaseState
from domain.values.workdays import in_chinese

Told = dict[str, str | Sequence[str]]


def issued(document: NumberedDocument) -> Told:
    """The document by its number, what came of it, and the licence if one was issued."""
    return {
        "decision_number": document.number,
        "result": document.kind.label,
        "result_title": document.title,
        "licence": tuple(_licence(document)),
    }


def amended(
    decided: e.ApplicationGranted | e.ApplicationRefused, event: e.DecisionCorrected
) -> Told:
    """Which decision the new paper replaces, and why."""
    said = f"{in_chinese(decided.day)}作出的{event.former_numbers[-1]}{event.corrects.label}"
    told = f"本决定书更正{said}：{event.reason}。原决定书由本决定书替换，决定的日期不变。"
    return {"amended": (told,)}


def replacing(case: CaseState, event: e.NoticeServed) -> Sequence[str]:
    """Which notice this one replaces, and why; nothing in the first."""
    before = case.last(e.NoticeReplaced) or case.last(e.NoticeServed)
    if before is None or not isinstance(event, e.NoticeReplaced):
        return ()
    earlier = f"{in_chinese(before.day)}送达的告知书（编号：{event.replaces}）"
    told = f"本告知书更正{earlier}：{event.reason}。原告知书和原承诺书由新的替换；"
    return (f"{told}已在原承诺书上签字、盖章的，须在新的上面重新签署。",)


def checked(case: CaseState) -> Told:
    """The check that counts: day, officers, conclusion; and that the decision rests on it.

    Where there was none, the decision was made on the promise at once.
    """
    if (check := case.last(e.SubstanceChecked)) is None:
        return {"checked": (), "decides": "依法直接作出决定"}
    day, officers = in_chinese(check.checked_on), "、".join(check.officers)
    done = f"{day}，工作人员{officers}核查了申请材料的实质内容（〔依据·实质核查〕）"
    found = f"{done}，认定{check.conclusion}：{check.finding}"
    return {"checked": (found,), "decides": "经核查依法作出决定"}


def validity(document: NumberedDocument) -> str:
    """From when to when it holds; empty if the decision limits it on neither side."""
    if not isinstance(document, DecisionDocument):
        return ""
    first, last = document.valid_from, document.valid_until
    begins = f"自{in_chinese(first)}起" if first else ""
    return begins + (f"至{in_chinese(last)}止" if last else "")


def _licence(document: NumberedDocument) -> Iterator[str]:
    if holds := validity(document):
        yield f"有效期：{holds}"
    if isinstance(document, DecisionDocument) and document.result:
        yield f"证照、批文文件的 SHA-256：{document.result}"
