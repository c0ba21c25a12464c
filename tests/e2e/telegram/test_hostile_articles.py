"""Articles at their worst: markup in them, endless sentences, titles and paragraphs; nothing is refused or lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from botapi import BotApiServer, Telegram, User
from botapi.utf16 import utf16_len
from conftest import TOKEN, Running, ask, press, running

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("default")]

WORDS = "vườn cây trái sum suê bên dòng kênh nhỏ"
SENTENCE = f"Hợp tác xã Rạch Sậy trồng xoài trên {{}} ha, {' '.join([WORDS] * 6)}."
ARTICLES = {
    "dai.txt": "Hợp tác xã Rạch Sậy trồng xoài\n\n01/02/2024 - 08:00\n\n"
    + " ".join(SENTENCE.format(number) for number in range(10, 19))
    + "\n\n"
    + "Hội chợ hoa Long Điền "
    + " ".join([f"bày bán giống hoa {'🌼' * 20} số {number}," for number in range(48)])
    + " rồi đóng cửa.\n\nMinh Khang\n",
    "html.txt": "Giá &amp; phí <b ở chợ 'Tân Phú' & <i\n\n01/02/2024 - 08:00\n\n"
    "Chợ Tân Phú có 42 sạp <blockquote>bán & mua</i></blockquote> &nbsp; &lt;rau&gt; 😀 mỗi ngày. "
    'Sạp <a href="x">cá</a> mở sớm.\n\n'
    "Ban quản lý chợ Tân Phú </b> thu phí 5.000 đồng <!-- bình luận --> một lượt.\n",
    "ngan/" + "a" * 150 + ".txt": "Tựa\n\nMột đoạn ngắn về bến phà Cái Mơn.\n",
    "dau-de.txt": "Đầu đề dài " + "rất dài " * 400 + "\n\nĐò Vàm Sát chở 15 khách mỗi chuyến sang sông.\n",
}


@pytest.fixture(scope="module")
async def hostile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    for name, text in ARTICLES.items():
        path = folder / "bai" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    async with (
        BotApiServer(TOKEN, bot_username="hoibao_bot") as server,
        running(server, folder / "state", folder / "index", HOIBAO_CORPUS=str(folder / "bai")) as bot,
    ):
        yield bot
        assert server.telegram.calls(ok=False) == []


@pytest.fixture
def reader(hostile: Running) -> tuple[Telegram, User]:
    return hostile.telegram, hostile.telegram.user("Người đọc", started=True)


async def test_markup_in_articles_is_text(reader: tuple[Telegram, User]) -> None:
    telegram, user = reader
    answer = await ask(user, "Chợ Tân Phú có bao nhiêu sạp?")
    assert "bán & mua</i></blockquote>" in answer.text and "42 sạp" in answer.text.replace("</u>", "")
    for button in ("Ngữ cảnh", "‹ Câu trả lời", "Cả bài"):
        await press(telegram, user, answer, button)
    assert "Giá &amp; phí <b ở chợ 'Tân Phú' & <i" in answer.text
    assert "&nbsp;" in answer.text and "<!-- bình luận -->" in answer.text
    assert (await user.inline("Chợ Tân Phú thu phí bao nhiêu?")).results


async def test_what_does_not_fit_is_one_tap_away(reader: tuple[Telegram, User]) -> None:
    telegram, user = reader
    answer = await ask(user, "Hội chợ hoa Long Điền bày bán những giống hoa nào?")
    assert utf16_len(answer.text) <= 4096 and " số 47," not in answer.text
    await press(telegram, user, answer, "Đọc tiếp")
    texts = [answer.text]
    while any(button.text == "›" for button in answer.buttons):
        await press(telegram, user, answer, "›")
        texts.append(answer.text)
    whole = " ".join(text.rpartition("\n\n")[0] for text in texts)  # without the citation under each
    assert all(f"{'🌼' * 20} số {number}," in whole for number in range(48))


async def test_every_passage_and_page_of_every_article_is_accepted(reader: tuple[Telegram, User]) -> None:
    telegram, user = reader
    await ask(user, "/nguon")
    for number in range(1, len(ARTICLES) + 1):
        page = await ask(user, f"/bai {number}")
        while any(button.text == "›" for button in page.buttons):
            await press(telegram, user, page, "›")
    for question in ("Đò Vàm Sát chở bao nhiêu khách?", "Hợp tác xã Rạch Sậy trồng xoài trên bao nhiêu ha?"):
        answer = await ask(user, question)
        await press(telegram, user, answer, "Ngữ cảnh")
        await press(telegram, user, answer, "‹ Câu trả lời")
        while label := next((b.text for b in answer.buttons if b.text.startswith("Thêm đoạn")), None):
            await press(telegram, user, answer, label)
            assert utf16_len(answer.text) <= 4096


async def test_deep_links_to_odd_files(reader: tuple[Telegram, User]) -> None:
    _, user = reader
    answer = await ask(user, "Bến phà Cái Mơn ở đâu?")
    link = answer.html.partition("?start=")[2].partition('"')[0]
    await user.start(link)
    assert "Cái Mơn" in (await user.chat.next_message()).text
