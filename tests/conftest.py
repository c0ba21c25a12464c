"""What every test has: a clean environment, a small corpus of our own, and an engine over the seeds."""

import os
from pathlib import Path

import hypothesis
import pytest

from bot.answering.engine import Engine
from bot.bootstrap import open_engine
from bot.config import Settings

ROOT = Path(__file__).resolve().parent.parent

# Machines differ in speed, not in what is right: no deadline, and nothing written into the tree. The same examples in every
# run: a change is judged by what it changed.
hypothesis.settings.register_profile("hoibao", deadline=None, max_examples=80, database=None, derandomize=True)
hypothesis.settings.load_profile("hoibao")

SMALL_CORPUS = {
    "cau.txt": """\
Xã Tân Lập khánh thành cầu Rạch Sậy

12/03/2024 - 08:15

Sáng 11/3, xã Tân Lập (huyện Phú Hòa) khánh thành cầu Rạch Sậy sau tám tháng thi công.

Cầu dài 42 m, rộng 3,5 m, tổng kinh phí 2,7 tỷ đồng, trong đó người dân đóng góp 600 triệu đồng.

Bà Trần Thị Mai, Chủ tịch UBND xã Tân Lập, cho biết cầu giúp 180 hộ dân ấp Đông đi lại thuận tiện hơn.

Minh Khang

Chia sẻ bài viết
""",
    "thu-vien.txt": """\
Thư viện huyện Sông Lam mở cửa buổi tối

Thứ Hai, 06/05/2024 | 17:40

Từ tháng 5, thư viện huyện Sông Lam mở cửa đến 21 giờ để phục vụ học sinh ôn thi.

Thêm sách, thêm bạn đọc

Thư viện hiện có 12.400 cuốn sách, mỗi tối đón khoảng 90 bạn đọc.

Ông Lê Văn Phúc, Giám đốc thư viện, nói phòng đọc mới được lắp 20 máy tính.

Hồng Nhung

Bình luận
""",
    "vuon/oi.txt": """\
Vườn ổi hữu cơ của cựu chiến binh Đỗ Văn Hạnh

Ông Đỗ Văn Hạnh trồng 300 gốc ổi không dùng thuốc trừ sâu, mỗi năm thu 15 tấn quả.

Toàn bộ ổi được bán cho siêu thị ở thành phố Đồng Phú với giá 18.000 đồng một ki-lô-gam.
""",
}
"""Path below the corpus folder → text; people and places are made up."""


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("HOIBAO_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOIBAO_INDEX", str(tmp_path / "index"))


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    """A corpus folder with the articles of `SMALL_CORPUS`."""
    folder = tmp_path / "bai"
    for name, text in SMALL_CORPUS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the five articles that the project comes with."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def seeds_engine(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine over the seeds, opened once; it holds nothing that changes."""
    return open_engine(Settings(corpus=seeds, index=tmp_path_factory.mktemp("index")))
