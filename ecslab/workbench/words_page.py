"""docs/check-words.md, made from the tables of words, the schema's models and the examples here.

`python -m ecslab.workbench.words_page` prints it; a test keeps the file and the tables together, and reads
every example as a check.
"""

from collections.abc import Mapping

from ecslab.content import checks
from ecslab.terms import words

EXAMPLES = {
    "state": """\
- id: two
  goal: "Two tasks run"
  state:
    call: ecs describe-services --cluster shop --services web-app
    query: "services[0].runningCount"
    is: 2
""",
    "gone": """\
- id: cleaned-up
  goal: "The old cluster is deleted"
  gone:
    call: ecs describe-clusters --clusters old
    query: "clusters[?status=='ACTIVE']"
""",
    "event": """\
- id: steady
  goal: "The service has reported a steady state"
  event: {from: service, of: web-app, match: "has reached a steady state"}
  mode: latch
""",
    "http": """\
- id: answers
  goal: "The load balancer answers 200 for two minutes"
  http: {load_balancer: web-alb, path: /, status: 200}
  for: 2m
""",
    "allowed": """\
- id: least
  goal: "The tasks may read the orders, and nothing else of them"
  allowed: {role: ordersRole, action: "sqs:DeleteQueue", resource: "arn:aws:sqs:us-east-1:123456789012:orders", is: false}
""",
    "called": """\
- id: one-call
  goal: "One call changes both the image and the number of tasks"
  called:
    operation: ecs:UpdateService
    where: "taskDefinition != null && desiredCount == `4`"
    count: {at_least: 1, at_most: 1}
  mode: latch
""",
    "whatif": """\
- id: survives
  goal: "It heals within five minutes after a task has died"
  needs: [answers]
  whatif:
    do: [{stop_task: web-app}]
    advance: 5m
    expect: {http: {load_balancer: web-alb, path: /, status: 200}}
""",
    "file": """\
- id: written
  goal: "task-def.json asks for 512 MiB"
  file: {path: task-def.json, json: memory, is: "512"}
""",
    "all": """\
- id: whole
  goal: "Two tasks run, and their log group exists"
  all:
    - state:
        call: ecs describe-services --cluster shop --services web-app
        query: "services[0].runningCount"
        is: 2
    - state:
        call: logs describe-log-groups --log-group-name-prefix /ecs/web-app
        query: "logGroups[0].logGroupName"
        is: /ecs/web-app
  feedback:
    - id: no-group
      when: {part: 2}
      say: "The log group is gone."
""",
    "any": """\
- id: out
  goal: "The tasks reach S3: through a NAT gateway or an endpoint"
  any:
    - state:
        call: ec2 describe-nat-gateways
        query: "NatGateways[?State=='available'].NatGatewayId"
        absent: false
    - state:
        call: ec2 describe-vpc-endpoints
        query: "VpcEndpoints[?contains(ServiceName, 's3')].VpcEndpointId"
        absent: false
""",
    "program": """\
- id: elsewhere
  goal: "count.py counts the tasks of any service"
  program:
    cases:
      - name: The bakery
        world: {base: shop-web}
        then: [{call: ecs update-service --cluster shop --service web-app --desired-count 3}]
        args: [shop, web-app]
        expect:
          prints: [{json: tasks, is: 3}]
          changes: 0
  feedback:
    - id: other
      when: {match: "part == 'prints'"}
      say: "it counts another number of tasks."
""",
    "answer": """\
- id: exit-code
  goal: "You know why the task stopped"
  answer: {prompt: "Which exit code did the container have?", kind: number, is: 137}
""",
}
"""A check of each word that can be judged."""

EXPECTATION_EXAMPLES = {
    "is": "is: COMPLETED",
    "in": "in: [200, 204]",
    "not": "not: default",
    "matches": 'matches: "/ecsTaskExecutionRole$"',
    "at_least": "at_least: 2",
    "at_most": "at_most: 0",
    "contains": "contains: FARGATE",
    "absent": "absent: true",
    "unchanged": "unchanged: {except: [image]}",
    "all": "all: [{at_least: 2}, {at_most: 6}]",
    "any": "any: [{is: 443}, {absent: true}]",
}

HEAD = """\
<!-- Made by `python -m ecslab.workbench.words_page` from ecslab/terms/words.py: change it there. -->

# Check words

A check looks at **one thing**, named by its word, and says what it expects. Its `goal` is what the learner
reads. [authoring.md](authoring.md) builds a lab with them, step by step.

A `call` is one read operation in the spelling of the AWS CLI, without `aws`. It is parsed, not run by a shell:
no pipes, no variables of the shell, no `file://`. `query` is a JMESPath expression over the answer. An error of AWS is a
value too: `{Error: ClusterNotFoundException}`.
"""
SEVERAL = """\
## Several things in one check

Parts look at `state`, `gone`, `event`, `http`, `allowed`, `called` or `file`. The message is about the first part that
is not met; `when: {part: 2, …}` makes a feedback that of the second part of an `all`.
"""
PROGRAMS = """\
## Programs: `program`

The learner writes a program, `script` of the lab, and it is run in worlds that the learner has not seen. Each case is a
sandbox of its own, built for it and gone afterwards: the lab's world as the attempt began, with what the case says
about it. It says nothing about the learner's own world; a check on that looks at it as any other does.

| key of a case | |
|---|---|
| `name` | what the learner is told about where it went wrong; it must not tell the answer |
| `world` | keys of a lab's `world`; what it leaves out is the lab's, and an empty value takes away |
| `then`, `settle` | faults after the world's own, and a time instead of its own |
| `vars` | values of variables, in the case and in the files of its world, instead of those that were drawn |
| `args` | instead of those of `script` |
| `after` | how long time goes on after the program has ended, before anybody looks |
| `expect` | everything in it must hold |

| in `expect` | |
|---|---|
| `exit` | the exit status; 0 when it is left out |
| `prints` | a list: standard output as a whole, `json: QUERY` or `text: REGEX` of it, with an expectation each |
| `state` | a list as in the word `state`; `unchanged` compares with the moment before the program began |
| `http` | a list as in the word `http`, with `status` |
| `called` | a list as in the word `called`: what the program called |
| `calls`, `changes` | how many calls it made, and how many that changed something: a number is a maximum |

The cases are played in their order, and the first that is not as expected is what the learner reads about, after its
name. Feedback tells more with `match` over `{case, part, number, actual, exit, calls, changes, printed, said}`: `part`
is the key of `expect`, `number` its place in the list, `actual` the value, `printed` the JSON or text that was printed.
What `prints` expects is never shown. A missing file, a syntax error, a traceback (its last line, and where), a program
that does not end within 60 seconds: these have messages of their own.

**When it runs.** Only when the learner asks: `ecslab lab check`, once for each version of the file. Neither the shell
nor the app runs it in the background; until it has been run, and after the file has changed, the check is not judged.
Reading, previewing and linting a pack runs nothing.

**What runs, and where.** The learner's own file in the workspace, beside a fresh copy of the lab's files, on the
learner's machine: with the environment of the lab's shell (nothing in it leads to a real account), an empty home, and
limits of time, memory and files. A beginning that the pack lays into the workspace is run as well when the learner
checks it. A grader runs it only with `--run-scripts`; without, these checks count for nothing.

Solutions: `solution.boto3` is the program itself, and `solution.cli` a script that writes it. A mistake may be the
solution with other texts in it: `alter: {"desiredStatus='STOPPED'": "desiredStatus='RUNNING'"}`. `pack mutate` alters
the program.
"""
SAVING = """\
## Values for later checks

`save: NAME` in a `state` keeps the value, and `${NAME}` puts it into a `call`, an expectation, an `allowed`, a `file` or the
`where` of a `called` further down. A `state` that saves and expects nothing wants something to be there. A saved list
stands for all of its items: after `query: taskArns` with `save: TASKS`, `--tasks ${TASKS}` describes every task.

```yaml
- id: same-definition
  goal: "What runs is as it was, but for the image"
  all:
    - state:
        call: ecs describe-services --cluster shop --services web-app
        query: "services[0].taskDefinition"
        save: RUNS
    - state:
        call: ecs describe-task-definition --task-definition ${RUNS}
        query: taskDefinition
        unchanged: {except: [image, taskDefinitionArn, revision, registeredAt]}
```
"""


def page() -> str:
    parts = [HEAD, "## What a check looks at\n"]
    for word, text in words.CHECK_WORDS.items():
        parts.append(f"### `{word}`\n\n{_sentence(text)}\n")
        parts.append(f"Keys: {_keys(word)}.\n\n```yaml\n{EXAMPLES[word]}```\n")
    parts.append(SEVERAL)
    for word, text in words.COMPOUNDS.items():
        parts.append(f"### `{word}`\n\n{_sentence(text)}\n\n```yaml\n{EXAMPLES[word]}```\n")
    parts.append(PROGRAMS)
    parts.append(SAVING)
    parts.append("## Expectations\n\nSeveral in one check must all hold.\n")
    expectations = {**words.EXPECTATIONS, **words.COMBINATIONS}
    rows = [f"| `{name}` | {text} | `{EXPECTATION_EXAMPLES[name]}` |" for name, text in expectations.items()]
    parts.append("\n".join(["| word | holds when the value is | example |", "|---|---|---|", *rows]) + "\n")
    parts.append(_table("Keys of every check", "key", words.SHARED_KEYS))
    parts.append(_table("Modes", "`mode`", words.MODES))
    parts.append(_table("Where events come from", "`from`", words.EVENT_SOURCES))
    parts.append(_table("Kinds of answers", "`kind`", words.ANSWER_KINDS))
    parts.append(_table("Faults: what `then` and `whatif` may do", "word", words.FAULT_WORDS))
    return "\n".join(parts)


def _keys(word: str) -> str:
    """The keys of a word but for expectations, optional ones in brackets."""
    model = getattr(checks, word.capitalize())
    names = []
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key not in {**words.EXPECTATIONS, **words.COMBINATIONS}:
            names.append(f"`{key}`" if field.is_required() else f"[`{key}`]")
    names.sort(key=lambda name: name.startswith("["))
    return ", ".join(names) + (" and an expectation" if "is_" in model.model_fields else "")


def _table(title: str, head: str, rows: Mapping[str, str]) -> str:
    lines = [f"| `{name}` | {text} |" for name, text in rows.items()]
    return "\n".join([f"## {title}\n", f"| {head} | |", "|---|---|", *lines]) + "\n"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


if __name__ == "__main__":
    print(page(), end="")
