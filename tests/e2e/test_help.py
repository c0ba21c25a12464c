import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ["ask", "chat", "telegram", "batch", "sources", "index", "eval"]
HEAVY = ["underthesea", "telegram", "numpy", "rich", "prompt_toolkit", "rapidfuzz", "rank_bm25"]


def loaded_by(*arguments: str) -> set[str]:
    """The packages that a command has imported when it ends."""
    program = (
        "import sys\n"
        f"sys.argv = ['hoibao', *{arguments!r}]\n"
        "from bot.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "sys.stdout = sys.__stdout__\n"
        "sys.stdout.write('\\nLOADED ' + ' '.join({name.partition('.')[0] for name in sys.modules}))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=ROOT, check=True)
    return set(ended.stdout.decode("utf-8").rpartition("LOADED ")[2].split())


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["eval", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]):
    assert loaded_by(*arguments).isdisjoint(HEAVY)


def test_an_answer_loads_no_chat_and_no_bot(hoibao, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    assert hoibao("index").code == 0
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert loaded_by("ask", "Ai là tác giả?").isdisjoint({"telegram", "prompt_toolkit", "ir_measures"})


def test_the_help_lists_the_commands(hoibao):
    ended = hoibao("--help")
    assert ended.code == 0
    listed = ended.out.partition("Commands:")[2]
    assert re.findall(r"^  (\S+)  ", listed, re.MULTILINE) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_and_is_in_the_readme(hoibao, command: str):
    ended = hoibao(command, "--help")
    assert ended.code == 0
    assert ended.out.startswith(f"Usage: hoibao {command} ")
    options = re.findall(r"^  (?:-\w, )?(-[-\w]+)", ended.out, re.MULTILINE)
    assert "--help" in options
    readme = (ROOT / "README.md").read_text("utf-8")
    assert re.search(rf"^\| `hoibao {command}\b", readme, re.MULTILINE)


def test_the_version(hoibao):
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", hoibao("--version").out)
