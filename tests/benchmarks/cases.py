"""The cases of the benchmarks; they grow by handing in a material and returning it."""

import uuid
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

from application.case.commands.supplement import ReturnMaterial, Supply
from application.execution.context import CommandContext
from domain.case.case import Case
from domain.files.document import FiledDocument
from domain.files.values import FileFacts, MediaType
from domain.kernel.lifecycle import Staged
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
    """A case with this number of events, none of them stored yet."""
    case = Case.replay(events := history(*stories.DEFERRED_GRANTED, id=uuid.uuid4()))
    assert case is not None
    case.pending_events.extend(events)
    while case.version < length:
        hand_in_or_back(case)
    return case


def hand_in_or_back(case: Case) -> None:
    if case.version % 2:
        case.supply("M-02", DIGEST, CALENDAR, by=CLERK, at=DAY_1)
    else:
        case.hand_back("M-02", BACK, by=DECIDER, at=DAY_1)


def keep(service: Container, case: Case, **beside: Any) -> UUID:
    """Store the events of the case, its row in `case_summaries`, and the document it shows."""
    with service.repository.recorder.commands.connect() as db:
        beside |= {"inline_row": summary_row(case)}
        driver = db.connection.driver_connection
        append(service, driver, case, **beside)
        append(service, driver, handed_in(case.id))
    return case.id


def handed_in(case_id: UUID) -> FiledDocument:
    """The document that every command on these cases names, as filed there."""
    facts = FileFacts(sha256=DIGEST, sm3=DIGEST, media_type=MediaType.PDF, size=1)
    return FiledDocument.file(case_id, "补交材料M-02", facts, by=CLERK, at=DAY_1)


def append(service: Container, driver: Any, case: Staged, **beside: Any) -> None:
    """Append the aggregate's new events on this connection, in its transaction if there is one."""
    stored = [service.repository.mapper.to_stored_event(event) for event in case.collect_events()]
    batch = batch_of(stored, NO_COMMAND_METADATA, service.clock(), **beside)
    service.repository.recorder.append(driver, batch)


def commands_on(service: Container, cases: int = 600) -> Iterator[None]:
    """Store new cases; each step is one command on the next of them, through the use case."""
    return acts(service, [keep(service, open_case()) for _ in range(cases)], LENGTH)


def acts(service: Container, ids: list[UUID], length: int) -> Iterator[None]:
    """Each step is one command on the next of these stored cases, each of `length` events."""
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
