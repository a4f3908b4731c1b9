"""Named rules of the catalogue.  A rule's docstring is the reason shown when it does not hold."""

from domain.catalogue.events import ItemRevised
from domain.catalogue.state import ItemState
from domain.catalogue.terms import CommitmentType, ItemField
from domain.kernel.lifecycle import Attempt
from domain.values.parties import Organisation, Person, SubjectCategory
from domain.values.staff import is_among

Applicant = Organisation | Person


def measure_is_enacted(item: ItemState, _: Attempt) -> bool:
    """该事项尚未制定信用承诺管理办法（办理方式、操作流程、惩戒措施）"""
    return item.terms is not None


def another_person_approves(_: ItemState, revision: ItemRevised) -> bool:
    """批准人不能是导入人自己"""
    approver = revision.approved_by
    return approver is None or not is_among(approver, [revision.by.person])


def terms_fit_the_record(item: ItemState, *_: object) -> bool:
    """该事项的办理条件、容缺材料或者违诺后果写成承诺书后超过4000字，须先修订精简"""
    return item.terms is None or item.terms.fit_the_record


def item_is_active(item: ItemState, _: CommitmentType, __: Applicant) -> bool:
    """该事项未在清单中启用，清单外事项不纳入信用承诺办理"""
    return item.is_active


def type_is_offered(item: ItemState, kind: CommitmentType, _: Applicant) -> bool:
    """该事项不适用所选的承诺类型"""
    return item.terms is not None and kind in item.terms.types


def applicant_fits_the_field(item: ItemState, _: CommitmentType, who: Applicant) -> bool:
    """该事项所属领域不面向这一类申请人"""
    match item.item.field:
        case ItemField.CITIZEN:
            return who.category is not SubjectCategory.ORGANISATION
        case ItemField.CONSTRUCTION | ItemField.SIMPLE_DEREGISTRATION:
            return who.category is not SubjectCategory.PERSON
        case _:
            return True


def applicant_is_in_the_pilot(item: ItemState, _: CommitmentType, who: Applicant) -> bool:
    """该事项先在全市性社会组织中试点，申请人不在试点范围内"""
    if item.item.field is not ItemField.SOCIAL_ORGANISATIONS:
        return True
    region = item.item.department.code[2:8]
    return isinstance(who, Organisation) and who.is_social_organisation and who.region == region


ADMISSION = (
    item_is_active,
    terms_fit_the_record,
    type_is_offered,
    applicant_fits_the_field,
    applicant_is_in_the_pilot,
)
"""What must hold for a case to be opened on an item (R10, R11, R12–R14, R17, R18)."""
