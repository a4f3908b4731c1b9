"""Races: many commands at once on one case or one key have one winner, and nothing is lost."""

from collections import Counter
from typing import Any
from uuid import UUID, uuid4

from application.case.commands.promise import Promise
from application.execution.context import CommandContext
from domain.case.case import Case
from domain.case.events import CommitmentMade
from domain.kernel.errors import StaleVersion
from infrastructure.container import Container
from tests.given import CLERK
from tests.papers import lodge
from tests.stories import code, handed_in, letter_for
from tests.support import fault_cases as docket
from tests.support.fault_server import Client, Serving
from tests.support.parallel import Racers
from tests.support.repetitions import count, dice, report, steps

CLIENTS = 32
VERSIONS = 10
NOTIFIED = 3


def test_of_all_commands_on_one_version_one_wins_and_the_others_are_stale(real: Container):
    with Racers(CLIENTS) as racers:
        for _ in steps("cases raced for", 10, 500):
            case_id = docket.granted(real)
            for seen in range(docket.GRANTED, docket.GRANTED + VERSIONS):
                ends = Counter(racers.race(lambda _: _try(real, case_id, seen)))  # noqa: B023
                assert ends == {"won": 1, "stale": CLIENTS - 1}
            case = real.repository.get(Case, case_id)
            assert case.version == docket.GRANTED + VERSIONS
    report(f"races with If-Match: {count(10, 500) * VERSIONS}, one winner each")


def _try(service: Container, case_id: UUID, seen: int) -> str:
    try:
        docket.act(service, case_id, seen, seen=seen)
        return "won"
    except StaleVersion as refusal:
        assert refusal.current > seen
        return "stale"


def test_a_command_without_a_version_is_done_or_refused_by_the_table_and_never_lost(
    real: Container, serving: Serving
):
    case_id, choice = docket.granted(real), dice()
    with Racers(CLIENTS) as racers:
        clients = [serving.client() for _ in range(CLIENTS)]
        ends: Counter[int] = Counter()
        for _ in steps("rounds without a version", 6, 200):
            wanted = [choice.randrange(2) for _ in clients]
            ends.update(racers.race(lambda n: clients[n].act(case_id, wanted[n]).status_code))  # noqa: B023
        for client in clients:
            client.http.close()
    assert set(ends) == {200, 409}
    assert real.repository.get(Case, case_id).version == docket.GRANTED + ends[200]
    report(f"acts without If-Match: {ends[200]} done, {ends[409]} refused by the table")


def test_commitment_codes_have_no_gaps_and_are_never_given_twice(real: Container):
    given: list[str] = []
    with Racers(CLIENTS) as racers:
        for _ in steps("rounds of promises", 3, 100):
            cases = [docket.granted(real, version=NOTIFIED) for _ in range(CLIENTS)]
            given += racers.race(lambda n: _promise(real, cases[n]))  # noqa: B023
    assert sorted(given) == [code(docket.today(), serial) for serial in range(1, len(given) + 1)]
    report(f"commitment codes raced for: {len(given)}, no gap, none twice")


def _promise(service: Container, case_id: UUID) -> str:
    """Makes a commitment and returns its code as the log has it."""
    letter = handed_in(letter_for(service.repository.get(Case, case_id), docket.today()))
    promise = Promise(letter=letter)
    lodge(service, CLERK, promise.model_dump_json())
    service.casework.act(CommandContext(CLERK, service.clock()), case_id, promise)
    promised = service.repository.get(Case, case_id).last(CommitmentMade)
    assert promised is not None
    return promised.code


def test_twenty_requests_with_one_key_have_one_effect_and_one_answer(
    real: Container, serving: Serving
):
    with Racers(20) as racers:
        clients = [serving.client() for _ in range(racers.number)]
        for _ in steps("keys raced for", 20, 500):
            _race_for_a_key(real, clients, racers)
        for client in clients:
            client.http.close()
    report(f"keys raced for: {count(20, 500)}, one effect each")


def _race_for_a_key(service: Container, clients: list[Client], racers: Racers) -> None:
    case_id, key = docket.granted(service), str(uuid4())

    def use(number: int) -> tuple[Any, ...]:
        answer = clients[number].act(case_id, docket.GRANTED, key)
        return answer.status_code, answer.headers.get("ETag"), answer.content

    ((status, etag, _),) = set(racers.race(use))
    assert (status, etag) == (200, f'"{docket.GRANTED + 1}"')
    assert len(service.repository.history(case_id)) == docket.GRANTED + 1
