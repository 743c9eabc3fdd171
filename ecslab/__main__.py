"""`python -m ecslab` is `ecslab`."""

import sys

from ecslab.cli.main import entry

if __name__ == "__main__":
    sys.exit(entry())
