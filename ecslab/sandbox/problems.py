"""What can go wrong with a sandbox, as a person is told."""

from ecslab.terms.problems import Exit, Problem


class SandboxProblem(Problem):
    """A sandbox did not start, has stopped, or refuses a request.

    Args:
        code: the HTTP status of the refusal, when the sandbox itself gave one.
    """

    def __init__(
        self, what: str, todo: str = "", *, status: Exit = Exit.ENVIRONMENT, code: int | None = None
    ) -> None:
        super().__init__(what, todo, status=status)
        self.code = code


class SandboxBusy(SandboxProblem):
    """The sandbox is there but did not answer in time: it simulates."""
