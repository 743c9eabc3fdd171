"""The pictures of the documentation: for each the journey of keys that leads to it, and what it shows in a line."""

from dataclasses import dataclass

from ecslab.tui.app import Start

Step = tuple[str, ...] | str
"""Keys to press, or a text to wait for."""
SMALL, USUAL, LARGE = (80, 24), (100, 30), (160, 45)
HOME = Start()
LAB = Start("lab", "fix-alb-502")
SCALING = Start("lab", "auto-scale-cpu")
SERVICE = "aws ecs describe-services --cluster shop --services web-app --query services[0].events[0:2]"


@dataclass(frozen=True)
class Picture:
    name: str
    shows: str
    steps: tuple[Step, ...]
    start: Start = HOME
    size: tuple[int, int] = USUAL
    question: str = ""
    """One question of the pack to ask, by its key."""
    typed: str = ""
    """What is typed into the lab's shell before the steps."""
    fresh: bool = False
    """Of somebody who begins, and not of one who has studied for three weeks."""


def command(text: str) -> tuple[str, ...]:
    """A text as the keys that type it."""
    names = {" ": "space", "-": "minus", "/": "slash", "=": "equals_sign", ".": "full_stop"}
    return tuple(names.get(letter, letter) for letter in text)


OUT: tuple[Step, ...] = ("F6 Leave the shell", ("f6",), "Esc Home")
"""Where there is room for all panes, a lab begins in its shell."""
STORY: tuple[Step, ...] = ("502 Bad Gateway", ("2",), "✘ fail")
"""Where there is not, with its story; then the goals."""
CHAPTERS: tuple[tuple[str, tuple[Picture, ...]], ...] = (
    (
        "Studying",
        (
            Picture(
                "home",
                "Home: the course, what is learned and due, and one next step",
                ("▶ Continue",),
                size=(120, 32),
            ),
            Picture("home-new", "The first time, at 80×24", ("▶ Continue",), size=SMALL, fresh=True),
            Picture(
                "help",
                "`?` explains any screen and its keys",
                ("▶ Continue", ("question_mark",), "Help · Home"),
            ),
            Picture(
                "palette",
                "`Ctrl+P`: everything by name",
                ("▶ Continue", ("ctrl+p",), "Search for commands", ("d", "r")),
            ),
            Picture("packs", "`k`: another pack to study", ("▶ Continue", ("k",), "studied now")),
            Picture("lesson", "A lesson", ("page 2 of ",), Start("lesson", "what-ecs-is#1")),
            Picture(
                "watch",
                "A lesson's live world, stepped by the reader",
                ("Watch.", ("w",), "10s on", ("w",), "PROVISIONING"),
                Start("lesson", "what-ecs-is#3"),
                size=(120, 36),
            ),
            Picture(
                "search",
                "Words found in all lessons",
                ("▶ Continue", ("slash",), "Search all lessons", tuple("draining"), "·"),
            ),
            Picture(
                "progress",
                "Readiness, memory, calibration, and every objective",
                ("▶ Continue", ("p",), "Readiness"),
                size=(100, 36),
            ),
        ),
    ),
    (
        "Questions",
        (
            Picture(
                "confidence",
                "How sure, before the answer is told",
                (("1", "enter"), "How sure are you?"),
                question="what-ecs-is/two-containers",
            ),
            Picture(
                "quiz",
                "A reason for every option, and the source",
                (("1", "enter"), "How sure are you?", ("2",), "Enter Next"),
                question="what-ecs-is/two-containers",
            ),
            Picture("ordering", "Put in order", ("Question",), question="ecs-with-an-alb/order-of-building"),
            Picture("matching", "What goes with what", ("Question",), question="what-ecs-is/five-words"),
            Picture("spot", "Find the bug", ("Question",), question="rolling-deployments/stuck-by-rounding"),
            Picture(
                "diagnose",
                "Diagnose: the evidence comes from a world that broke",
                ("Question",),
                question="life-of-a-task/out-of-memory",
            ),
            Picture(
                "command",
                "Write the command: it is run in a scratch world and judged by what it did",
                (command("aws ecs list-clusters"), ("enter",), "How sure are you?", ("1",), "Enter Next"),
                question="rolling-deployments/safe-next-time",
            ),
        ),
    ),
    (
        "Exam and review",
        (
            Picture(
                "exam",
                "Three lengths, and earlier exams",
                ("In the shape of the AWS associate exams",),
                Start("exam"),
            ),
            Picture(
                "exam-question",
                "A question of an exam, with the time that is left",
                ("In the shape", ("down", "down", "enter"), "Question 1 of 15", ("2", "f")),
                Start("exam"),
            ),
            Picture(
                "exam-report",
                "The report: a score, and the objectives, the weakest first",
                ("In the shape", ("end", "enter"), "pass mark 720"),
                Start("exam"),
            ),
            Picture("review", "Review: what is due, and how memory keeps", ("due now",), Start("review")),
            Picture(
                "recall",
                "A recall question",
                ("Say it to yourself", ("enter",), "How well did you know it?"),
                Start("recall"),
            ),
        ),
    ),
    (
        "Labs and drills",
        (
            Picture(
                "lab",
                "A lab: goals, live map, a real terminal, the story",
                ("502 Bad Gateway", "✘ fail"),
                LAB,
                LARGE,
                typed=SERVICE,
            ),
            Picture("lab-goals", "The same at 80×24: one pane at a time", (*STORY,), LAB, SMALL),
            Picture(
                "lab-why",
                "Why a goal fails, and where to look",
                (*STORY, ("enter",), "where to look"),
                LAB,
                SMALL,
            ),
            Picture("lab-map", "The live map", (*STORY, ("3",), "✘ answers 502"), LAB, SMALL),
            Picture("lab-events", "The event feed", (*STORY, ("4",), "FailedHealthChecks"), LAB, SMALL),
            Picture("lab-logs", "The logs of the containers", (*STORY, ("7",), "/ecs/"), LAB, SMALL),
            Picture(
                "lab-journal",
                "Every API call",
                (("f6",), "Esc Home", ("6",), "DescribeServices"),
                LAB,
                SMALL,
                typed=SERVICE,
            ),
            Picture(
                "scaling",
                "The map of a service that scales",
                (("f6",), "Esc Home", ("3",), "AlarmHigh"),
                SCALING,
                USUAL,
                typed="SOLUTION",
            ),
            Picture(
                "editor",
                "The built-in editor",
                (*OUT, ("e",), "Edit a file", tuple("checkout"), ("enter",), "Ctrl+S Save"),
                Start("lab", "complete-task-definition"),
                size=(120, 34),
            ),
            Picture(
                "debrief",
                "The debrief: what each call changed, why the solution works",
                (("f6",), "Esc Home", "All goals are reached", ("d",), "─ Debrief ─"),
                LAB,
                typed="SOLUTION",
            ),
            Picture(
                "drills",
                "The drills: any, or one to practise",
                ("▶ Continue", ("d",), "Or one of the"),
            ),
            Picture(
                "drill",
                "A drill: one hidden fault",
                (*OUT, "✘ fail"),
                Start("drill", "health-path"),
                size=(120, 34),
            ),
            Picture(
                "drill-cause",
                "Naming the cause",
                ("Until a short while ago", ("n",), "The first answer counts"),
                Start("drill", "health-path"),
                USUAL,
            ),
        ),
    ),
)
