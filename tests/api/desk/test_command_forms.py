"""Forms made from commands: a form is a door like that of the API."""

import re
from dataclasses import dataclass
from hashlib import sha256
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx2 import Response
from pydantic import ValidationError

from api.site.forms.command_form import MISSING, CommandForm, faults, filled
from api.site.forms.entries import Input, entries_of, leaves
from api.site.forms.posted import Posted
from application.case.commands import promise
from application.case.service import VERBS
from application.catalogue import commands as catalogue
from application.execution.command import Command
from application.law import commands as law
from application.tolerance import commands as tolerance
from domain.case.case import Case
from domain.case.events import CommitmentMade, NoticeServed
from domain.kernel.aggregate import Event
from tests.api.conftest import MOVES, Walk, the_service, way_to
from tests.api.desk.form_client import Fields, command_of, hidden, typed
from tests.support.browser_client import OURS, Visitor

ALL_VERBS = (
    *(promise.OPEN, *VERBS),
    *(catalogue.LIST, *catalogue.VERBS),
    *(tolerance.REQUEST, *tolerance.VERBS),
    *(law.ENTER, *law.VERBS),
)
COMMANDS = [outcome for verb in ALL_VERBS for outcome in verb.outcomes]
STEPS = [name for name, move in MOVES.items() if move.verb != "open"]
VERB = {verb.name: verb for verb in VERBS}


@dataclass
class Desk:
    """An officer at the desk, who takes the steps of a walk by form."""

    walk: Walk

    def sign_in(self, role: str) -> Visitor:
        visitor = Visitor(self.walk.client, self.walk.as_)
        visitor.sign_in(visitor.token(role))
        return visitor

    def page(self, verb: str) -> str:
        return f"/desk/cases/{self.walk.view['id']}/{verb}"

    def form(self, name: str) -> Fields:
        """What an officer sends for this step, without the button."""
        move, body = MOVES[name], MOVES[name].says(self.walk)
        verb = VERB[move.verb]
        command = command_of(verb, body)
        visitor = self.sign_in(move.role)
        shown = visitor.looks(self.page(move.verb))
        assert shown.status_code == 200, shown.text
        outcome = body.get("outcome", "")
        case = the_service(self.walk.client).repository.get(Case, UUID(self.walk.view["id"]))
        return typed(command, body, command.choices(case)) | hidden(
            shown.text, "-".join(filter(None, (move.verb, outcome)))
        )

    def send(self, verb: str, fields: Fields, step: str = "do") -> Response:
        return self.walk.client.post(self.page(verb), data=fields | {"step": [step]}, headers=OURS)

    def takes(self, name: str) -> Response:
        return self.send(MOVES[name].verb, self.form(name))


@pytest.fixture
def desk(walk: Walk) -> Desk:
    return Desk(walk)


def events_of(walk: Walk) -> list[Event]:
    history = the_service(walk.client).repository.history(UUID(walk.view["id"]))
    return [each.event for each in history]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_every_command_has_a_form_whose_every_field_is_labelled(command: type[Command]):
    assert command.LABEL
    assert command.HELP
    for each in entries_of(command, {}):
        for leaf in leaves(each):
            nth = leaf.name.rpartition(".")[2].isdecimal()
            assert leaf.label or nth, f"{command.__name__}: {leaf.name} has no label"
            assert leaf.input is Input.FILE or "SHA" not in leaf.label
            assert all(leaf.options.values()), leaf.name


def body_of(command: type[Command]) -> dict[str, Any]:
    """A whole body of the command: its first example."""
    return dict(next(iter(command.examples().values()), {}))


EXEMPLARY = [command for command in COMMANDS if command.EXAMPLES]


@pytest.mark.parametrize("command", EXEMPLARY, ids=lambda command: command.__name__)
def test_every_required_field_that_is_left_empty_is_named_at_its_place(command: type[Command]):
    fields = {k: tuple(v) for k, v in typed(command, body_of(command)).items()}
    whole = CommandForm(command, "/", 1)
    form, content = filled(whole, Posted(fields, {}))
    assert command.model_validate(content)
    typed_in = [each.name for each in form.shown() if each.required and each.name in form.values]
    for name in (each for each in typed_in if not each.rpartition(".")[2].isdecimal()):
        without = {k: v for k, v in fields.items() if k != name}
        form, content = filled(whole, Posted(without, {}))
        with pytest.raises(ValidationError) as caught:
            command.model_validate(content)
        wrong = faults(form, caught.value)
        assert wrong[name].label, name
        assert wrong[name].message == MISSING
        assert wrong[name].control.startswith(name)


@pytest.mark.parametrize("command", EXEMPLARY, ids=lambda command: command.__name__)
def test_what_was_typed_becomes_the_body_that_the_api_takes(command: type[Command]):
    for body in command.examples().values():
        fields = {k: tuple(v) for k, v in typed(command, body).items()}
        form, content = filled(CommandForm(command, "/", 1), Posted(fields, {}))
        assert command.model_validate(content) == command.model_validate(body)
        again = Posted(form.values, {})
        assert filled(CommandForm(command, "/", 1), again)[1] == content


@pytest.mark.parametrize("name", STEPS)
def test_a_step_by_form_records_the_same_event_as_by_the_api(desk: Desk, name: str):
    by_api = Walk(desk.walk.client, desk.walk.as_, kind=_kind(name)).to(name)
    desk.walk.kind = _kind(name)
    desk.walk.before(name)
    reply = desk.takes(name)
    assert reply.status_code == 303, said(reply)
    mine, theirs = events_of(desk.walk)[-1], events_of(by_api)[-1]
    assert _facts(mine) == _facts(theirs)


def _kind(name: str) -> str:
    deferred = {"supplied", "accepted", "returned"} & set(way_to(name))
    return "deferred_materials" if deferred else "notice_commitment"


def _facts(event: Event) -> dict[str, Any]:
    facts = event.model_dump(mode="json")
    for own in ("originator_id", "timestamp"):
        facts.pop(own)
    for paper in facts.get("documents", ()):  # each names its case
        paper["sha256"] = paper["sm3"] = "散列"
    text = re.sub(r"\d+号|\b\d{20}\b", "编号", str(facts))
    text = re.sub(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b", "引用", text)
    if isinstance(event, NoticeServed | CommitmentMade):  # the notice names its case
        text = re.sub(r"[0-9a-f]{64}", "散列", text)
    return {"topic": event.TOPIC, "facts": text}


def said(reply: Response) -> str:
    main = reply.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def test_an_empty_field_is_named_at_its_place_and_what_was_typed_is_kept(desk: Desk):
    desk.walk.to("committed")
    fields = desk.form("refused")
    fields["document.number"] = [""]
    reply = desk.send("decide", fields)
    assert reply.status_code == 422
    assert "有 1 处需要改正" in reply.text
    assert 'href="#decide-refuse-document.number"' in reply.text
    assert re.search(r'id="decide-refuse-document.number"[^>]*aria-invalid="true"', reply.text)
    assert "不予许可</textarea>" in reply.text
    assert len(events_of(desk.walk)) == 4


def test_a_form_sent_twice_is_one_event(desk: Desk):
    desk.walk.to("opened")
    fields = desk.form("cleared")
    first, second = desk.send("query", fields), desk.send("query", fields)
    assert (first.status_code, second.status_code) == (303, 303)
    assert len(events_of(desk.walk)) == 2


def test_a_form_of_an_old_version_says_what_has_happened_since(desk: Desk):
    desk.walk.to("notified")
    fields = desk.form("declined")
    desk.walk.to("committed")
    reply = desk.send("commit", fields)
    assert reply.status_code == 412
    assert "刚刚有人办了一步" in reply.text
    assert "改走一般程序" in reply.text
    assert 'name="version" value="4"' in reply.text


def test_a_final_step_shows_what_will_be_recorded_before_the_last_button(desk: Desk):
    desk.walk.to("committed")
    fields = desk.form("granted")
    page = desk.sign_in("decision_officer").looks(desk.page("decide")).text
    assert 'value="do"' not in page
    checked = desk.send("decide", fields, step="check")
    assert "向社会公示" in checked.text
    assert "食品经营许可证" in checked.text
    assert len(events_of(desk.walk)) == 4
    confirmed = desk.send("decide", _hidden_of(checked.text))
    assert confirmed.status_code == 303
    assert len(events_of(desk.walk)) == 5


def _hidden_of(page: str) -> Fields:
    form = page.partition('class="command"')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    fields: Fields = {}
    for name, value in found:
        fields.setdefault(name, []).append(unescape(value))
    return fields


def test_a_file_is_chosen_and_its_hash_is_recorded(desk: Desk):
    desk.walk.kind = "deferred_materials"
    desk.walk.to("granted")
    fields = {k: v for k, v in desk.form("supplied").items() if k != "digest"}
    files = {"digest": ("营业执照.pdf", b"%PDF-1.7 ...", "application/pdf")}
    reply = desk.walk.client.post(
        desk.page("supply"), data=fields | {"step": ["do"]}, files=files, headers=OURS
    )
    assert reply.status_code == 303, said(reply)
    event: Any = events_of(desk.walk)[-1]
    assert event.digest == sha256(b"%PDF-1.7 ...").hexdigest()


def test_a_page_from_elsewhere_changes_nothing(desk: Desk):
    desk.walk.to("opened")
    fields = desk.form("cleared") | {"step": ["do"]}
    reply = desk.walk.client.post(
        desk.page("query"), data=fields, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert reply.status_code == 403
    assert len(events_of(desk.walk)) == 1


def test_another_role_is_refused_with_the_sentence_of_the_api(desk: Desk):
    desk.walk.to("committed")
    by_api = desk.walk.post(
        "decide", MOVES["granted"].says(desk.walk), **desk.walk.as_("intake_clerk")
    )
    fields = desk.form("granted")
    desk.sign_in("intake_clerk")
    by_form = desk.send("decide", fields)
    assert by_form.status_code == by_api.status_code == 403
    assert by_api.json()["detail"] in said(by_form)


def test_a_field_that_no_command_has_is_refused(desk: Desk):
    desk.walk.to("opened")
    reply = desk.send("query", desk.form("cleared") | {"verified": ["true"]})
    assert reply.status_code == 422
    assert len(events_of(desk.walk)) == 1


def test_a_step_that_does_not_exist_is_not_found(desk: Desk):
    desk.walk.to("opened")
    desk.sign_in("intake_clerk")
    assert desk.walk.client.get(desk.page("nothing")).status_code == 404
    assert desk.walk.client.get(f"/desk/cases/{uuid4()}/query").status_code == 404


@pytest.mark.parametrize("name", ["opened", "committed", "granted", "unrectified", "penalized"])
def test_the_page_of_a_case_shows_what_can_be_done_and_why_not_the_rest(desk: Desk, name: str):
    desk.walk.to(name)
    for role in ("intake_clerk", "decision_officer"):
        page = desk.sign_in(role).looks(f"/desk/cases/{desk.walk.view['id']}")
        assert page.status_code == 200, page.text
        shown = desk.walk.get(role=role).json()["actions"]
        assert re.findall(r'<h3 id="(\w+)-title"', page.text) == unordered(
            shown, re.findall(r'<h3 id="(\w+)-title"', page.text)
        )


def unordered(actions: list[dict[str, Any]], shown: list[str]) -> list[str]:
    """The names of the actions, in the order in which a page shows them."""
    names = {each["name"] for each in actions}
    assert names == set(shown)
    return shown
