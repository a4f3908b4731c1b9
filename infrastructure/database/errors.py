"""Tells an error of the database from an error of the event that was being written."""

import psycopg
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

DATABASE_ERRORS = (DBAPIError, PoolTimeout, psycopg.Error)
"""Errors that come from the database, through SQLAlchemy or straight from the driver."""
VALUE_ERRORS = (DataError, IntegrityError, psycopg.DataError, psycopg.IntegrityError)
"""Those of them by which the database refuses a value."""


def about_an_event(error: Exception) -> bool:
    """Returns False if the database is away or unfit: then the event is not to blame."""
    return isinstance(error, VALUE_ERRORS) or not isinstance(error, DATABASE_ERRORS)
