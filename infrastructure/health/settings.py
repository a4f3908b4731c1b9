"""What is wrong with the settings of the environment, in lines that name the setting."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from annotated_types import Ge, Gt, Le
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import SettingsError

from infrastructure.settings import PREFIX, Settings

SECRET = frozenset({"database_url", "owner_url"})
"""Settings whose value is never printed, because it may hold a password."""
SHOWN_LENGTH = 60
_FORMS = {
    "host": "应为本机的一个地址或者主机名，如 127.0.0.1，不带 http:// 和端口",
    "log_origin": "应为没有空白和加号的名称，如 xinnuo.local/yima",
    "witnesses": '应为公钥的 JSON 列表，如 ["名称+散列+公钥"]',
    "database_url": "应为 sqlite:///文件 或者 postgresql+psycopg://用户@主机/库名",
    "public_url": "应为网址，如 https://xinnuo.example.gov.cn",
    "other_urls": '应为网址的 JSON 列表，如 ["http://10.1.2.3:8000"]',
    "trusted_proxies": "应为地址或者网段，逗号分隔，如 127.0.0.1,10.0.0.0/8",
}
_FORMS["owner_url"] = _FORMS["database_url"]
"""What is expected of settings that are not numbers."""


def explained(invalid: ValidationError) -> list[str]:
    """Returns a line for each wrong setting: its name, what is expected, and what it is now."""
    wrong = {str(each["loc"][0]): each for each in reversed(invalid.errors())}
    return [_line(name, error) for name, error in reversed(wrong.items())]


def unparsed(unreadable: SettingsError) -> str:
    """Returns the line for a setting whose text is not JSON, as a list must be."""
    name = next((name for name in Settings.model_fields if f'"{name}"' in str(unreadable)), "")
    return f"{PREFIX}{name.upper()}：{_FORMS.get(name, '应为 JSON 列表')}"


def unknown(environment: Mapping[str, str]) -> Iterator[str]:
    """Yields a line for each XINNUO_ variable that is no setting, with the nearest known name."""
    known = [name.upper() for name in Settings.model_fields]
    for name in sorted(environment):
        given = name.upper().removeprefix(PREFIX)
        if name.upper().startswith(PREFIX) and given not in known:
            near = get_close_matches(given, known, 1)
            hint = f"，是不是 {PREFIX}{near[0]}？" if near else "，请核对名称"
            yield f"不认识设置 {name}，不起作用{hint}"


def _line(name: str, error: Any) -> str:
    given = error["input"]
    expected = _expected(name, error)
    if name in SECRET or not isinstance(given, str | int | float) or not str(given).strip():
        return f"{PREFIX}{name.upper()}：{expected}"
    text = str(given) if len(str(given)) <= SHOWN_LENGTH else f"{str(given)[:SHOWN_LENGTH]}…"
    return f"{PREFIX}{name.upper()}：{expected}，现在是“{text}”"


def _expected(name: str, error: Any) -> str:
    if error["type"] == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    field = Settings.model_fields[name]
    return _FORMS.get(name) or _range(field)


def _range(field: FieldInfo) -> str:
    limits = {type(limit): limit for limit in field.metadata}
    if Gt in limits:
        return f"应为大于{limits[Gt].gt}、不超过{limits[Le].le}的数"
    if Ge in limits:
        return f"应为{limits[Ge].ge}到{limits[Le].le}之间的整数"
    return "取值不合要求"
