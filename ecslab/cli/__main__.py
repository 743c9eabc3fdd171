"""`python -m ecslab.cli`, for where no `ecslab` script is installed."""

from ecslab.cli.main import entry

entry()
