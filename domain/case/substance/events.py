"""Events of the substantive check: two officers compared what the materials say with the facts."""

from domain.kernel.aggregate import Event
from domain.values.identifiers import Sha256
from domain.values.staff import StaffId
from domain.values.texts import LongText
from domain.values.workdays import Day


class SubstanceChecked(
    Event,
    topic="case/substance-checked",
    shows={"record": "核查笔录"},
    words={
        "colleague": "同行的核查人员",
        "checked_on": "实质核查日期",
        "found_true": "材料内容真实",
        "record": "核查笔录",
    },
):
    """Two officers checked the substance of the materials (行政许可法 34): by one, with another."""

    colleague: StaffId
    checked_on: Day
    finding: LongText
    """What was looked at, and what was found."""
    found_true: bool
    record: Sha256

    @property
    def officers(self) -> tuple[str, str]:
        """The two who checked; the one who recorded it stands first."""
        return self.by.person, self.colleague

    @property
    def conclusion(self) -> str:
        return "材料内容真实" if self.found_true else "材料内容不真实"
