"""The sanction track: forewarn, hear, penalize (工作方案 四·七)."""

from datetime import datetime

from domain.case import periods
from domain.case.sanction import events as e
from domain.case.stages import Hearing
from domain.case.supervision.verbs import SupervisionVerbs
from domain.case.values import BasisDocument, Severity, SparedReason, SparingProof, Verdict
from domain.catalogue.terms import SanctionMeasure
from domain.values.parties import Actor
from domain.values.workdays import Deadline, WorkCalendar


class SanctionVerbs(SupervisionVerbs):
    """Verbs from the prior notice of a sanction to its decision."""

    def forewarn(
        self,
        measures: tuple[SanctionMeasure, ...],
        reason: str,
        calendar: WorkCalendar,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        """Serves the prior notice of a sanction (河南省社会信用条例 28, 行政处罚法 44)."""
        facts = {"measures": measures, "reason": reason}
        self._record(e.SanctionForewarned, **facts, calendar=calendar, by=by, at=at)

    def hear(
        self,
        statement: str,
        opinion: str,
        verbatim_because: str | None = None,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        """Records what the party said; `verbatim_because` is why it keeps personal data."""
        facts = {"statement": statement, "opinion": opinion, "verbatim_because": verbatim_because}
        self._record(e.StatementHeard, **facts, by=by, at=at)

    def waive_hearing(self, digest: str, *, by: Actor, at: datetime) -> None:
        self._record(e.StatementWaived, digest=digest, by=by, at=at)

    def penalize(
        self,
        measures: tuple[SanctionMeasure, ...],
        severity: Severity,
        basis: BasisDocument,
        verdict: Verdict,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        facts = {"measures": measures, "severity": severity, "basis": basis, "verdict": verdict}
        public = periods.publicity(severity, basis.issued_on)
        self._record(e.PenaltyImposed, **facts, publicity=public, by=by, at=at)

    def spare(
        self,
        reason: SparedReason,
        explanation: str,
        verdict: Verdict,
        proof: SparingProof | None = None,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        facts = {"reason": reason, "explanation": explanation, "verdict": verdict}
        self._record(e.PenaltyWaived, **facts, proof=proof, by=by, at=at)

    # reading ------------------------------------------------------------------------------------

    @property
    def hearing_is_closed(self) -> bool:
        return self.hearing in (Hearing.HEARD, Hearing.WAIVED)

    @property
    def statement_until(self) -> Deadline | None:
        forewarning = self.last(e.SanctionForewarned)
        return forewarning.statement_until if forewarning else None

    @property
    def forewarned_measures(self) -> tuple[SanctionMeasure, ...]:
        forewarning = self.last(e.SanctionForewarned)
        return forewarning.measures if forewarning else ()
