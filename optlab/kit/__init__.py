"""The conformance kit: what a plugin promises, tried out before any user does."""

from optlab.kit.kit import Report, check_component, check_path, check_paths

__all__ = ["Report", "check_component", "check_path", "check_paths"]
