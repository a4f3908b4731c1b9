"""A command: what is asked of an aggregate, under its verb."""

from typing import Any, ClassVar

from domain.values.parties import Value


class Command(Value):
    VERB: ClassVar[str]

    @property
    def name(self) -> str:
        """How the log names it: the verb, and the outcome where the verb has several."""
        outcome = getattr(self, "outcome", None)
        return f"{self.VERB}/{outcome}" if outcome else self.VERB

    def __init_subclass__(cls, *, verb: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if verb:
            cls.VERB = verb
