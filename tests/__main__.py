"""`python -m tests`: format, lint, types, layers and tests, one after another; arguments go to pytest.

The tests share the cores: -n 0 keeps them in one process.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
CHECKS = {
    "ruff format": ("-m", "ruff", "format", "--check"),
    "ruff check": ("-m", "ruff", "check"),
    "mypy": ("-m", "mypy"),
    "lint-imports": ("-c", LINT_IMPORTS),
}


def main(arguments: list[str]) -> int:
    """Run all checks, also after one that failed; 1 where one did."""
    failed = []
    for name, command in CHECKS.items():
        process = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True)
        if process.returncode:
            failed.append(name)
            sys.stdout.buffer.write(process.stdout + process.stderr)
        print(f"{name}: {'failed' if process.returncode else 'ok'}", flush=True)
    parallel = ("-n", "auto", "--dist", "worksteal")
    if subprocess.run([sys.executable, "-m", "pytest", *parallel, *arguments], cwd=ROOT).returncode:
        failed.append("pytest")
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
