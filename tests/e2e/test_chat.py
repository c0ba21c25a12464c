import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

ROOT = Path(__file__).resolve().parents[2]
ADMITTED = "Năm 2024, TP. Bạc Liêu kết nạp được bao nhiêu đảng viên mới?"
PROMPT = "Hỏi:"  # the space behind it is a movement of the cursor


def test_questions_and_commands_from_a_pipe(hoibao):
    typed = [
        ADMITTED,
        "/them",
        "/giaithich",
        "/nguon",
        "/bai 2",
        "/xyz",
        "/moi",
        "/them",
        "/giaithich",
        "/thoat",
        "không tới",
    ]
    ended = hoibao("chat", stdin="\n".join(typed).encode())
    assert (ended.code, ended.err) == (0, "")
    assert "\x1b" not in ended.out
    assert PROMPT not in ended.out
    welcome, _, rest = ended.out.partition("\n")
    assert welcome.startswith("Hỏi Báo: 5 bài báo.")
    text = " ".join(rest.split())
    asked, _, more = text.partition(" 4. ")
    assert "»Trong năm 2024, đã kết nạp 144 đảng viên" in asked
    assert " 5. " in more.partition("Điểm ")[0]
    assert "144" not in more.partition(" 1. ")[0], "only what is new is shown"
    assert "# Bài, tệp Nguồn, tác giả Ngày đăng" in text
    assert "[11] Quan tâm thực hiện tốt công tác kiểm tra" in text
    assert "Không có lệnh /xyz. Gõ /tro-giup để xem các lệnh." in text
    after = text.partition("Đã quên cuộc trò chuyện trước.")[2]
    assert after.strip() == "Bạn chưa hỏi gì. Bạn chưa hỏi gì."


def test_no_more_passages_than_there_are(hoibao, small_corpus: Path, tmp_path: Path):
    own = {"HOIBAO_CORPUS": str(small_corpus), "HOIBAO_INDEX": str(tmp_path / "own")}
    typed = "Cầu Rạch Sậy dài bao nhiêu?\n" + "/them\n" * 20
    ended = hoibao("chat", "-k", "1", stdin=typed.encode(), **own)
    assert ended.code == 0
    ranks = [int(line.partition(".")[0]) for line in ended.lines if line[:1].isdigit() and ". " in line]
    assert ranks == list(range(1, len(ranks) + 1))
    assert ended.lines[-1] == "Không còn đoạn nào nữa."


def test_a_follow_up_leans_on_the_last_question_until_moi(hoibao):
    first, second = "Cà Mau đổi mới công tác tuyên truyền thế nào?", "Thế ở Hà Giang?"
    followed = hoibao("chat", "-k", "1", stdin=f"{first}\n{second}\n".encode())
    (reading,) = (line for line in followed.lines if line.startswith("Hiểu là: "))
    assert "Hà Giang" in reading
    assert "tuyên truyền" in reading
    alone = hoibao("chat", "-k", "1", stdin=f"{first}\n/moi\n{second}\n".encode())
    after = alone.out.partition("Đã quên cuộc trò chuyện trước.\n")[2]
    assert "Hiểu là" not in after


@pytest.mark.parametrize("typed", ["/trợ-giúp", "/TRO-GIUP", "  /tro-giup  ", "/trogiup", "/trợ-giúp gì đó"])
def test_commands_may_carry_marks(hoibao, typed: str):
    ended = hoibao("chat", stdin=typed.encode())
    for command in ("/nguon", "/bai", "/them", "/giaithich", "/moi", "/tro-giup", "/thoat"):
        assert command in ended.out.partition("\n")[2]


def test_an_article_that_there_is_not(hoibao):
    ended = hoibao("chat", stdin="/bai\n/bai 0\n/bai 6\n/bai hai\n/bai -1\n/bai ²\n".encode())
    hint = "Cho biết số của bài, từ 1 đến 5: /bai 1. Gõ /nguon để xem danh sách."
    assert ended.lines[1:] == [hint] * 6


def test_bytes_that_are_no_text(hoibao):
    ended = hoibao("chat", stdin=b"\xff\xfe\x00\n/moi\n")
    assert ended.code == 0
    assert ended.lines[-1] == "Đã quên cuộc trò chuyện trước."


@pytest.mark.parametrize("width", [30, 100])
def test_nothing_is_wider_than_the_terminal(hoibao, width: int):
    typed = f"{ADMITTED}\n/giaithich\n/nguon\n/bai 3\n/tro-giup\n"
    ended = hoibao("chat", stdin=typed.encode(), COLUMNS=str(width))
    assert max(cell_len(line) for line in ended.lines) <= width
    assert all(line == line.rstrip() for line in ended.lines)


def test_at_a_terminal(terminal, tmp_path: Path):
    chat = terminal("chat", HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path / "state"))
    chat.expect(PROMPT)
    chat.type(f"{ADMITTED}\r")
    assert "Chí Thiện" in chat.expect("đoạn 6")
    chat.expect(PROMPT)

    chat.type("nửa câu")
    chat.expect("câu")
    chat.type("\x03")  # Ctrl-C drops the line
    chat.expect("\n")
    chat.expect(PROMPT)
    chat.type("/tro-g\t")  # Tab completes
    chat.expect("iup")
    chat.type("\r")
    chat.expect("bắt đầu cuộc trò chuyện mới")
    chat.expect(PROMPT)
    chat.type("\x04")  # Ctrl-D leaves
    assert chat.wait() == 0

    history = tmp_path / "state" / "hoibao" / "history"
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    kept = history.read_text("utf-8")
    assert ADMITTED in kept
    assert "nửa câu" not in kept

    again = terminal("chat", HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path / "state"))
    again.expect(PROMPT)
    again.type("\x1b[A\x1b[A\r")  # two lines up: the question of the last run
    again.expect("đoạn 6")
    again.expect(PROMPT)
    again.type("/thoat\r")
    assert again.wait() == 0


def test_an_article_is_read_in_pages(terminal, tmp_path: Path):
    chat = terminal("chat", columns=60, rows=12, HOME=str(tmp_path))
    chat.expect(PROMPT)
    chat.type("/bai 2\r")
    first = chat.expect("— Enter: xem tiếp, q: thôi — ")
    assert first.count("\n") <= 13
    assert "[1]" in first
    chat.type("\r")
    chat.expect("— Enter: xem tiếp, q: thôi — ")
    chat.type("q\r")
    chat.expect(PROMPT)
    chat.type("\x04")
    assert chat.wait() == 0
    assert "[11]" not in chat.text


def test_a_home_that_cannot_be_written(terminal, tmp_path: Path):
    (tmp_path / "state").write_text("not a folder")
    chat = terminal("chat", HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path / "state"))
    chat.expect(PROMPT)
    chat.type("/thoat\r")
    assert chat.wait() == 0
    assert "Traceback" not in chat.text


def test_an_interrupt_ends_without_a_traceback(environment: dict[str, str]):
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "chat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment,
    ) as chat:
        assert chat.stdin
        assert chat.stdout
        chat.stdin.write("xin chào\n".encode())
        chat.stdin.flush()
        assert chat.stdout.readline().decode().startswith("Hỏi Báo")
        chat.send_signal(signal.SIGINT)
        _, err = chat.communicate(timeout=60)
    assert chat.returncode == 130
    assert b"Traceback" not in err
