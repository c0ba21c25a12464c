"""All benchmarks, or those named on the command line: a table each, then one line of JSON."""

import importlib
import json
import pkgutil
import sys
from pathlib import Path


def main() -> None:
    """Run `measure()` of every module beside this one."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    chosen = [name for name in names if name != "__main__" and (not sys.argv[1:] or name in sys.argv[1:])]
    figures = {}
    for name in chosen:
        module = importlib.import_module(f"tests.bench.{name}")
        if hasattr(module, "measure"):
            figures[name] = module.measure()
    sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")


main()
