"""The house rules of the import graph, read from the sources: nothing here is imported."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "bot"
MODULES = {
    ".".join(("bot", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
ADAPTERS = {"console", "telegram_app"}
EDGE = {"__main__", "cli", "config", "bootstrap", "wording"}

# Part of the package → the parts of it that it may import beside itself. The listing reads as the data flows.
MAY_IMPORT = {
    "__init__": set(),
    "model": set(),
    "errors": set(),
    "language": {"model", "errors"},
    "corpus": {"model", "errors", "language"},
    "retrieval": {"model", "errors", "language"},
    "indexing": {"model", "errors", "language", "corpus", "retrieval"},
    "answering": {"model", "errors", "language", "retrieval"},
    "evaluation": {"model", "errors", "language", "retrieval", "answering"},
    "journal": {"model", "errors"},
    "wording": {"model"},
    "config": {"errors"},
    "bootstrap": {"model", "errors", "config", "corpus", "language", "retrieval", "indexing", "answering", "journal"},
    "console": {"model", "errors", "wording", "language", "retrieval", "answering", "evaluation"},
    "telegram_app": {"model", "errors", "wording", "language", "retrieval", "answering", "journal", "config"},
    "cli": ADAPTERS | {"model", "errors", "config", "bootstrap", "language", "answering", "evaluation", "journal"},
    "__main__": {"cli"},
}
# Outside package → the only places that may name it.
ONLY_IN = {
    "underthesea": {"bot.language.words", "bot.language.dictionary"},
    "joblib": {"bot.language.bulk_words"},  # underthesea saves its model with it
    "rank_bm25": {"bot.retrieval.okapi"},
    "rapidfuzz": {"bot.language"},
    "numpy": {"bot.retrieval", "bot.language.bulk_words"},
    "qdrant_client": {"bot.retrieval.qdrant"},
    "scipy": {"bot.retrieval.okapi", "bot.retrieval.top_k", "bot.bootstrap"},
    "watchfiles": {"bot.corpus.watching"},
    "ir_measures": {"bot.evaluation"},
    "dotenv": {"bot.config"},
    "platformdirs": {"bot.bootstrap", "bot.cli", "bot.telegram_app.run"},
    "rich": {"bot.console"},
    "prompt_toolkit": {"bot.console"},
    "telegram": {"bot.telegram_app"},
    "aiohttp": {"bot.telegram_app"},
    "structlog": {"bot.telegram_app"},
    "typer": {"bot.cli"},
}


def part_of(module: str) -> str:
    """``bot.console.chat`` → ``console``; the package itself is ``__init__``."""
    return [*module.split("."), "__init__"][1]


def imports_of(module: str) -> Iterator[str]:
    """Every module that a module names in an import, those inside functions and for type checkers included."""
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: a relative import"
            assert node.module
            submodules = [name for alias in node.names if (name := f"{node.module}.{alias.name}") in MODULES]
            yield from submodules or [node.module]


def nodes_of(module: str, kind: type[ast.AST]) -> Iterator[ast.AST]:
    return (node for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))) if isinstance(node, kind))


@pytest.mark.parametrize("module", MODULES)
def test_a_part_imports_only_what_it_may(module: str):
    part = part_of(module)
    named = {part_of(name) for name in imports_of(module) if name.split(".")[0] == "bot"}
    assert named - {part, "__init__"} <= MAY_IMPORT[part]


@pytest.mark.parametrize("module", MODULES)
def test_outside_packages_stay_where_they_belong(module: str):
    for name in imports_of(module):
        top = name.split(".")[0]
        if top == "bot" or top in sys.stdlib_module_names:
            continue
        assert any(module == place or module.startswith(f"{place}.") for place in ONLY_IN[top]), name


def test_model_and_errors_know_the_standard_library_only():
    for module in ("bot.model", "bot.errors"):
        assert {name.split(".")[0] for name in imports_of(module)} <= sys.stdlib_module_names | {"bot"}


def test_adapters_never_meet():
    for adapter in ADAPTERS:
        assert ADAPTERS.isdisjoint(MAY_IMPORT[adapter])
    for core in MAY_IMPORT.keys() - ADAPTERS - EDGE:
        assert MAY_IMPORT[core].isdisjoint(ADAPTERS | EDGE), core


@pytest.mark.parametrize("module", [module for module in MODULES if module != "bot.config"])
def test_only_config_reads_the_environment(module: str):
    named = {node.attr for node in nodes_of(module, ast.Attribute)} | {node.id for node in nodes_of(module, ast.Name)}
    imported = {alias.name for node in nodes_of(module, ast.ImportFrom) for alias in node.names}
    assert (named | imported).isdisjoint({"environ", "environb", "getenv", "getenvb", "putenv", "expandvars"})


@pytest.mark.parametrize("module", [module for module in MODULES if part_of(module) not in ADAPTERS | {"cli"}])
def test_only_adapters_print_or_exit(module: str):
    called = {ast.unparse(node.func) for node in nodes_of(module, ast.Call)}
    assert called.isdisjoint({"print", "input", "exit", "quit", "sys.exit", "os._exit"})
    named = {ast.unparse(node) for node in nodes_of(module, ast.Attribute)}
    assert named.isdisjoint({"sys.stdout", "sys.stderr", "sys.stdin"})


_DISK = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "unlink", "touch"}
# Beside them: the tables that come with the package, the operator's own, and the model that underthesea comes with.
_READERS = {"bot.language.word_lists", "bot.language.synonym_file", "bot.language.dictionary", "bot.language.bulk_words"}


@pytest.mark.parametrize(
    "module",
    [module for module in MODULES if part_of(module) in {"model", "errors", "language", "retrieval", "answering"}],
)
def test_the_core_leaves_the_disk_alone(module: str):
    if module in _READERS or module == "bot.retrieval.index_file":
        return
    called = {node.func for node in nodes_of(module, ast.Call)}
    names = {node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "") for node in called}
    assert names.isdisjoint(_DISK)


@pytest.mark.parametrize("module", MODULES)
def test_importing_does_no_work(module: str):
    """At module level there are only definitions: no loop, no ``with``, no bare call but the one of ``__main__``."""
    for node in ast.parse(MODULES[module].read_text("utf-8")).body:
        if isinstance(node, ast.If):
            assert ast.unparse(node.test) == "TYPE_CHECKING"
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            assert module == "bot.__main__"
        else:
            assert not isinstance(node, ast.For | ast.While | ast.With | ast.Try | ast.Assert)


def test_every_part_has_its_rules():
    assert {part_of(module) for module in MODULES} <= MAY_IMPORT.keys()
    assert {top for top in ONLY_IN if top not in sys.stdlib_module_names} == ONLY_IN.keys()
