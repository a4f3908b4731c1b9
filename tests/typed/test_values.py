"""What is typed is stored as one value or refused for one reason (20,000 texts in every run)."""

import re
import unicodedata

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from domain.values.folding import fold, number_key
from domain.values.identifiers import credit_code
from domain.values.texts import long_text, short_text
from tests.support.repetitions import count
from tests.typed.grammar import CONTROLS, Typed, typed_codes, typed_names, typed_numbers

EXAMPLES = count(small=4_000, soak=200_000)
"""For each of the five laws."""
REFUSED = re.escape("文字含有不可见的控制字符或者无法识别的字符，请删去后重新填写") + "$"
many = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@many
@given(typed_names())
def test_a_name_is_stored_as_it_prints_and_compares_like_what_was_meant(name: Typed) -> None:
    stored = short_text(name.typed)
    assert short_text(stored) == stored
    assert long_text(name.typed) == stored
    assert fold(stored) == fold(name.typed) == fold(name.meant)


@many
@given(typed_numbers())
def test_a_document_number_has_one_key_in_all_its_spellings(number: Typed) -> None:
    assert number_key(short_text(number.typed)) == number_key(number.meant)


@many
@given(typed_codes())
def test_a_code_is_stored_as_one_value(code: Typed) -> None:
    assert credit_code(code.typed) == code.meant


@many
@given(typed_names(), st.sampled_from(CONTROLS), st.integers(0, 40))
def test_a_control_character_is_refused_for_one_reason(
    name: Typed, control: str, place: int
) -> None:
    text = f"义{name.typed[:place]}{control}{name.typed[place:]}马"
    with pytest.raises(ValueError, match=REFUSED):
        short_text(text)


@many
@given(typed_names(), typed_names())
def test_names_with_other_letters_digits_or_ideographs_stay_different(
    one: Typed, other: Typed
) -> None:
    assume(_letters(one.meant) != _letters(other.meant))
    assert fold(one.typed) != fold(other.typed)


def _letters(meant: str) -> str:
    plain = unicodedata.normalize("NFKC", meant).casefold()
    return "".join(each for each in plain if each.isalnum())
