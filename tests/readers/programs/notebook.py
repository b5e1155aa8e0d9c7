"""Run a marimo notebook and print its figures as JSON."""

import sys
from importlib import import_module
from pathlib import Path


def main() -> None:
    path = Path(sys.argv[1])
    sys.path.insert(0, str(path.parent))
    _, names = import_module(path.stem).app.run()
    print(names["figures"].to_json(orient="records", date_format="iso"))


if __name__ == "__main__":
    main()
