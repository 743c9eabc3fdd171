"""What can go wrong with the learner's shell, as a person is told."""

from ecslab.terms.problems import Problem


class ShellProblem(Problem):
    """The shell, or its `aws`, cannot be had on this machine."""
