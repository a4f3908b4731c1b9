"""One material that a deferred-materials case came without, and where it stands."""

from domain.case.stages import Supply
from domain.case.values import DeferredMaterial


class MissingMaterial:
    """One deferred material and where it stands."""

    def __init__(self, promised: DeferredMaterial) -> None:
        self.code, self.name, self.due = promised.code, promised.name, promised.due
        self.supply = Supply.AWAITED

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MissingMaterial) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]
