"""The cases that benchmarks work on: of any length, their material coming and going."""

import uuid
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

from application.case.commands.supplement import ReturnMaterial, Supply
from application.execution.context import CommandContext
from domain.case.case import Case
from infrastructure.container import Container, build
from infrastructure.event_store.batch import batch_of
from infrastructure.event_store.recorder import NO_COMMAND_METADATA
from infrastructure.settings import Settings
from projections.worklist.projection import summary_row
from tests import stories
from tests.given import CALENDAR, CLERK, DAY_1, DECIDER, history

LENGTH = 10
DIGEST = "0" * 64
BACK = "复印件不清晰，请重新提交"


def service_over(url: str, folder: Path) -> Container:
    return build(Settings(data_dir=folder, database_url=url, pool_size=4), lambda: DAY_1)


def open_case(length: int = LENGTH) -> Case:
    """A case of so many events that has not been kept yet."""
    case = Case.replay(told := history(*stories.DEFERRED_GRANTED, id=uuid.uuid4()))
    assert case is not None
    case.pending_events.extend(told)
    while case.version < length:
        hand_in_or_back(case)
    return case


def hand_in_or_back(case: Case) -> None:
    if case.version % 2:
        case.supply("M-02", DIGEST, CALENDAR, by=CLERK, at=DAY_1)
    else:
        case.hand_back("M-02", BACK, by=DECIDER, at=DAY_1)


def keep(service: Container, case: Case, **beside: Any) -> UUID:
    """Append all its events at once, with its line."""
    with service.repository.recorder.commands.connect() as db:
        beside |= {"inline_row": summary_row(case)}
        append(service, db.connection.driver_connection, case, **beside)
    return case.id


def append(service: Container, driver: Any, case: Case, **beside: Any) -> None:
    """The same within the transaction of this driver connection, if it is in one."""
    stored = [service.repository.mapper.to_stored_event(event) for event in case.collect_events()]
    batch = batch_of(stored, NO_COMMAND_METADATA, DAY_1, **beside)
    service.repository.recorder.append(driver, batch)


def commands_on(service: Container, cases: int = 600) -> Iterator[None]:
    """Each step is one command through the use case, on the next of so many cases."""
    return acts(service, [keep(service, open_case()) for _ in range(cases)], LENGTH)


def acts(service: Container, ids: list[UUID], length: int) -> Iterator[None]:
    """The same on cases that are there already, each of so many events."""
    versions = dict.fromkeys(ids, length)
    for case_id in cycle(ids):
        if versions[case_id] % 2:
            context, command = CommandContext(CLERK, DAY_1), Supply(material="M-02", digest=DIGEST)
        else:
            context, command = (
                CommandContext(DECIDER, DAY_1),
                ReturnMaterial(material="M-02", reason=BACK),
            )
        service.casework.act(context, case_id, command)
        versions[case_id] += 1
        yield
