"""What may be asked of a list, as an address or a form sends it."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class Filters(BaseModel):
    """The filters of a list.  Empty values are dropped, because forms send fields left empty."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty_fields(cls, sent: Any) -> Any:
        if not isinstance(sent, dict):
            return sent
        return {k: v for k, v in sent.items() if v != "" or k not in cls.model_fields}
