"""Filters as a form sends them, with its empty fields."""

import pytest

from api.http.parameters.filters import (
    CatalogueFilters,
    DisclosureFilters,
    PageFilters,
    ReviewPageFilters,
    TrailFilters,
)
from api.site.auditor.stream.timeline import TimelineFilters
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
def test_an_empty_field_of_a_form_is_no_filter(filters: type[Filters]):
    assert filters.model_validate(dict.fromkeys(filters.model_fields, "")) == filters()
