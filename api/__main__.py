"""`python -m api` is `xinnuo`."""

from api.cli import main

main()
