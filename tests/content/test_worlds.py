"""Worlds: templates, patches, base worlds, images."""

import shutil

import pytest

from ecslab.content.documents import intrinsic, read_yaml
from ecslab.content.images import parse_images
from ecslab.content.packs import load
from ecslab.content.problems import PackProblem
from ecslab.content.resolve import resolve_lab, resolve_world
from ecslab.content.worlds import merge

TAGS = {
    "!Ref Vpc": {"Ref": "Vpc"},
    "!GetAtt Alb.DNSName": {"Fn::GetAtt": ["Alb", "DNSName"]},
    "!GetAtt Nested.Outputs.Arn": {"Fn::GetAtt": ["Nested", "Outputs.Arn"]},
    "!GetAtt [Alb, DNSName]": {"Fn::GetAtt": ["Alb", "DNSName"]},
    "!Sub '${AWS::Region}a'": {"Fn::Sub": "${AWS::Region}a"},
    "!Join ['-', [a, !Ref B]]": {"Fn::Join": ["-", ["a", {"Ref": "B"}]]},
    "!Condition C": {"Condition": "C"},
    "!If [C, 1, {a: 2}]": {"Fn::If": ["C", 1, {"a": 2}]},
}


@pytest.mark.parametrize(("text", "value"), TAGS.items(), ids=TAGS)
def test_short_forms_of_a_template_become_long_ones(text, value):
    assert read_yaml(f"x: {text}", "t", tags=intrinsic).value == {"x": value}


SCALARS = {
    "1": 1, "-3": -3, "1_000": 1000, "012345678901": "012345678901", "1.5": 1.5, "1e3": 1000.0, "0x10": "0x10",
    "true": True, "on": "on", "no": "no", "~": None, "": None, "2012-10-17": "2012-10-17", "20:30": "20:30",
    "'1'": "1", "none": "none", ".inf": ".inf",
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SCALARS.items(), ids=SCALARS)
def test_a_plain_word_is_what_it_looks_like(text, value):
    assert read_yaml(f"on: {text}", "t").value == {"on": value}


MERGED = [
    ({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}, {"a": {"b": 1, "c": 3}}),
    ({"a": {"b": 1, "c": 2}}, {"a": {"b": None}}, {"a": {"c": 2}}),
    ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
    ({"a": {"Ref": "X"}}, {"a": {"Fn::Sub": "y"}}, {"a": {"Fn::Sub": "y"}}),
    ({"a": {"Ref": "X"}}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    ({"a": 1}, {"b": {"c": None, "d": 2}}, {"a": 1, "b": {"d": 2}}),
]


@pytest.mark.parametrize(("base", "patch", "merged"), MERGED)
def test_a_patch_merges_replaces_and_removes(base, patch, merged):
    before = repr(base)
    assert merge(base, patch) == merged
    assert repr(base) == before


def test_a_world_on_a_base(example):
    world = example.world("small-busy")
    assert world.title == "Busy"
    subnet = world.template["Resources"]["Subnet"]["Properties"]
    assert subnet == {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.9.0/24"}
    assert world.traffic == [{"load_balancer": "web-alb", "path": "/", "port": 80, "rate": 1.5}]
    assert sorted(world.images) == ["my-app:v1", "my-app:v2"]


def test_a_world_that_is_its_own_base(tmp_path):
    for name, base in (("a", "b"), ("b", "a")):
        folder = tmp_path / "labs" / "worlds" / name
        folder.mkdir(parents=True)
        (folder / "world.yaml").write_text(f"base: {base}\n")
    (tmp_path / "pack.yaml").write_text("format: 1\n")
    with pytest.raises(PackProblem, match="the world 'a' is its own base; break the circle"):
        load(tmp_path).world("a")


PATCHES = {
    "Resources: {Subne: {Properties: {CidrBlock: x}}}": (
        "1:13: the resource 'Subne' is new and has no `Type`; did you mean 'Subnet'?"
    ),
    "Resources: {Subnet: 3}": "1:13: the resource 'Subnet' is not a mapping; write `Type:` and `Properties:`",
    "Resources: {Subnet: {Properties: 3}}": "1:34: the properties are not a mapping; write `Name: value` pairs",
    "Parameters: {}": "1:1: this is not a CloudFormation template; write `Resources:`",
}


@pytest.mark.parametrize(("patch", "said"), PATCHES.items(), ids=PATCHES)
def test_a_patch_that_fits_nothing(example, tmp_path, patch, said):
    shutil.copytree(example.root, tmp_path / "pack")
    (tmp_path / "pack/labs/two-doors/patch.yaml").write_text(patch)
    with pytest.raises(PackProblem) as caught:
        resolve_lab(load(tmp_path / "pack"), "two-doors", 1)
    assert str(caught.value) == f"labs/two-doors/patch.yaml:{said}"


def test_a_patch_outside_the_pack(example, tmp_path):
    shutil.copytree(example.root, tmp_path / "pack")
    (tmp_path / "pack/labs/worlds/small-busy/world.yaml").write_text(
        "base: small\npatch: ../../../../x.yaml\n"
    )
    with pytest.raises(PackProblem, match="this file is outside the pack"):
        load(tmp_path / "pack").world("small-busy")


def images(text, inherited=None):
    return parse_images(read_yaml(text, "images.yaml"), inherited or {})


def test_an_image_like_another_keeps_what_is_not_named():
    found = images(
        "a:1: {listen: [{port: 80, after: 2s}], memory: 5}\nb:1: {like: 'a:1', memory: 9}\nc:1: {like: 'b:1'}"
    )
    assert found["c:1"] == {"listen": [{"port": 80, "after": 2000, "on": "0.0.0.0"}], "memory": 9}


def test_an_image_may_be_like_the_one_it_replaces():
    base = images("a:1: {memory: 5, size: 7}")
    assert images("a:1: {like: 'a:1', memory: 6}", base) == {"a:1": {"memory": 6, "size": 7}}


def test_an_image_of_the_same_name_replaces_the_base_images():
    base = images("a:1: {memory: 5, size: 7}")
    assert images("a:1: {memory: 6}", base) == {"a:1": {"memory": 6}}


def test_durations_and_short_routes_are_spelled_out():
    (program,) = images(
        "a:1: {routes: {/: 200, /slow/*: {hang: true}}, logs: [{every: 1m, line: tick}], exit: {after: 1h30m, code: 3},"
        " sigterm: {takes: 250ms}, needs: {reach: [{host: db, port: 5432}]}}"
    ).values()
    assert program["routes"]["/"]["status"] == 200
    assert program["routes"]["/slow/*"]["hang"] is True
    assert program["logs"] == [{"line": "tick", "at": 0, "every": 60_000}]
    assert program["exit"] == {"after": 5_400_000, "code": 3}
    assert program["sigterm"]["takes"] == 250 and program["sigterm"]["handles"] is True
    assert program["needs"]["reach"] == [{"host": "db", "port": 5432, "fatal": True}]


def test_a_world_may_enforce_the_learners_permissions(tmp_path, example):
    shutil.copytree(example.root, tmp_path / "pack")
    world = tmp_path / "pack/labs/worlds/small/world.yaml"
    world.write_text("enforce_iam: true\n")
    assert resolve_world(load(tmp_path / "pack"), "small", seed=1)["enforce_iam"] is True
    world.write_text("then: [{revoke_permission: {user: learner, acton: 'iam:PassRole'}}]\n")
    with pytest.raises(PackProblem, match=r"revoke_permission has no 'acton'; did you mean 'action'\?"):
        resolve_world(load(tmp_path / "pack"), "small", seed=1)


def test_a_world_declares_what_lambda_functions_answer_to_hooks(tmp_path, example):
    shutil.copytree(example.root, tmp_path / "pack")
    world = tmp_path / "pack/labs/worlds/small/world.yaml"
    world.write_text("hooks: {check: {answers: [IN_PROGRESS, FAILED], after: 2m}, fine: , gate: FAILED}\n")
    assert resolve_world(load(tmp_path / "pack"), "small", seed=1)["hooks"] == {
        "check": {"answers": ["IN_PROGRESS", "FAILED"], "after": 120_000},
        "fine": {"answers": ["SUCCEEDED"], "after": 30_000},
        "gate": {"answers": ["FAILED"], "after": 30_000},
    }
    for text, flaw in (
        (
            "hooks: {check: {answer: [FAILED]}}\n",
            r"unknown key 'answer' in hooks.check.*did you mean 'answers'\?",
        ),
        ("hooks: {check: SUCCEDED}\n", "SUCCEEDED"),
        ("hooks: {check: {answers: []}}\n", "answers"),
    ):
        world.write_text(text)
        with pytest.raises(PackProblem, match=flaw):
            resolve_world(load(tmp_path / "pack"), "small", seed=1)
