"""A command: what is asked of an aggregate, under its verb."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from domain.values.parties import Value

Facts = Mapping[str, Any]
Examples = Mapping[str, Facts]
"""Example bodies of one command, by their captions."""

EXAMPLE_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
"""The SHA-256 in every example that needs one."""


class Command(Value):
    VERB: ClassVar[str]
    EXAMPLES: ClassVar[Examples] = {}
    """What the API's documentation shows; the outcome is added to each body."""

    @property
    def name(self) -> str:
        """How the log names it: the verb, and the outcome where the verb has several."""
        outcome = getattr(self, "outcome", None)
        return f"{self.VERB}/{outcome}" if outcome else self.VERB

    @classmethod
    def examples(cls) -> Examples:
        """Example bodies as they are sent: the outcome first, where there is one."""
        field = cls.model_fields.get("outcome")
        outcome = {"outcome": field.default} if field else {}
        return {caption: {**outcome, **facts} for caption, facts in cls.EXAMPLES.items()}

    def __init_subclass__(cls, *, verb: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if verb:
            cls.VERB = verb


class Verb(NamedTuple):
    """What may be asked, in one row: the verb, what the API calls it, a command per outcome."""

    name: str
    summary: str
    outcomes: tuple[type[Command], ...]
