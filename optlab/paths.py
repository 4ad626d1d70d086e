"""Where things lie: the shipped folders, and the user's own."""

from pathlib import Path


def bundled(kind: str) -> Path:
    """The shipped folder `plugins` or `assets`: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    for folder in (package / "_bundled" / kind, package.parent / kind):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"OptLab's folder {kind!r} is missing from {package}: install OptLab again")


def user_folder(kind: str) -> Path:
    """The user's own folder for `plugins`, `experiments`, `settings`, `log` and such; it need not exist."""
    import platformdirs

    roots = {
        "settings": platformdirs.user_config_path("optlab"),
        "log": platformdirs.user_log_path("optlab"),
        "cache": platformdirs.user_cache_path("optlab"),
    }
    return roots.get(kind) or platformdirs.user_data_path("optlab") / kind
