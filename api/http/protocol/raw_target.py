"""Percent-encodes what a request target may hold only encoded: the bytes of text beyond ASCII.

`curl 'http://…/?q=义马'` sends the name in raw UTF-8, which the parser refuses; every byte is
encoded by itself, so that a letter cut in two by the network makes no difference.
"""

_ASCII = 0x7F


class RequestLine:
    """The first line of a request, as its bytes come in; encodes until the line has ended."""

    def __init__(self) -> None:
        self._begun, self.ended = False, False

    def feed(self, data: bytes) -> bytes:
        """Returns the bytes for the parser; those after the line are returned as they are."""
        blank = b"" if self._begun else data[: len(data) - len(data.lstrip(b"\r\n"))]
        line, newline, rest = data[len(blank) :].partition(b"\n")
        self._begun |= bool(line)
        self.ended = bool(newline)
        return blank + percent_encoded(line) + newline + rest


def percent_encoded(line: bytes) -> bytes:
    if line.isascii():
        return line
    return b"".join(b"%%%02X" % byte if byte > _ASCII else bytes([byte]) for byte in line)
