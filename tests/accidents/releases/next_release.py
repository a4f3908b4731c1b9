"""This program as a next release: one more event, one more field, one more migration.

`main` is its command line.  Only the process of the next release imports this module: what it
imports at the top is changed before anything that reads it is imported.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from alembic.config import Config
from pydantic.fields import FieldInfo

from application.access.permissions import RIGHTS
from domain.case import events as e
from domain.case.case import Case
from domain.case.lifecycle import ACTIONS, MAIN_LINE
from domain.case.stages import Stage
from domain.kernel.aggregate import Event
from domain.kernel.lifecycle import SAME, Step
from infrastructure import migrations

VERSIONS = Path(__file__).with_name("next_versions")
_grant, _config = Case.grant, migrations._config


class InspectionPlanned(Event, topic="case/inspection-planned", words={"place": "核查地点"}):
    """A granted case gets its inspection planned at once."""

    place: str


def _grant_and_plan(case: Case, *facts: Any, by: Any, at: Any, **more: Any) -> None:
    _grant(case, *facts, by=by, at=at, **more)
    case._record(InspectionPlanned, place="经营场所", by=by, at=at)


def _one_more_event() -> None:
    e.InspectionPlanned = InspectionPlanned
    RIGHTS["plan"], ACTIONS["plan"] = RIGHTS["inspect"], "安排核查"
    planned = Step("plan", (Stage.GRANTED,), SAME, InspectionPlanned)
    MAIN_LINE.__init__("stage", Stage, ACTIONS, *MAIN_LINE.steps, planned)
    Case.grant = _grant_and_plan
    sentences = import_module("projections.audit_trail.sentences").SENTENCES
    sentences[InspectionPlanned] = lambda event: f"安排在{event.place}核查"


def _one_more_field() -> None:
    """A passed inspection says what the weather was."""
    passed: Any = e.InspectionPassed
    passed.__annotations__["weather"] = str
    passed.__pydantic_fields__["weather"] = FieldInfo.from_annotated_attribute(str, "晴")
    passed.UPCASTERS += (lambda facts: facts | {"weather": "未写明"},)
    passed.WORDS = {**passed.WORDS, "weather": "天气"}
    passed.model_rebuild(force=True)


def _two_folders_of_versions() -> Config:
    config = _config()
    config.set_main_option("path_separator", "space")
    config.set_main_option("version_locations", f"{migrations.__path__[0]}/versions {VERSIONS}")
    return config


def _rebuild_all() -> None:
    """Rebuilds every projection."""
    container = import_module("infrastructure.container")
    settings = import_module("infrastructure.settings").Settings()
    projections = import_module("infrastructure.projector.projector").PROJECTIONS
    rebuild = import_module("infrastructure.projector.rebuild").rebuild
    service = container.build(settings)
    for projection in projections.values():
        rebuild(service.projector, projection)
    service.close()


def main() -> None:
    _one_more_event()
    _one_more_field()
    migrations._config = _two_folders_of_versions
    if sys.argv[1:] == ["rebuild-all"]:
        _rebuild_all()
    else:
        import_module("api.cli.main").main()
