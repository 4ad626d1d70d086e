"""Plot widgets that stay fast: one item for many curves, decimated data, plain powers of ten."""
