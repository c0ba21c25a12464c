"""Settings, from the environment and a `.env` file: the only module that reads them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from bot.errors import ConfigurationError


def _setting(name: str, default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"name": name, "meaning": meaning})


@dataclass(frozen=True, slots=True)
class Settings:
    """
    What an operator may set.

    A dataclass instead of pydantic-settings, whose import alone takes a third of the time in which `hoibao ask` may answer.
    """

    corpus: Path = _setting("HOIBAO_CORPUS", Path("seeds"), "Thư mục chứa các bài báo (.txt)")
    index: Path | None = _setting("HOIBAO_INDEX", None, "Thư mục lưu chỉ mục (mặc định: thư mục cache của người dùng)")
    tables: Path | None = _setting("HOIBAO_TABLES", None, "Thư mục bảng riêng: từ viết tắt, đồng nghĩa, nguồn báo…")
    caution: float = _setting("HOIBAO_CAUTION", 0.5, "Mức thận trọng khi từ chối trả lời, từ 0 (dễ) đến 1 (chặt)")


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
        if written:
            chosen[setting.name] = _parse(setting.name, name, written)
    return Settings(**chosen)


def _parse(attribute: str, name: str, written: str) -> Path | float:
    if attribute != "caution":
        return Path(written).expanduser()
    try:
        caution = float(written)
    except ValueError:
        caution = -1.0
    if not 0 <= caution <= 1:
        raise ConfigurationError(
            f"{name}={written!r}: not in 0..1", f"{name} phải là một số từ 0 đến 1, không phải “{written}”."
        )
    return caution


def settings_table() -> str:
    """The settings as the Markdown table of the README."""
    rows = ["| Biến | Mặc định | Ý nghĩa |", "|---|---|---|"]
    for setting in fields(Settings):
        default = "" if setting.default is None else f"`{setting.default}`"
        rows.append(f"| `{setting.metadata['name']}` | {default} | {setting.metadata['meaning']} |")
    return "\n".join(rows)
