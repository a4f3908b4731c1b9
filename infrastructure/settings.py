"""The settings of the service; only this module reads the environment variables XINNUO_<NAME>."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from infrastructure.web_address import web_address

WebAddress = Annotated[str, AfterValidator(web_address)]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="XINNUO_", extra="forbid", frozen=True)

    data_dir: Annotated[Path, Field(description="本地数据文件夹: SQLite 数据库和密钥")] = Path(
        "data"
    )
    database_url: Annotated[
        str | None,
        Field(
            description="数据库地址; 不填用数据文件夹里的 SQLite, PostgreSQL 用 postgresql+psycopg://…"
        ),
    ] = None
    owner_url: Annotated[
        str | None,
        Field(
            description="表的所有者的数据库地址，只用于 migrate 和 rebuild; 不填则同上。"
            "填了以后，服务所用的角色不能改动表的结构，也不能删除应当永久保存的内容"
        ),
    ] = None
    host: Annotated[str, Field(description="监听地址")] = "127.0.0.1"
    port: Annotated[int, Field(description="监听端口", ge=1, le=65535)] = 8000
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
        tuple[str, ...], Field(description="见证人的公钥(JSON 列表)，他们的签名可以加在检查点上")
    ] = ()

    memory_dir: Annotated[
        Path | None,
        Field(
            description="日志记忆的第二个文件夹，最好在另一台机器上: 签名到哪里，数据库之外多记一份"
        ),
    ] = None

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
    def exports_dir(self) -> Path:
        return self.data_dir / "exports"

    @property
    def keys_dir(self) -> Path:
        return self.data_dir / "keys"

    @property
    def memory_dirs(self) -> tuple[Path, ...]:
        """The folders in which it is remembered how far the log was signed."""
        return (self.keys_dir, self.memory_dir) if self.memory_dir else (self.keys_dir,)
