"""The settings of the service; only this module reads the environment variables XINNUO_<NAME>."""

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from infrastructure.evidence.bundle_check import Broken, verifier_key
from infrastructure.web_address import web_address

PREFIX = "XINNUO_"
_ADDRESS = "应为 sqlite:///文件 或者 postgresql+psycopg://用户@主机/库名"


def _database(url: str) -> str:
    """Returns the URL.  Raises ValueError, without the URL, which may hold a password."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError(_ADDRESS) from None
    kind, _, driver = parsed.drivername.partition("+")
    if kind not in ("sqlite", "postgresql"):
        raise ValueError(f"不支持 {kind}，{_ADDRESS}")
    if driver not in ("", {"sqlite": "pysqlite", "postgresql": "psycopg"}[kind]):
        raise ValueError(f"没有驱动程序 {driver}，{_ADDRESS}")
    if parsed.database in (None, "", ":memory:") and not (kind != "sqlite" and parsed.query):
        raise ValueError(f"缺少{'文件' if kind == 'sqlite' else '库名'}，{_ADDRESS}")
    return url


def _list(keys: Any) -> Any:
    """Returns the list that a JSON text holds; a Python value is returned unchanged."""
    if not isinstance(keys, str):
        return keys
    try:
        return json.loads(keys)
    except ValueError:
        return None


def _witness(key: str) -> str:
    try:
        verifier_key(key)
    except Broken:
        raise ValueError("其中有一项不是见证人的公钥（名称+散列+公钥），请向见证人索取") from None
    return key


WebAddress = Annotated[str, AfterValidator(web_address)]


class Settings(BaseSettings):
    """What can be set.  A wrong value raises ValidationError: `health/settings.py` words it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data_dir: Annotated[Path, Field(description="本地数据文件夹: SQLite 数据库和密钥")] = Path(
        "data"
    )
    database_url: Annotated[
        Annotated[str, AfterValidator(_database)] | None,
        Field(
            description="数据库地址; 不填用数据文件夹里的 SQLite, PostgreSQL 用 postgresql+psycopg://…"
        ),
    ] = None
    owner_url: Annotated[
        Annotated[str, AfterValidator(_database)] | None,
        Field(
            description="表的所有者的数据库地址，只用于 migrate 和 rebuild; 不填则同上。"
            "填了以后，服务所用的角色不能改动表的结构，也不能删除应当永久保存的内容"
        ),
    ] = None
    host: Annotated[str, Field(description="监听地址", pattern=r"^[A-Za-z0-9.:_-]+$")] = "127.0.0.1"
    port: Annotated[int, Field(description="监听端口", ge=1, le=65535)] = 8000
    operator_port: Annotated[
        int | None,
        Field(
            description="运维端口(只在127.0.0.1): /metrics 和 /readyz 的细节; "
            "不填则用数据文件夹里的 operator.sock",
            ge=1,
            le=65535,
        ),
    ] = None
    public_url: Annotated[
        WebAddress | None,
        Field(
            description="公开的访问地址, 如 https://xinnuo.example.gov.cn: "
            "来源检查、会话、链接、跳转都用它, 其他主机名不答; 在代理之后使用必须填"
        ),
    ] = None
    other_urls: Annotated[
        tuple[WebAddress, ...],
        Field(description="另外的访问地址(JSON 列表), 如内网的地址; 填了公开的访问地址才有用"),
    ] = ()
    trusted_proxies: Annotated[
        str,
        Field(description="反向代理的地址或者网段, 逗号分隔; 只有它们的 X-Forwarded-* 头才作数"),
    ] = "127.0.0.1,::1"
    pool_size: Annotated[int, Field(description="PostgreSQL 连接数", ge=1, le=40)] = 8
    token_hours: Annotated[int, Field(description="令牌有效小时数", ge=1, le=24)] = 8
    session_idle_minutes: Annotated[
        int, Field(description="网页登录后多少分钟没有操作就要重新登录", ge=1, le=480)
    ] = 30
    max_body_bytes: Annotated[
        int, Field(description="请求正文上限(字节)", ge=1024, le=8_388_608)
    ] = 262_144
    max_upload_bytes: Annotated[
        int, Field(description="网页上传文件的总大小上限(字节)", ge=1024, le=67_108_864)
    ] = 20_971_520
    page_size: Annotated[int, Field(description="列表每页条数的默认值", ge=1, le=200)] = 50
    export_max_rows: Annotated[int, Field(description="一次导出最多多少行", ge=1, le=1_000_000)] = (
        500_000
    )
    poll_seconds: Annotated[
        float, Field(description="投影没有收到通知时多久看一次日志(秒)", gt=0, le=60)
    ] = 1.0

    log_origin: Annotated[
        str,
        Field(description="事件日志的名称，写在每个检查点上，启用后不再改变", pattern=r"^[^\s+]+$"),
    ] = "xinnuo.local/yima"

    witnesses: Annotated[
        tuple[Annotated[str, AfterValidator(_witness)], ...],
        NoDecode,
        BeforeValidator(_list),
        Field(description="见证人的公钥(JSON 列表)，他们的签名可以加在检查点上"),
    ] = ()

    memory_dir: Annotated[
        Path | None,
        Field(
            description="日志记忆的第二个文件夹，最好在另一台机器上: 签名到哪里，数据库之外多记一份"
        ),
    ] = None

    trust_dir: Annotated[
        Path | None,
        Field(
            description="电子签名的信任文件夹: 根证书、吊销列表和 trust.toml; "
            "不填用数据文件夹里的 trust, 没有则不能在线核验签名"
        ),
    ] = None

    site_organiser: Annotated[str | None, Field(description="页脚: 主办单位")] = None
    site_contact: Annotated[str | None, Field(description="页脚: 网站的联系方式")] = None
    site_record: Annotated[
        str | None, Field(description="页脚: 备案号, 如 豫ICP备00000000号; 公安备案号写在其后")
    ] = None
    site_code: Annotated[str | None, Field(description="页脚: 政府网站标识码", max_length=20)] = (
        None
    )

    @field_validator("*", mode="before")
    @classmethod
    def _not_empty(cls, value: Any) -> Any:
        """Refuses an empty value: an empty address of the database must not mean another one."""
        if isinstance(value, str) and not value.strip():
            raise ValueError("不能为空；不用这项设置时请去掉它")
        return value

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'xinnuo.db'}"

    @property
    def as_owner(self) -> "Settings":
        """The same settings, with the owner's address of the database."""
        return self.model_copy(update={"database_url": self.owner_url or self.database_url})

    @property
    def address(self) -> str:
        """Where the service is reached: the public address, else that of the listening socket."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def operator_socket(self) -> Path:
        """Where operators ask if no port is set for them."""
        return self.data_dir / "operator.sock"

    @property
    def trust_folder(self) -> Path:
        """Where the roots are, by which electronic signatures are verified."""
        return self.trust_dir or self.data_dir / "trust"

    @property
    def exports_dir(self) -> Path:
        return self.data_dir / "exports"

    @property
    def open_data_dir(self) -> Path:
        return self.data_dir / "open-data"

    @property
    def keys_dir(self) -> Path:
        return self.data_dir / "keys"

    @property
    def memory_dirs(self) -> tuple[Path, ...]:
        """The folders in which it is remembered how far the log was signed."""
        return (self.keys_dir, self.memory_dir) if self.memory_dir else (self.keys_dir,)
