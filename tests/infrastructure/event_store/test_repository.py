"""The repository: a unit of work is one transaction, and a request is executed once."""

from datetime import date
from functools import partial
from threading import Thread
from uuid import uuid4

import pytest

from application.as_of import AsOf, Moment
from application.case.commands import promise, supplement
from application.execution.execute import MAX_ATTEMPTS, execute
from application.execution.ports import AlreadyDone
from domain.case.case import Case
from domain.case.events import CommitmentMade
from domain.catalogue.item import CatalogueItem, item_id
from domain.kernel.errors import ActionRefused, KeyReused, NotFound, StaleVersion
from tests import stories as s
from tests.given import CLERK, DECIDER, history, on
from tests.papers import lodge
from tests.support.service_driver import SOMEBODY, STORIES, Office, at_once, elsewhere, everything

WITHDRAW = promise.Withdraw(reason="暂缓开店")
DECLINE = promise.Decline(reason="改走一般程序")
HANDED_IN = supplement.Supply(material="M-02", digest=s.digest("health"))
HANDED_BACK = supplement.ReturnMaterial(material="M-02", reason="复印件不清晰")
RIVALS = [(HANDED_IN, CLERK), (HANDED_BACK, DECIDER)] * (MAX_ATTEMPTS // 2)


@pytest.fixture
def office(service):
    return Office(service)


def opened(id):
    """A case that has been opened and not been stored yet."""
    events = history(*s.OPENED, id=id)
    case = Case.replay(events)
    case.pending_events.extend(events)
    return case


def log_size(service):
    return service.repository.recorder.max_notification_id() or 0


# reading ----------------------------------------------------------------------------------------


def test_a_case_read_again_is_the_same_case_at_every_version_it_had(office):
    for story in STORIES.values():
        id = office.remembers(story)
        events = office.repository.events(id)
        assert office.repository.get(Case, id) == Case.replay(events)
        assert len(events) == len(story)
        for version in range(1, len(events) + 1):
            then = office.repository.get(Case, id, version=version)
            assert then == Case.replay(events[:version])
            assert then.version == version


def test_the_aggregate_that_a_command_returns_is_the_one_that_is_read_again(office):
    office.lists()
    opened = office.opens().aggregate
    assert office.repository.get(Case, opened.id) == opened
    withdrawn = office.acts(opened.id, WITHDRAW).aggregate
    assert office.repository.get(Case, opened.id) == withdrawn
    item = office.repository.get(CatalogueItem, item_id(s.ITEM.code))
    assert (item.is_active, item.terms, item.version) == (True, s.TERMS, 2)


@pytest.mark.parametrize(
    ("instant", "version"),
    [
        (s.DAY_1, 5),
        (on("2026-10-30", hour=8), 5),
        (on("2026-10-30", hour=9), 7),
        (on("2026-11-13"), 8),
        (on("2030-01-01"), 8),
    ],
)
def test_a_case_is_read_as_it_stood_at_an_instant(office, instant, version):
    id = office.remembers(s.RECTIFIED)
    assert (
        len(AsOf(instant, moment=Moment(instant, instant)).of(office.repository.events(id)))
        == version
    )


def test_a_case_that_never_was_or_was_not_yet_is_not_found(office):
    id = office.remembers(s.OPENED)
    for query in ({"version": 0}, {"version": 2}):
        with pytest.raises(NotFound):
            office.repository.get(Case, id, **query)
    with pytest.raises(NotFound):
        office.repository.get(Case, uuid4())
    with pytest.raises(NotFound), office.repository.unit_of_work(office.context(), "") as work:
        work.get(Case, uuid4())
    assert list(office.repository.history(uuid4())) == []


# writing ----------------------------------------------------------------------------------------


def test_of_two_writers_that_saw_one_version_the_second_is_stale_and_leaves_no_trace(
    office, service
):
    id = office.remembers(s.NOTIFIED)
    mine, theirs = (office.repository.get(Case, id) for _ in range(2))
    mine.withdraw("暂缓", by=CLERK, at=service.clock())
    theirs.decline("不作承诺", by=CLERK, at=service.clock())
    with office.repository.unit_of_work(office.context(key="mine"), "f") as work:
        work.keep(mine)
    kept = everything(service.engine)
    with (
        pytest.raises(StaleVersion, match="第 3 版，现在已是第 4 版") as refusal,
        office.repository.unit_of_work(office.context(key="theirs", seen=3), "f") as work,
    ):
        work.next_serial("411281", date(2026, 9, 28))
        work.keep(theirs)
    assert refusal.value.current == 4
    assert everything(service.engine) == kept


def test_of_many_commands_on_one_version_at_once_exactly_one_wins(office, service):
    id = office.remembers(s.NOTIFIED)
    before = log_size(service)
    results = at_once(*[lambda: office.acts(id, WITHDRAW, seen=3)] * 6)
    assert sum(isinstance(result, StaleVersion) for result in results) == 5
    (winner,) = (result for result in results if not isinstance(result, StaleVersion))
    assert winner.aggregate.version == 4
    assert log_size(service) == before + 1


def test_a_command_on_an_old_version_is_told_the_new_one_before_anything_is_decided(office):
    id = office.remembers(s.COMMITTED)
    with pytest.raises(StaleVersion) as refusal:
        office.acts(id, DECLINE, seen=3)
    assert refusal.value.current == 4


def test_two_commands_without_a_version_are_both_executed(office, clock):
    clock.now = on("2026-10-09")
    handed_in = [
        supplement.Supply(material=code, digest=s.digest(code)) for code in ("M-02", "M-03")
    ]
    for id in [office.remembers(s.DEFERRED_GRANTED) for _ in range(5)]:
        done = at_once(*[partial(office.acts, id, command) for command in handed_in])
        assert sorted(each.aggregate.version for each in done) == [6, 7]


def test_a_command_that_has_lost_every_race_but_one_goes_first_and_its_rival_waits(office, service):
    id = office.remembers(s.DEFERRED_GRANTED)
    rivals = [Thread(target=office.acts, args=(id, *act)) for act in RIVALS]
    lodge(service, CLERK, s.digest("x"))

    def raced(work):
        case = work.get(Case, id)
        (rival := rivals.pop(0)).start()
        rival.join(None if rivals else 0.2)
        assert rival.is_alive() == (not rivals)
        case.supply("M-03", s.digest("x"), service.calendar, by=CLERK, at=service.clock())
        last.append(rival)
        return case

    last: list[Thread] = []
    done = execute(office.repository, Case, office.context(), id, WITHDRAW, raced)
    last[-1].join()
    assert done.aggregate.version == 5 + MAX_ATTEMPTS
    assert office.repository.get(Case, id).version == 5 + MAX_ATTEMPTS + 1


def test_a_command_without_a_version_that_always_comes_too_late_is_refused_in_the_end(
    office, service
):
    tried = []

    def always_late(work):
        case = work.get(Case, id)
        case.supply("M-02", s.digest("x"), service.calendar, by=CLERK, at=service.clock())
        tried.append(work)
        stale = case.pending_events[0].model_copy(update={"originator_version": 1})
        case.pending_events[:] = [stale]
        return case

    id = office.remembers(s.DEFERRED_GRANTED)
    lodge(service, CLERK, s.digest("x"))
    kept = everything(service.engine)
    with pytest.raises(StaleVersion):
        execute(office.repository, Case, office.context(), id, WITHDRAW, always_late)
    assert len(tried) == MAX_ATTEMPTS
    assert everything(service.engine) == kept


def test_a_unit_of_work_that_fails_keeps_nothing_at_all(office, service):
    id = office.remembers(s.NOTIFIED)
    before = everything(service.engine)
    with (
        pytest.raises(ZeroDivisionError),
        office.repository.unit_of_work(office.context(key="k"), "first") as work,
    ):
        assert work.next_serial("411281", date(2026, 9, 28)) == 1
        work.register(SOMEBODY, s.DAY_1)
        case = work.get(Case, id)
        case.withdraw("暂缓", by=CLERK, at=service.clock())
        work.keep(case)
        _ = 1 / 0
    assert everything(service.engine) == before
    with office.repository.unit_of_work(office.context(key="k"), "another") as work:
        assert work.next_serial("411281", date(2026, 9, 28)) == 1


# commitment codes -------------------------------------------------------------------------------


def test_commitment_codes_given_at_once_are_unique_and_without_gaps(office):
    cases = [office.remembers(s.NOTIFIED) for _ in range(16)]
    done = [
        *at_once(*[partial(office.promises, id) for id in cases[:8]]),
        *at_once(*[partial(office.promises, id) for id in cases[8:]]),
    ]
    codes = [each.aggregate.last(CommitmentMade).code for each in done]
    assert sorted(codes) == [s.code(serial=serial) for serial in range(1, 17)]


def test_serials_are_counted_for_each_region_and_day_apart(office):
    def serials(*asked):
        with office.repository.unit_of_work(office.context(), "") as work:
            return [work.next_serial(region, date(2026, 9, day)) for region, day in asked]

    yima, shanzhou = "411281", "411202"
    given = serials((yima, 28), (yima, 28), (yima, 29), (shanzhou, 28), (yima, 28))
    assert given == [1, 2, 1, 1, 3]


def test_a_promise_that_is_refused_uses_up_no_serial(office):
    refused, promised = office.remembers(s.NOTIFIED), office.remembers(s.NOTIFIED)
    unsigned = s.letter(s.NOTIFIED, notice_digest=s.digest("another notice"))
    with pytest.raises(ActionRefused):
        office.acts(refused, promise.Promise(letter=s.handed_in(unsigned)))
    done = office.promises(promised)
    assert done.aggregate.last(CommitmentMade).code == s.code(serial=1)


# one key, one request ---------------------------------------------------------------------------


def test_a_request_repeated_under_its_key_gets_the_first_result_again(office, service, clock):
    office.lists()
    first = office.opens(key="k")
    office.acts(first.aggregate.id, WITHDRAW)
    size, asked_at = log_size(service), clock.now
    clock.go_on(hours=3)
    again = office.opens(key="k")
    assert (first.repeated, again.repeated) == (False, True)
    assert again.aggregate == office.repository.get(Case, first.aggregate.id, version=1)
    assert again.at == asked_at, "the open actions are those of that time"
    assert log_size(service) == size


@pytest.mark.parametrize(
    "otherwise",
    [
        lambda office, id: office.acts(id, promise.Withdraw(reason="另有原因"), key="k"),
        lambda office, id: office.acts(id, DECLINE, key="k"),
        lambda office, id: office.acts(id, WITHDRAW, key="k", seen=3),
        lambda office, id: office.acts(office.remembers(s.NOTIFIED), WITHDRAW, key="k"),
    ],
    ids=["other facts", "other verb", "other version seen", "other case"],
)
def test_a_key_that_was_used_for_another_request_is_refused(office, service, otherwise):
    id = office.remembers(s.NOTIFIED)
    office.acts(id, WITHDRAW, key="k")
    with pytest.raises(KeyReused):
        otherwise(office, id)
    assert office.repository.get(Case, id).version == 4


@pytest.mark.parametrize(
    "other",
    [
        CLERK.model_copy(update={"person": "wu"}),
        CLERK.model_copy(update={"role": "decision_officer"}),
        elsewhere(CLERK),
    ],
    ids=["person", "role", "department"],
)
def test_the_same_key_of_another_actor_is_another_key(office, other):
    with office.repository.unit_of_work(office.context(key="k"), "f") as work:
        work.keep(opened(uuid4()))
    with (
        pytest.raises(AlreadyDone),
        office.repository.unit_of_work(office.context(key="k"), "f") as work,
    ):
        work.keep(opened(uuid4()))
    with office.repository.unit_of_work(office.context(other, key="k"), "f") as work:
        work.keep(opened(uuid4()))
    assert office.repository.history(work.keeping)


def test_a_key_raced_by_many_makes_one_event_and_one_answer(office, service):
    office.lists()
    before = log_size(service)
    done = at_once(*[lambda: office.opens(key="k")] * 8)
    assert log_size(service) == before + 1
    assert [each.repeated for each in done].count(False) == 1
    assert all(each.aggregate == done[0].aggregate for each in done)
    id = done[0].aggregate.id
    done = at_once(*[lambda: office.acts(id, WITHDRAW, key="w")] * 8)
    assert log_size(service) == before + 2
    assert {each.aggregate.version for each in done} == {2}


def test_a_command_that_was_refused_does_not_use_up_its_key(office, clock):
    id = office.remembers(s.CLEARED)
    with pytest.raises(ActionRefused):
        office.acts(id, DECLINE, key="k")
    assert not office.acts(id, promise.Notify(), key="k").repeated


def test_without_a_key_the_same_request_is_another_request(office):
    office.lists()
    assert office.opens().aggregate.id != office.opens().aggregate.id
