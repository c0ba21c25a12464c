"""What the edge does with errors; the commands themselves are tested as processes."""

from typing import NoReturn

import pytest

from bot import cli
from bot.errors import CorpusError


def run(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int | None:
    """The exit code of a command that fails with an error."""

    def fail(_: object) -> NoReturn:
        raise error

    monkeypatch.setattr(cli, "_engine", fail)
    monkeypatch.setattr("sys.argv", ["hoibao", "ask", "Ai là bí thư?"])
    with pytest.raises(SystemExit) as raised:
        cli.main()
    code = raised.value.code
    assert code is None or isinstance(code, int)
    return code


def test_an_error_of_our_own_is_said_in_vietnamese(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    assert run(monkeypatch, CorpusError("no folder", "Không có thư mục.")) == 2
    assert capsys.readouterr() == ("", "Không có thư mục.\n")


def test_a_defect_is_owned_up_to_without_a_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    assert run(monkeypatch, KeyError("x")) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Xin lỗi, Hỏi Báo gặp lỗi ngoài dự kiến: KeyError('x').")
    assert len(err.splitlines()) == 1


def test_an_interrupt_is_no_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    assert run(monkeypatch, KeyboardInterrupt()) == 130
    assert capsys.readouterr() == ("", "")
