"""The bounds of one verification."""

MAX_BYTES = 8 * 1024 * 1024
"""Bytes of the signed file, and of the served one."""
MAX_CERTIFICATES = 20
"""Certificates that a signature may bring along; a chain has two to four."""
MAX_TRUST_FILES = 200
MAX_TRUST_BYTES = 32 * 1024 * 1024
"""Bytes of one file in the trust folder; the largest revocation lists have a few megabytes."""
SECONDS = 20
"""Processor time of one verification; a letter takes about one second."""
PATIENCE = 60
"""Seconds after which a verification is given up, on however busy a machine."""
MAX_DATA = 320 * 1024 * 1024
"""Bytes of memory that the process may take."""
AT_ONCE = 2
"""Verifications that run at the same time; the others wait."""
