"""The event of the timing track: instants that a wrong clock recorded were corrected."""

from domain.case.values import Duty
from domain.kernel import instants


class InstantsCorrected(
    instants.ClockCorrection,
    topic="case/instants-corrected",
    shows={"evidence": "时钟有误的证明材料"},
    published=True,
    words={"instants": "纠正的时刻", "recorded": "服务器记录的时刻", "dates": "重新计算的期限"},
):
    """The instants of the last steps lay in the future; others hold instead."""

    owed: tuple[Duty, ...]
    """The duties afterwards; their dates are counted from the right days."""
