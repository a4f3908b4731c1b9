"""Commands to aggregates, and the verbs under which they are sent."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from domain.values.parties import Value

Facts = Mapping[str, Any]
Examples = Mapping[str, Facts]
"""Example bodies of one command, by caption."""

EXAMPLE_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
"""The SHA-256 in the example bodies."""


class Command(Value):
    VERB: ClassVar[str]
    GOES_BACK: ClassVar[bool] = False
    """True if it happens by the clock, even if the aggregate's last event lies after that."""
    EXAMPLES: ClassVar[Examples] = {}
    """Example bodies for the API's documentation, without the outcome, which `examples` adds."""

    @property
    def name(self) -> str:
        """The name in the event log: the verb, and the outcome if the verb has several."""
        outcome = getattr(self, "outcome", None)
        return f"{self.VERB}/{outcome}" if outcome else self.VERB

    @classmethod
    def examples(cls) -> Examples:
        """Returns the example bodies as a client sends them: the outcome first, if there is one."""
        field = cls.model_fields.get("outcome")
        outcome = {"outcome": field.default} if field else {}
        return {caption: {**outcome, **facts} for caption, facts in cls.EXAMPLES.items()}

    def __init_subclass__(cls, *, verb: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if verb:
            cls.VERB = verb


class Verb(NamedTuple):
    """A verb as one row: its name, its summary in the API, a command for each outcome."""

    name: str
    summary: str
    outcomes: tuple[type[Command], ...]
