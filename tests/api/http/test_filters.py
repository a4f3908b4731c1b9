"""Filters as a form sends them: the fields that were left empty are sent, too."""

import pytest

from api.http.filters import (
    CatalogueFilters,
    DisclosureFilters,
    PageFilters,
    ReviewPageFilters,
    TrailFilters,
)
from api.site.auditor.timeline import TimelineFilters
from projections.read_model.filters import Filters

FORMS = (
    CatalogueFilters,
    DisclosureFilters,
    PageFilters,
    ReviewPageFilters,
    TrailFilters,
    TimelineFilters,
)


@pytest.mark.parametrize("filters", FORMS)
def test_a_field_that_was_left_empty_is_not_asked(filters: type[Filters]):
    assert filters.model_validate(dict.fromkeys(filters.model_fields, "")) == filters()
