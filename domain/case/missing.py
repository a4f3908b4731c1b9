"""A missing material of a deferred-materials case, with its due date and stage."""

from domain.case.stages import Supply
from domain.case.values import DeferredMaterial


class MissingMaterial:
    def __init__(self, promised: DeferredMaterial) -> None:
        self.code, self.name, self.due = promised.code, promised.name, promised.due
        self.supply = Supply.AWAITED

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MissingMaterial) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]
