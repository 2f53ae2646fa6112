"""``python -m citeweave``: the same as the ``citeweave`` command."""

from citeweave.cli import main

main()
