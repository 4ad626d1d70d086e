"""The window: the only package that names PySide6 and pyqtgraph."""
