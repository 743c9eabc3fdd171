"""`pack mutate`: which alterations there are, and what becomes of them."""

import json
from dataclasses import replace

import pytest

from ecslab.content.labs import Harmless
from ecslab.workbench.mutants import Call, mutants
from ecslab.workbench.mutation import Fated, as_json, excused
from ecslab.workbench.replay import _differences, _kind, _renamed, _stable

CREATE = Call("ecs", "CreateCluster", {"clusterName": "shop"}, 100)
UPDATE = Call(
    "ecs",
    "UpdateService",
    {
        "service": "web",
        "desiredCount": 2,
        "networkConfiguration": {"subnets": ["subnet-a", "subnet-b"]},
        "forceNewDeployment": True,
    },
    200,
)
POOLS = [["subnet-a", "subnet-b", "subnet-c"], ["sg-1"]]


def changes(*calls: Call, valid=lambda call: True) -> list[str]:
    return [mutant.change for mutant in mutants(calls, POOLS, valid)]


def test_every_operator() -> None:
    assert changes(CREATE, UPDATE) == [
        "ecs CreateCluster is left out",
        "ecs CreateCluster: clusterName is left out (it was shop)",
        "ecs UpdateService is left out",
        "ecs UpdateService: service is left out (it was web)",
        "ecs UpdateService: desiredCount is left out (it was 2)",
        "ecs UpdateService: desiredCount is 3 instead of 2",
        "ecs UpdateService: desiredCount is 1 instead of 2",
        'ecs UpdateService: networkConfiguration is left out (it was {"subnets": ["subnet-a", "subnet-b"]})',
        'ecs UpdateService: networkConfiguration.subnets is left out (it was ["subnet-a", "subnet-b"])',
        "ecs UpdateService: networkConfiguration.subnets[1] is left out (it was subnet-a)",
        "ecs UpdateService: networkConfiguration.subnets[1] is subnet-b instead of subnet-a",
        "ecs UpdateService: networkConfiguration.subnets[2] is left out (it was subnet-b)",
        "ecs UpdateService: networkConfiguration.subnets[2] is subnet-c instead of subnet-b",
        "ecs UpdateService: forceNewDeployment is left out (it was true)",
        "ecs UpdateService comes before ecs CreateCluster",
    ]


def test_calls_that_no_client_would_send_are_no_mutants() -> None:
    found = changes(UPDATE, valid=lambda call: "service" in call.params)
    assert "ecs UpdateService: service is left out (it was web)" not in found
    assert "ecs UpdateService: desiredCount is left out (it was 2)" in found


def test_the_solution_stays_as_it_was() -> None:
    before = json.dumps(UPDATE.params)
    made = list(mutants((CREATE, UPDATE), POOLS, lambda call: True))
    assert json.dumps(UPDATE.params) == before
    swapped = made[-1].calls
    assert [(call.operation, call.gap) for call in swapped] == [
        ("UpdateService", 100),
        ("CreateCluster", 200),
    ]


def test_ids_that_a_call_created_are_followed() -> None:
    told = {"group": {"GroupId": "sg-0a", "Name": "mine"}, "arn": ["arn:aws:ecs:r:1:cluster/a"]}
    found = {"group": {"GroupId": "sg-0b", "Name": "other"}, "arn": ["arn:aws:ecs:r:1:cluster/b"]}
    assert _differences(told, found) == {
        "sg-0a": "sg-0b",
        "arn:aws:ecs:r:1:cluster/a": "arn:aws:ecs:r:1:cluster/b",
    }


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("subnet-0a1b", "subnet"),
        ("sg-0a1b", "sg"),
        ("arn:aws:iam::123456789012:role/ecsAppRole", "iam role"),
        ("arn:aws:ecs:us-east-1:123456789012:task-definition/web:3", "ecs task-definition"),
        ("arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/1a", "elasticloadbalancing targetgroup"),
        ("web-app", ""),
        ("arn:aws:", ""),
    ],
)
def test_what_a_text_names(text: str, kind: str) -> None:
    assert _kind(text) == kind


def test_order_and_history_are_no_state() -> None:
    one = {"events": [1], "subnets": ["b", "a"], "services": [{"id": 1, "n": 2}]}
    other = {"events": [2], "subnets": ["a", "b"], "services": [{"id": 3, "n": 2}]}
    assert _stable(one) == _stable(other) != _stable({"subnets": ["a"]})


def test_the_report() -> None:
    fates = [Fated("l", "a", "caught"), Fated("l", "b", "missed"), Fated("l", "c", "equivalent")]
    fates += [Fated("l", "d", "refused"), Fated("l", "e", "harmless", "because")]
    assert as_json(fates) == {
        "caught": 1,
        "total": 2,
        "missed": [{"lab": "l", "change": "b"}],
        "harmless": [{"lab": "l", "change": "e", "why": "because"}],
        "equivalent": 1,
        "refused": 1,
    }


def test_what_a_lab_calls_harmless_is_no_miss_and_what_it_does_not_name_is() -> None:
    harmless = [Harmless(change="ecs UpdateService: desiredCount is * instead\nof 2", why="It may\nbe more.")]
    missed = Fated("l", "ecs UpdateService: desiredCount is 3 instead of 2", "missed")
    assert excused(missed, harmless) == replace(missed, fate="harmless", why="It may be more.")
    caught = replace(missed, fate="caught")
    assert excused(caught, harmless) == caught
    other = replace(missed, change="ecs UpdateService: desiredCount is left out (it was 2)")
    assert excused(other, harmless) == other


def test_ids_are_those_of_the_solution_in_lists_and_inside_of_other_arns() -> None:
    balancer, other = (f"arn:aws:elasticloadbalancing:r:1:loadbalancer/app/web/{n}" for n in "12")
    state = {"arns": [f"{other}/x", "text with {other}"], "pair": (other, 1)}
    assert _renamed(state, {other: balancer}) == {
        "arns": [f"{balancer}/x", "text with {other}"],
        "pair": [balancer, 1],
    }


def test_a_solution_that_may_not_run_cannot_be_altered(starter, ecslab) -> None:
    status, _, err = ecslab("pack", "mutate", starter.root)
    assert status == 2
    assert err.splitlines()[-1] == "ecslab: the solutions have to run once; read them, then add --run-code"


@pytest.mark.slow
def test_the_starters_checks_catch_everything_and_shallow_ones_do_not(starter, changed, ecslab) -> None:
    status, out, _ = ecslab("pack", "mutate", starter.root, "--run-code", "--json")
    report = json.loads(out)
    assert (status, report["missed"]) == (0, [])
    assert report["caught"] == report["total"] >= 3
    changed("labs/keep-the-light-on/lab.yaml", "      is: 2\n", "      at_least: 2\n")
    status, out, _ = ecslab("pack", "mutate", starter.root, "--run-code", "--json")
    report = json.loads(out)
    assert status == 1
    assert report["missed"] == [
        {"lab": "keep-the-light-on", "change": "ecs UpdateService: desiredCount is 3 instead of 2"}
    ]
