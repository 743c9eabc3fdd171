"""From a pack to the document a sandbox plays."""

import json

import pytest

from ecslab.content.packs import builtin
from ecslab.content.resolve import main, resolve_lab, resolve_world


def test_a_world_is_one_plain_document():
    document = resolve_world(builtin(), "playground", seed=7)
    assert list(document) == [
        "format", "id", "title", "seed", "region", "account", "any_key", "allowance", "template", "images",
        "repositories", "then", "settle", "traffic", "probes",
    ]  # fmt: skip
    assert json.loads(json.dumps(document)) == document
    assert (document["seed"], document["account"], document["repositories"]) == (
        7,
        "123456789012",
        ["my-app"],
    )


def test_the_same_seed_gives_the_same_document(example):
    assert resolve_lab(example, "two-doors", 5)[1] == resolve_lab(example, "two-doors", 5)[1]


def test_variables_are_drawn_by_seed_and_put_in_everywhere(example):
    drawn = {resolve_lab(example, "two-doors", seed)[0].vars["PORT"] for seed in range(20)}
    assert drawn == {8080, 9000, 3000}
    lab, document = resolve_lab(example, "two-doors", 3)
    port, count = lab.vars["PORT"], lab.vars["COUNT"]
    assert f"**{port}**" in lab.story and "${UNKNOWN}" in lab.story
    assert document["images"]["my-app:v3"]["listen"] == [{"port": port, "after": 0, "on": "0.0.0.0"}]
    assert document["images"]["my-app:v3"]["logs"][0]["line"] == f"listening on {port} ${{HOSTNAME}}"
    assert lab.checks[1].state.is_ == count
    assert lab.checks[6].answer.is_ == port
    assert document["then"][1] == {
        "call": {
            "service": "ecs",
            "operation": "UpdateService",
            "params": {"cluster": "shop", "service": "web-app", "desiredCount": count},
        }
    }


def test_the_probes_are_what_the_checks_read(example):
    _, document = resolve_lab(example, "two-doors", 3)
    assert document["probes"] == [
        {"id": "answers", "kind": "http", "load_balancer": "web-alb", "port": 80, "path": "/"},
        {
            "id": "answers/scaled",
            "kind": "state",
            "service": "ecs",
            "operation": "DescribeServices",
            "params": {"cluster": "shop", "services": ["web-app"]},
            "query": "services[0].desiredCount",
        },
        {
            "id": "count",
            "kind": "state",
            "service": "ecs",
            "operation": "DescribeServices",
            "params": {"cluster": "shop", "services": ["web-app"]},
            "query": "services[0].desiredCount",
        },
        {
            "id": "clean",
            "kind": "state",
            "service": "ecs",
            "operation": "DescribeClusters",
            "params": {"clusters": ["old"]},
            "query": "clusters[?status=='ACTIVE']",
        },
    ]


def test_a_labs_own_world_lies_on_top_of_its_base(example):
    _, document = resolve_lab(example, "two-doors", 3)
    resources = document["template"]["Resources"]
    assert resources["Vpc"]["Properties"]["CidrBlock"] == "10.1.0.0/16"
    assert "Repository" not in resources
    assert document["settle"] == 600_000
    assert document["traffic"] == [{"load_balancer": "web-alb", "path": "/shop", "rate": 20.0, "port": 80}]


@pytest.mark.parametrize("lab_id", builtin().lab_ids)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_lab_of_the_built_in_pack_resolves(lab_id, seed):
    lab, document = resolve_lab(builtin(), lab_id, seed)
    ids = [probe["id"] for probe in document["probes"]]
    assert document["id"] == lab.id and len(ids) == len(set(ids))
    assert json.loads(json.dumps(document)) == document


@pytest.mark.parametrize("world", builtin().worlds)
def test_every_world_of_the_built_in_pack_resolves(world):
    assert resolve_world(builtin(), world)["id"] == world


def test_the_command_prints_a_document(capsys):
    assert main(["playground", "4"]) == 0
    assert json.loads(capsys.readouterr().out)["seed"] == 4


def test_the_command_names_an_unknown_world(capsys):
    assert main(["playgrond"]) == 2
    assert (
        capsys.readouterr().err == "there is no world 'playgrond' in this pack; did you mean 'playground'?\n"
    )
