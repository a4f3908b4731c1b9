"""The substantive check, between the promise and the decision."""

from datetime import date, datetime

from domain.case.state import CaseState
from domain.case.substance import events as e
from domain.values.parties import Actor


class SubstanceVerbs(CaseState):
    """The verb by which two officers check what the materials say (行政许可法 34)."""

    def check(
        self,
        colleague: str,
        checked_on: date,
        finding: str,
        found_true: bool,
        record: str,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        """Records a check by the actor and `colleague`; `record` is the SHA-256 of the 核查笔录."""
        facts = {"colleague": colleague, "checked_on": checked_on, "finding": finding}
        facts |= {"found_true": found_true, "record": record}
        self._record(e.SubstanceChecked, **facts, by=by, at=at)

    # reading ------------------------------------------------------------------------------------

    @property
    def checked(self) -> e.SubstanceChecked | None:
        """The last check, which counts.  Returns None before the first."""
        return self.last(e.SubstanceChecked)
