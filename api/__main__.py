"""`python -m api` is `xinnuo`."""

from api.cli.main import main

main()
