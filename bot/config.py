"""Settings, from the environment and a `.env` file: the only module that reads them."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from bot.errors import ConfigurationError


class _NotUnderstoodError(ValueError):
    """A value is of the wrong form; the message says, in Vietnamese, what it must be."""


def _path(written: str) -> Path:
    return Path(written).expanduser()


def _share(written: str) -> float:
    try:
        share = float(written)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise _NotUnderstoodError("một số từ 0 đến 1")
    return share


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(written: str) -> int:
        if not re.fullmatch(r"\d{1,9}", written, re.ASCII) or not low <= int(written) <= high:
            raise _NotUnderstoodError(f"một số nguyên từ {low} đến {high}")
        return int(written)

    return parse


def _ids(written: str) -> frozenset[int]:
    parts = re.split(r"[\s,;]+", written.strip(" ,;"))
    if not all(re.fullmatch(r"-?\d{1,20}", part, re.ASCII) for part in parts):
        raise _NotUnderstoodError("các số định danh (id), cách nhau bằng dấu phẩy")
    return frozenset(map(int, parts))


def _flag(written: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if written.lower() not in known:
        raise _NotUnderstoodError("1 hoặc 0")
    return known[written.lower()]


def _web_address(written: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", written):
        raise _NotUnderstoodError("một địa chỉ http:// hoặc https://")
    return written


def _secret(written: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", written):
        raise _NotUnderstoodError("1–256 ký tự trong A–Z, a–z, 0–9, _ và -")
    return written


def _key(written: str) -> str:
    if not re.fullmatch(r"[!-~]{1,4096}", written):
        raise _NotUnderstoodError("các chữ, số và dấu ASCII, không có khoảng trắng")
    return written


def _setting(name: str, default: Any, meaning: str, parse: Callable[[str], Any] = _path, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"name": name, "meaning": meaning, "parse": parse})


@dataclass(frozen=True, slots=True)
class Settings:
    """
    What an operator may set; secrets stay out of its `repr`.

    A dataclass instead of pydantic-settings, whose import alone takes a third of the time in which `hoibao ask` has to
    answer.
    """

    corpus: Path = _setting("HOIBAO_CORPUS", Path("seeds"), "Thư mục chứa các bài báo (.txt)")
    index: Path | None = _setting("HOIBAO_INDEX", None, "Thư mục lưu chỉ mục (mặc định: thư mục cache của người dùng)")
    tables: Path | None = _setting("HOIBAO_TABLES", None, "Thư mục bảng riêng: từ viết tắt, đồng nghĩa, nguồn báo…")
    caution: float = _setting("HOIBAO_CAUTION", 0.5, "Mức thận trọng khi từ chối trả lời, từ 0 (dễ) đến 1 (chặt)", _share)
    state: Path | None = _setting(
        "HOIBAO_STATE", None, "Thư mục lưu sổ câu hỏi của bot Telegram (mặc định: thư mục state của người dùng)"
    )
    qdrant_url: str | None = _setting(
        "QDRANT_URL", None, "Địa chỉ cụm Qdrant, khi kho bài quá lớn cho một máy; để trống là không dùng", _web_address
    )
    qdrant_api_key: str | None = _setting("QDRANT_API_KEY", None, "Khóa của cụm Qdrant đó", _key, secret=True)
    qdrant_shards: int = _setting("QDRANT_SHARDS", 1, "Số mảnh (shard) của một chỉ mục trên Qdrant", _whole(1, 1000))
    qdrant_replicas: int = _setting("QDRANT_REPLICAS", 1, "Số bản sao của mỗi mảnh", _whole(1, 100))
    telegram_token: str | None = _setting("TELEGRAM_BOT_TOKEN", None, "Mã (token) của bot, do @BotFather cấp", str, secret=True)
    telegram_base_url: str = _setting(
        "TELEGRAM_BASE_URL", "https://api.telegram.org/bot", "Địa chỉ Bot API, khi dùng máy chủ riêng", _web_address
    )
    telegram_base_file_url: str = _setting(
        "TELEGRAM_BASE_FILE_URL", "https://api.telegram.org/file/bot", "Địa chỉ tệp của Bot API đó", _web_address
    )
    telegram_proxy: str | None = _setting(
        "TELEGRAM_PROXY", None, "Địa chỉ proxy http:// để tới Telegram, nơi mạng chặn", _web_address, secret=True
    )
    telegram_webhook_url: str | None = _setting(
        "TELEGRAM_WEBHOOK_URL",
        None,
        "Địa chỉ https công khai để nhận webhook; để trống thì bot tự hỏi (long polling)",
        _web_address,
    )
    telegram_webhook_secret: str | None = _setting(
        "TELEGRAM_WEBHOOK_SECRET", None, "Mã bí mật của webhook (mặc định: suy ra từ token)", _secret, secret=True
    )
    telegram_webhook_listen: str = _setting("TELEGRAM_WEBHOOK_LISTEN", "127.0.0.1", "Địa chỉ mà webhook lắng nghe", str)
    telegram_webhook_port: int = _setting("TELEGRAM_WEBHOOK_PORT", 8443, "Cổng mà webhook lắng nghe", _whole(1, 65535))
    telegram_allowed_chats: frozenset[int] = _setting(
        "TELEGRAM_ALLOWED_CHATS",
        frozenset(),
        "Id người và nhóm được dùng bot, cách nhau bằng dấu phẩy; để trống là mọi người",
        _ids,
    )
    telegram_admins: frozenset[int] = _setting(
        "TELEGRAM_ADMINS", frozenset(), "Id người quản trị: luôn được dùng, không bị giới hạn, có thêm /thongke", _ids
    )
    telegram_person_limit: int = _setting(
        "TELEGRAM_PERSON_LIMIT", 20, "Số câu hỏi mỗi phút của một người; 0 là không giới hạn", _whole(0, 100_000)
    )
    telegram_rate: int = _setting(
        "TELEGRAM_RATE",
        30,
        "Số tin mỗi giây bot gửi ra; 0 là không giới hạn (máy chủ Bot API riêng)",
        _whole(0, 100_000),
    )
    log_questions: bool = _setting("LOG_QUESTIONS", False, "1 thì ghi cả nội dung câu hỏi vào nhật ký (log)", _flag)


def load_settings(environ: Mapping[str, str] | None = None, dotenv: Path | None = Path(".env")) -> Settings:
    """
    Read the settings; the environment wins over `.env`, an empty value counts as not set.

    Args:
        environ: The environment, `os.environ` when None.
        dotenv: A file of settings, or None for none; a missing file is none.

    Raises:
        ConfigurationError: A value is not of its setting's type or range.
    """
    values: dict[str, str | None] = dict(dotenv_values(dotenv)) if dotenv is not None and dotenv.is_file() else {}
    values |= os.environ if environ is None else environ
    chosen: dict[str, Any] = {}
    for setting in fields(Settings):
        name = setting.metadata["name"]
        written = (values.get(name) or "").strip()
        if not written:
            continue
        shown = "…" if not setting.repr else written
        try:
            chosen[setting.name] = setting.metadata["parse"](written)
        except _NotUnderstoodError as error:
            raise ConfigurationError(
                f"{name}={shown!r}: not understood", f"{name} phải là {error}, không phải “{shown}”."
            ) from None
    return Settings(**chosen)


def settings_table() -> str:
    """The settings as the Markdown table of the README."""
    rows = ["| Biến | Mặc định | Ý nghĩa |", "|---|---|---|"]
    for setting in fields(Settings):
        default = "" if setting.default in (None, frozenset()) else f"`{_shown(setting.default)}`"
        rows.append(f"| `{setting.metadata['name']}` | {default} | {setting.metadata['meaning']} |")
    return "\n".join(rows)


def _shown(default: Any) -> str:
    return str(int(default)) if isinstance(default, bool) else str(default)
