"""`python -m benchmarks [NAME…]`: prints each figure beside its baseline, measured in the same run."""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path

from benchmarks import grading, lab_screen, scale, terminal
from benchmarks.measure import HEADER, Figure, compare
from benchmarks.plain_moto import PlainMoto
from benchmarks.sandboxes import client, sandbox
from ecslab.content.packs import builtin
from ecslab.content.resolve import resolve_world
from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.warm import Warm
from ecslab.shell.environment import environment

BASE_CLI = [sys.executable, "-m", "awscli"]
SERVICE = {
    "family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
    "containerDefinitions": [{"name": "app", "image": "nginx", "memory": 256}],
}  # fmt: skip


def ready() -> Figure:
    """A lab's world, up to its first ECS answer, once the app has its warm process."""
    world = resolve_world(builtin(), "playground", seed=1)

    def ours() -> None:
        with tempfile.TemporaryDirectory() as name:
            started = Sandbox.start(Path(name), world, keep=True)
            client(environment(started), "ecs").list_clusters()
            started.stop()

    def baseline() -> None:
        PlainMoto().until_ready().stop()

    with Warm():
        return compare("lab ready (start to first answer)", ours, baseline, "moto_server, empty", turns=5)


def reset() -> Figure:
    moto = PlainMoto().until_ready()
    template = resolve_world(builtin(), "playground", seed=1)["template"]

    def baseline() -> None:
        urllib.request.urlopen(urllib.request.Request(f"{moto.url}/moto-api/reset", method="POST")).read()
        moto.stock(template)

    with sandbox() as (started, _):
        figure = compare(
            "reset of a world", started.reset, baseline, "moto_server reset + same stack", turns=15
        )
    moto.stop()
    return figure


def describe_services() -> Figure:
    moto = PlainMoto().until_ready()
    theirs = moto.client("ecs")
    with sandbox() as (_, env):
        ours = client(env, "ecs")
        network = client(env, "ec2").describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["private-a"]}])
        subnet = network["Subnets"][0]["SubnetId"]
        for each in (ours, theirs):
            each.create_cluster(clusterName="c")
            each.register_task_definition(**SERVICE)
        ours.create_service(
            cluster="c", serviceName="s", taskDefinition="web", desiredCount=3, launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet]}},
        )  # fmt: skip
        theirs.create_service(cluster="c", serviceName="s", taskDefinition="web", desiredCount=3)
        figure = compare(
            "describe_services (boto3)",
            lambda: ours.describe_services(cluster="c", services=["s"]),
            lambda: theirs.describe_services(cluster="c", services=["s"]),
            "moto_server",
            turns=100,
        )
    moto.stop()
    return figure


def aws() -> Figure:
    moto = PlainMoto().until_ready()
    plain = {
        **{k: v for k, v in os.environ.items() if not k.startswith("AWS_")}, "AWS_ENDPOINT_URL": moto.url,
        "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    command = ["ecs", "list-clusters"]
    with sandbox() as (_, env):
        figure = compare(
            "aws ecs list-clusters",
            lambda: subprocess.run(["aws", *command], env=env, check=True, stdout=subprocess.DEVNULL),
            lambda: subprocess.run([*BASE_CLI, *command], env=plain, check=True, stdout=subprocess.DEVNULL),
            "the same AWS CLI, a process each, on moto_server",
            turns=15,
        )
    moto.stop()
    return figure


def first_paint() -> Figure:
    from ecslab.terminal.driver import Driver

    empty = (
        "from textual.app import App\nfrom textual.widgets import Static\n"
        "class A(App):\n    def compose(self):\n        yield Static('painted')\nA().run()"
    )

    def painted(argv: list[str], text: str, home: str) -> None:
        env = {**os.environ, "TERM": "xterm-256color", "ECSLAB_HOME": home, "TEXTUAL_ANIMATIONS": "none"}
        with Driver(argv, env=env, columns=120, rows=40) as screen:
            screen.wait_for(text, timeout=30)

    with tempfile.TemporaryDirectory() as home:
        return compare(
            "first paint of the app",
            lambda: painted([sys.executable, "-m", "ecslab"], "Amazon ECS", home),
            lambda: painted([sys.executable, "-c", empty], "painted", home),
            "an empty Textual app",
            turns=7,
        )


FIGURES: dict[str, Callable[[], Figure]] = {
    "ready": ready,
    "reset": reset,
    "describe-services": describe_services,
    "aws": aws,
    "first-paint": first_paint,
    "grading": grading.grading,
    "terminal-seq": terminal.seq,
    "terminal-cat": terminal.cat,
    "terminal-drawing": terminal.drawing,
    **lab_screen.FIGURES,
    **scale.FIGURES,
}


def main() -> int:
    wanted = sys.argv[1:] or list(FIGURES)
    unknown = [name for name in wanted if name not in FIGURES]
    if unknown:
        print(f"there is no benchmark {unknown[0]!r}; there are {', '.join(FIGURES)}", file=sys.stderr)
        return 2
    print(HEADER)
    figures = []
    for name in wanted:
        figure = FIGURES[name]()
        figures.append(figure)
        print(figure.line(), flush=True)
    if os.environ.get("BENCHMARKS_JSON"):
        Path(os.environ["BENCHMARKS_JSON"]).write_text(
            json.dumps([{**figure.__dict__, "ratio": figure.ratio} for figure in figures], indent=1)
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
