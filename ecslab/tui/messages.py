"""What workers tell the screens, one message a fact. Only handlers of these change what is shown."""

from textual.message import Message

from ecslab.terms.problems import Problem


class Trouble(Message):
    """Something went wrong that a person can mend; the app shows it as one line."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem
