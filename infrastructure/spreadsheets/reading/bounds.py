"""The bounds of a table that is read, and the refusal of one that is outside of them."""

MAX_ROWS = 200_000
MAX_COLUMNS = 64
MAX_CELL = 32_767
"""Characters of one cell: the limit of the format."""
MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED = 256 * 1024 * 1024
"""Bytes of an unpacked workbook: it is a ZIP archive, so a small file can unpack to any size."""
MAX_RATIO = 150
"""Unpacked bytes for one packed byte; real tables of 200,000 rows have about 15."""
RATIO_FROM = 16 * 1024 * 1024
"""Unpacked bytes up to which any ratio is taken: a table of blank rows packs very well."""
MAX_PARTS = 1000
MAX_MARKS = 16_000_000
"""XML elements (each counts twice) and attributes; 200,000 credit records have 11,000,000."""
MAX_SKIPPED = 2_000_000
"""Elements that say nothing about a table, and blank cells with a format."""
MAX_STRINGS = 1_200_000
"""Different texts in a workbook."""
MAX_DEPTH = 32
MAX_TOKEN = 1024 * 1024
"""Bytes of XML that one tag may take."""
MAX_RESULT = 96 * 1024 * 1024
"""Bytes of all rows that are read."""
SECONDS = 60
"""Processor time of one reading; a table at the bounds takes about 10."""
PATIENCE = 300
"""Seconds after which a reading is given up, on however busy a machine."""
MAX_DATA = 160 * 1024 * 1024
"""Bytes of memory that the process may take while it reads."""


class SheetError(ValueError):
    """A file that cannot be read as a table; the message tells the user the reason."""


TOO_LARGE = "表格过大，无法读取，请分成几个文件"
