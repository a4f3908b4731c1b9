"""Laws of comparing JSON values, e.g. differences turn the earlier value into the later one."""

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from domain.case.stages import Stage
from projections.history.differences import Change, How, JsonCache, differences, plain
from tests import stories as s
from tests.given import told

LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "甲", "M-01"])
NAMES = st.sampled_from(["a", "b", "a/b", "a~b", "~1", "", "0", "case/opened"])
VALUES = st.recursive(
    LEAVES, lambda v: st.lists(v, max_size=3) | st.dictionaries(NAMES, v, max_size=4), max_leaves=12
)


def applied(changes, value):
    """Returns the value with all changes applied, each at its JSON Pointer."""
    whole = {"": by_name(value)}
    for change in changes:
        *steps, last = [part.replace("~1", "/").replace("~0", "~") for part in parts(change.path)]
        holder = whole
        for part in steps:
            holder = holder[int(part) if isinstance(holder, list) else part]
        if change.how is How.REMOVED:
            del holder[last]
        else:
            holder[int(last) if isinstance(holder, list) else last] = by_name(change.after)
    return whole[""]


def parts(pointer):
    return [""] if pointer == "" else pointer.split("/")


def same(one, other):
    """True if both are equal as JSON, where true is not equal to 1."""
    return repr(one) == repr(other)


@given(VALUES)
def test_a_value_does_not_differ_from_a_copy_of_itself(value):
    assert list(differences(value, deepcopy(value))) == []


@given(VALUES, VALUES)
def test_the_differences_applied_to_the_earlier_value_give_the_later(earlier, later):
    changes = list(differences(earlier, later))
    assert same(by_name(applied(changes, earlier)), by_name(later))
    assert bool(changes) is not same(by_name(earlier), by_name(later))


@given(VALUES, VALUES)
def test_exchanging_two_values_reverses_their_differences(earlier, later):
    reverse = {How.ADDED: How.REMOVED, How.REMOVED: How.ADDED, How.CHANGED: How.CHANGED}
    reversed_changes = [
        Change(path, reverse[how], after, before)
        for path, how, before, after in differences(earlier, later)
    ]
    back = list(differences(later, earlier))
    assert sorted(map(repr, reversed_changes)) == sorted(map(repr, back))


@given(VALUES, VALUES)
def test_every_place_is_named_once_and_an_absent_value_is_none(earlier, later):
    changes = list(differences(earlier, later))
    assert len({change.path for change in changes}) == len(changes)
    for change in changes:
        assert change.how is not How.ADDED or change.before is None
        assert change.how is not How.REMOVED or change.after is None


def by_name(value):
    """Returns a deep copy with sorted names, because the order of names has no meaning."""
    match value:
        case dict():
            return {name: by_name(value[name]) for name in sorted(value)}
        case list():
            return [by_name(each) for each in value]
        case _:
            return value


def test_a_place_is_named_as_a_json_pointer():
    earlier, later = {"a/b": {"c~d": [1, 2]}}, {"a/b": {"c~d": [1, 3]}}
    assert list(differences(earlier, later)) == [Change("/a~1b/c~0d/1", How.CHANGED, 2, 3)]


def test_the_state_of_a_case_becomes_json_in_which_codes_keep_their_labels():
    state = plain(told(*s.DEFERRED_RECTIFYING).state)
    assert set(state) == {
        "kind", "applicant", "pinned", "stage", "acceptance", "hearing", "delivery", "identity",
        "messages", "timing", "supplements", "owed", "investigators", "found_on", "said",
    }  # fmt: skip
    assert state["stage"] is Stage.RECTIFYING
    assert state["investigators"] == ["sun"]
    assert state["supplements"]["M-03"] == {
        "code": "M-03", "name": "经营场所布局图", "supply": "awaited",
        "returned": False, "due": {"on": "2026-10-10", "provisional": False},
    }  # fmt: skip
    assert state["owed"][1] == {
        "action": "rectify", "due": {"on": "2026-10-26", "provisional": False}, "about": "",
    }  # fmt: skip
    breach = state["said"]["case/breach-found"]
    assert (breach["version"], breach["day"], breach["by"]) == (8, "2026-10-12", "sun")
    assert breach["facts"]["finding"] == "逾期未补交布局图"


def test_a_cached_value_is_neither_converted_again_nor_taken_for_another_value():
    cache: JsonCache = {}
    earlier, later = (plain(told(*story).state, cache) for story in (s.GRANTED, s.BREACHED))
    assert earlier == plain(told(*s.GRANTED).state)
    assert later == plain(told(*s.BREACHED).state)
    assert earlier["pinned"] is later["pinned"]
    assert all(plain(value) == json for value, json in cache.values())
