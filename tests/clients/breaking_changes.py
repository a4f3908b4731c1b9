"""Finds what breaks a client: changes of an OpenAPI document that yesterday's client cannot follow.

What a client sends may be widened and not narrowed; what it receives may be narrowed and not
widened; what it names may not go away.
"""

from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]
_LIMITS = {
    "minLength": 1,
    "minimum": 1,
    "minItems": 1,
    "maxLength": -1,
    "maximum": -1,
    "maxItems": -1,
}
"""The sign says which way narrows: +1 upwards, -1 downwards."""
_FORMS = ("pattern", "format", "const")
_ANYTHING: dict[str, Any] = {}


class Comparison:
    """Two documents of one service, the older one first."""

    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new = old, new
        self._seen: set[tuple[str, str, bool]] = set()

    def faults(self) -> Iterator[str]:
        """Yields every breaking change, with its place."""
        for path, item in self._old["paths"].items():
            for method, operation in item.items():
                place = f"{method.upper()} {path}"
                now = self._new["paths"].get(path, {}).get(method)
                if now is None:
                    yield f"{place}: the operation is gone"
                else:
                    yield from self._operation(place, operation, now)

    def _operation(self, place: str, old: Document, new: Document) -> Iterator[str]:
        if old["operationId"] != new["operationId"]:
            yield f"{place}: the operation has another name, {new['operationId']}"
        if old["tags"] != new["tags"]:
            yield f"{place}: the operation is in another package, {new['tags']}"
        if not old["security"] and new["security"]:
            yield f"{place}: a token is needed"
        yield from self._parameters(place, old, new)
        yield from self._body(place, old, new)
        yield from self._answers(place, old["responses"], new["responses"])

    def _parameters(self, place: str, old: Document, new: Document) -> Iterator[str]:
        before, now = _by_name(old), _by_name(new)
        for key in before.keys() - now.keys():
            yield f"{place}: the parameter {key[1]} is gone"
        for key, parameter in now.items():
            known = before.get(key)
            required = parameter.get("required", False)
            if required and not (known and known.get("required", False)):
                yield f"{place}: the parameter {key[1]} is required"
            if known:
                where = f"{place} ?{key[1]}"
                yield from self._schema(where, known["schema"], parameter["schema"], sent=True)

    def _body(self, place: str, old: Document, new: Document) -> Iterator[str]:
        before, now = old.get("requestBody", {}), new.get("requestBody", {})
        if now.get("required", False) and not before.get("required", False):
            yield f"{place}: a body is required"
        yield from self._contents(f"{place} <-", before, now, sent=True)

    def _answers(self, place: str, old: Document, new: Document) -> Iterator[str]:
        for status, answer in old.items():
            if status not in new:
                if status.startswith("2"):
                    yield f"{place}: the answer {status} is gone"
                continue
            before, now = _found(self._old, answer), _found(self._new, new[status])
            for header in before.get("headers", {}).keys() - now.get("headers", {}).keys():
                yield f"{place} {status}: the header {header} is gone"
            yield from self._contents(f"{place} {status}", before, now, sent=False)
        for status in new.keys() - old.keys():
            if status.startswith("2"):
                yield f"{place}: the answer {status} is new"

    def _contents(self, place: str, old: Document, new: Document, sent: bool) -> Iterator[str]:
        before, now = old.get("content", {}), new.get("content", {})
        for media_type, content in before.items():
            if media_type not in now:
                yield f"{place}: the media type {media_type} is gone"
            else:
                schema = now[media_type].get("schema", _ANYTHING)
                yield from self._schema(place, content.get("schema", _ANYTHING), schema, sent)

    def _schema(self, place: str, old: Document, new: Document, sent: bool) -> Iterator[str]:
        names = old.get("$ref", ""), new.get("$ref", "")
        if all(names):
            if names[0] != names[1]:
                yield f"{place}: the type has another name, {names[1].rpartition('/')[2]}"
            if (*names, sent) in self._seen:
                return
            self._seen.add((*names, sent))
            place = names[0].rpartition("/")[2]
        before, now = _found(self._old, old), _found(self._new, new)
        yield from self._variants(place, before, now, sent)
        yield from _kinds(place, before, now, sent)
        yield from self._properties(place, before, now, sent)
        if "items" in before and "items" in now:
            yield from self._schema(f"{place}[]", before["items"], now["items"], sent)

    def _variants(self, place: str, old: Document, new: Document, sent: bool) -> Iterator[str]:
        before, now = _alternatives(old), _alternatives(new)
        if not before and not now:
            return
        before, now = before or {_key(old): old}, now or {_key(new): new}
        lost, added = before.keys() - now.keys(), now.keys() - before.keys()
        yield from (f"{place}: {each} is no longer taken" for each in sorted(lost) if sent)
        yield from (f"{place}: {each} may come" for each in sorted(added) if not sent)
        for key in before.keys() & now.keys():
            yield from self._schema(place, before[key], now[key], sent)

    def _properties(self, place: str, old: Document, new: Document, sent: bool) -> Iterator[str]:
        before, now = old.get("properties", {}), new.get("properties", {})
        required, needed = set(old.get("required", ())), set(new.get("required", ()))
        yield from (f"{place}.{name}: is gone" for name in sorted(before.keys() - now.keys()))
        if sent:
            yield from (f"{place}.{name}: is required" for name in sorted(needed - required))
        else:
            gone = sorted((required - needed) & now.keys())
            yield from (f"{place}.{name}: may be missing" for name in gone)
        for name in before.keys() & now.keys():
            yield from self._schema(f"{place}.{name}", before[name], now[name], sent)


def _kinds(place: str, old: Document, new: Document, sent: bool) -> Iterator[str]:
    """Yields the changes of type, values, limits and form that go the wrong way."""
    if (before := old.get("type")) != (now := new.get("type")) and before and now:
        yield f"{place}: the type is {now} and was {before}"
    values, allowed = set(old.get("enum", ())), set(new.get("enum", ()))
    if values and allowed:
        wrong = values - allowed if sent else allowed - values
        verb = "is no longer taken" if sent else "may come"
        yield from (f"{place}: the value {each} {verb}" for each in sorted(wrong))
    if sent:
        yield from _limits(place, old, new)


def _limits(place: str, old: Document, new: Document) -> Iterator[str]:
    """Yields what is refused now and was not."""
    if "enum" in new and "enum" not in old:
        yield f"{place}: only some values are taken"
    for limit, upwards in _LIMITS.items():
        if limit in new and (limit not in old or (new[limit] - old[limit]) * upwards > 0):
            yield f"{place}: {limit} is {new[limit]}"
    for form in _FORMS:
        if form in new and new[form] != old.get(form):
            yield f"{place}: {form} is {new[form]}"


def _alternatives(schema: Document) -> dict[str, Document]:
    return {_key(each): each for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ()))}


def _key(schema: Document) -> str:
    """What an alternative is called: the name of its type, or its type."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return name or "/".join(filter(None, (str(schema.get("type")), schema.get("format"))))


def _by_name(operation: Document) -> dict[tuple[str, str], Document]:
    return {(each["in"], each["name"].lower()): each for each in operation.get("parameters", ())}


def _found(document: Document, part: Document) -> Document:
    """The part itself, or that to which it refers."""
    if "$ref" not in part:
        return part
    _, *names = part["$ref"].split("/")
    for name in names:
        document = document[name]
    return document


def breaking_changes(old: Document, new: Document) -> list[str]:
    """Returns what breaks a client that was made from the old document."""
    return list(Comparison(old, new).faults())
