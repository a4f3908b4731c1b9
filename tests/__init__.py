"""The specification.  Assertions made by the DSL explain themselves, like those of tests."""

import pytest

pytest.register_assert_rewrite("tests.given")
