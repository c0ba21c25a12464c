"""Which files a corpus folder holds; nothing here reads or parses an article."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from bot.errors import CorpusError


@dataclass(frozen=True, slots=True)
class SourceFile:
    """
    One file of the corpus folder.

    Attributes:
        file: Its path below the folder, with forward slashes.
        path: Where it is.
        size: Bytes.
        modified: Nanoseconds since the epoch.
    """

    file: str
    path: Path
    size: int
    modified: int


def list_source_files(folder: Path) -> list[SourceFile]:
    """
    List the articles of a folder and of the folders in it.

    Returns:
        Every ``*.txt`` in the order of its path; hidden files and folders are left out.

    Raises:
        CorpusError: The folder is missing, is not a folder, cannot be read, or holds no ``.txt`` file.
    """
    if not folder.is_dir():
        raise CorpusError(
            f"corpus folder not found: {folder}",
            f"Không tìm thấy thư mục bài báo: {folder}. Hãy tạo thư mục, chép các tệp .txt vào, "
            "hoặc đặt HOIBAO_CORPUS tới thư mục khác.",
        )
    found = []
    try:
        for path in sorted(folder.rglob("*.txt")):
            below = path.relative_to(folder)
            if path.is_file() and not any(part.startswith(".") for part in below.parts):
                stat = path.stat()
                # A name that is not UTF-8 can be opened, but neither printed nor saved as it is; no two may become one.
                printable = below.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
                found.append(SourceFile(printable, path, stat.st_size, stat.st_mtime_ns))
    except OSError as error:
        raise CorpusError(
            f"cannot list {folder}: {error}", f"Không đọc được thư mục bài báo: {folder}. Hãy kiểm tra quyền truy cập."
        ) from error
    if not found:
        raise CorpusError(
            f"no .txt file in {folder}",
            f"Thư mục {folder} chưa có bài báo nào (tệp .txt). Hãy chép bài vào rồi chạy lại.",
        )
    return found


def content_hash(source: SourceFile) -> str:
    """Hash the bytes of a file (BLAKE2b, 16 bytes, hex); an unreadable file has the hash of nothing."""
    try:
        return hashlib.blake2b(source.path.read_bytes(), digest_size=16).hexdigest()
    except OSError:
        return hashlib.blake2b(b"", digest_size=16).hexdigest()
