"""Reads a web address of the service from a setting, in one form: https://host, http://host:8080."""

from pydantic import HttpUrl, ValidationError

DEFAULT_PORTS = {"http": 80, "https": 443}
FORM = "应为完整的访问地址，如 https://xinnuo.example.gov.cn，不带问号和井号"


def web_address(text: str) -> str:
    """Returns the address in lower case, without default port and without a slash at the end.

    A host in Chinese gets the form in which browsers send it.  Raises ValueError.
    """
    try:
        url = HttpUrl(text.strip())
    except ValidationError as error:
        raise ValueError(f"{text}：{FORM}") from error
    if url.username or url.password or url.query is not None or url.fragment is not None:
        raise ValueError(f"{text}：{FORM}")
    port = "" if url.port == DEFAULT_PORTS[url.scheme] else f":{url.port}"
    return f"{url.scheme}://{url.host}{port}{(url.path or '').rstrip('/')}"
