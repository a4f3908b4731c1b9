"""English names of operations, tags and schemas, from which generators name packages and types."""

import json
import re
from collections.abc import Iterable
from typing import Any

from starlette.routing import BaseRoute, Route

TAGS = {
    "cases": "案件：受理、查询信用、告知、承诺、决定、核查、整改、惩戒",
    "catalogue": "信用承诺事项清单",
    "disclosures": "信用承诺公示",
    "worklist": "待办",
    "statistics": "统计和看板",
    "tolerance": "容错免责",
    "files": "案件和容错审查卷内的文件",
    "law": "条文：修订以后的登记和核准",
    "templates": "导入模板",
    "audit": "审计：轨迹、卷宗、查阅记录、导出",
    "evidence": "存证：检查点、散列树、证明、证据包",
    "operations": "运行",
}
"""Every tag in the order of the document; a generator makes a package of each."""

_SCHEMAS = {
    "domain__case__stages__Stage": "CaseStage",
    "domain__tolerance__stages__Stage": "ReviewStage",
    "domain__wording__stages__Stage": "ArticleStage",
    "projections__history__entries__DocumentView": "DocumentView",
    "api__v1__cases__documents__DocumentView": "ServedDocumentView",
    "domain__case__values__Severity": "Severity",
    "infrastructure__health__findings__Severity": "FindingSeverity",
    "Supply-Output": "SupplyState",
}
"""Names of schemas whose classes have the name of another class."""
_REFERENCE = "#/components/schemas/"
_PAGE = re.compile(r"Page_(\w+)_")


def operation_names(routes: Iterable[BaseRoute]) -> dict[tuple[str, str], str]:
    """Returns the name of each operation by path and method: the name of its route."""
    return {
        (_path(route), method.lower()): route.name
        for route in routes
        if isinstance(route, Route)
        for method in route.methods or ()
    }


def _path(route: Route) -> str:
    return route.path_format


def renamed(document: dict[str, Any]) -> dict[str, Any]:
    """Returns a copy in which every schema has one English name, which is its title too.

    Two schemas of one name must be the same schema; a test finds those that are not.
    """
    names = {old: _schema_name(old) for old in document["components"]["schemas"]}
    copy: dict[str, Any] = json.loads(json.dumps(document), object_hook=lambda o: _moved(o, names))
    schemas = copy["components"]["schemas"]
    copy["components"]["schemas"] = {
        names[old]: schema | {"title": names[old]} for old, schema in schemas.items()
    }
    return copy


def _schema_name(old: str) -> str:
    """CaseLinePage of a page of lines; NovelMethodView of what is shown differently than taken."""
    if old in _SCHEMAS:
        return _SCHEMAS[old]
    if page := _PAGE.fullmatch(old):
        return f"{page[1]}Page"
    return old.removesuffix("-Input").replace("-Output", "View")


def _moved(part: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Returns the object with its references to the new names."""
    return {
        key: _REFERENCE + names[value.removeprefix(_REFERENCE)]
        if isinstance(value, str) and value.startswith(_REFERENCE)
        else value
        for key, value in part.items()
    }
