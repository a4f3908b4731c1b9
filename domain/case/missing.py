"""A missing material of a deferred-materials case, with its due date and stage."""

from domain.case.stages import Supply
from domain.case.values import DeferredMaterial
from domain.values.workdays import Deadline


class MissingMaterial:
    def __init__(self, promised: DeferredMaterial) -> None:
        self.code, self.name, self.due = promised.code, promised.name, promised.due
        self.supply = Supply.AWAITED
        self.returned = False
        """True if a review sent it back at least once."""

    def send_back(self, due: Deadline) -> None:
        self.returned, self.due = True, due

    @property
    def is_inadequate(self) -> bool:
        """True if the last review sent it back, and nothing was supplied since."""
        return self.returned and self.supply is Supply.AWAITED

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MissingMaterial) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]
