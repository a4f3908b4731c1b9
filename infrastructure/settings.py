"""The settings of the service; only this module reads the environment variables XINNUO_<NAME>."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    host: Annotated[str, Field(description="监听地址")] = "127.0.0.1"
    port: Annotated[int, Field(description="监听端口", ge=1, le=65535)] = 8000
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
    def exports_dir(self) -> Path:
        return self.data_dir / "exports"

    @property
    def keys_dir(self) -> Path:
        return self.data_dir / "keys"

    @property
    def memory_dirs(self) -> tuple[Path, ...]:
        """The folders in which it is remembered how far the log was signed."""
        return (self.keys_dir, self.memory_dir) if self.memory_dir else (self.keys_dir,)
