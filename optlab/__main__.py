"""`python -m optlab`."""

from optlab.cli import main

raise SystemExit(main())
