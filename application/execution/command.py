"""Commands to aggregates, and the verbs under which they are sent."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from domain.values.parties import Value

Facts = Mapping[str, Any]
Examples = Mapping[str, Facts]
"""Example bodies of one command, by caption."""

EXAMPLE_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
"""The SHA-256 in the example bodies."""


Choices = Mapping[str, Mapping[str, str]]
"""By the dotted name of a field: the values that it may have, each with its Chinese label.

The rows of a list are named `list[]`.  A value of a field that is a group is the group's JSON."""


class Command(Value):
    VERB: ClassVar[str]
    LABEL: ClassVar[str]
    """What a person chooses: the outcome, or the action if the verb has only one."""
    HELP: ClassVar[str]
    """What happens if it is done: what is recorded, who is told, what becomes public."""
    LABELS: ClassVar[Mapping[str, str]] = {}
    """The Chinese labels of fields, by dotted name or by the last part of it, where a form says
    more than the history does."""
    FINAL: ClassVar[bool] = False
    """True if no later command takes it back: a form shows first what will be recorded."""
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

    @classmethod
    def known(cls, aggregate: Any) -> Facts:
        """The facts that the aggregate holds already, by dotted name: no form asks for them."""
        return {}

    @classmethod
    def choices(cls, aggregate: Any) -> Choices:
        """The fields, by dotted name, to which the aggregate leaves a choice of a few values."""
        return {}

    @classmethod
    def initial(cls, aggregate: Any) -> Facts:
        """The body from which a form starts, e.g. what is in force now."""
        return {}

    def __init_subclass__(
        cls, *, verb: str = "", label: str = "", help: str = "", final: bool = False, **kwargs: Any
    ) -> None:
        super().__init_subclass__(**kwargs)
        if verb:
            assert label and help, f"{cls.__name__} has no label or no help text"
            cls.VERB, cls.LABEL, cls.HELP, cls.FINAL = verb, label, help, final


class Verb(NamedTuple):
    """A verb as one row: its name, its summary in the API, a command for each outcome."""

    name: str
    summary: str
    outcomes: tuple[type[Command], ...]
