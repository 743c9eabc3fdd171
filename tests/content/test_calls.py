"""Calls in AWS CLI spelling: what they become, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecslab.content.calls import Call, CallError, parse_call, parse_read
from ecslab.content.shorthand import ShorthandError, parse_shorthand

READ = {
    "ecs list-clusters": ("ecs", "ListClusters", {}),
    "aws ecs list-clusters": ("ecs", "ListClusters", {}),
    "ecs describe-services --cluster shop --services web-app worker": (
        "ecs",
        "DescribeServices",
        {"cluster": "shop", "services": ["web-app", "worker"]},
    ),
    "ecs describe-services --cluster=shop --services '[\"web-app\"]'": (
        "ecs",
        "DescribeServices",
        {"cluster": "shop", "services": ["web-app"]},
    ),
    "elbv2 describe-load-balancers --names web-alb": (
        "elbv2",
        "DescribeLoadBalancers",
        {"Names": ["web-alb"]},
    ),
    "ec2 describe-subnets --filters Name=tag:Name,Values=private-a,private-b Name=state,Values=available": (
        "ec2",
        "DescribeSubnets",
        {
            "Filters": [
                {"Name": "tag:Name", "Values": ["private-a", "private-b"]},
                {"Name": "state", "Values": ["available"]},
            ]
        },
    ),
    'ec2 describe-subnets --filters \'[{"Name": "vpc-id", "Values": ["vpc-1"]}]\'': (
        "ec2",
        "DescribeSubnets",
        {"Filters": [{"Name": "vpc-id", "Values": ["vpc-1"]}]},
    ),
    "elbv2 describe-target-health --target-group-arn arn:x --targets Id=10.0.0.1,Port=8080": (
        "elbv2",
        "DescribeTargetHealth",
        {"TargetGroupArn": "arn:x", "Targets": [{"Id": "10.0.0.1", "Port": 8080}]},
    ),
    "logs get-log-events --log-group-name /ecs/web-app --log-stream-name s --limit 5 --start-from-head": (
        "logs",
        "GetLogEvents",
        {"logGroupName": "/ecs/web-app", "logStreamName": "s", "limit": 5, "startFromHead": True},
    ),
    "logs get-log-events --log-group-name g --log-stream-name s --no-start-from-head": (
        "logs",
        "GetLogEvents",
        {"logGroupName": "g", "logStreamName": "s", "startFromHead": False},
    ),
    "s3api list-buckets": ("s3", "ListBuckets", {}),
    "ecs list-tasks --cluster shop --desired-status STOPPED --max-results 5": (
        "ecs",
        "ListTasks",
        {"cluster": "shop", "desiredStatus": "STOPPED", "maxResults": 5},
    ),
}


@pytest.mark.parametrize(("text", "call"), READ.items(), ids=READ)
def test_a_read_becomes_an_operation_with_typed_parameters(text, call):
    assert parse_read(text) == Call(*call)


REFUSED = {
    "ecs update-service --service a": "UpdateService changes things, and a check only reads",
    "ecs describe-clusters --cluster a": "DescribeClusters has no option --cluster; did you mean '--clusters'?",
    "ecs describe-cluster": "ecs has no operation 'describe-cluster'; did you mean 'describe-clusters'?",
    "ecss list-clusters": "AWS has no service 'ecss'; did you mean 'ecs'?",
    "s3 ls": "s3 has no operation 'ls'",
    "ecs describe-services": "DescribeServices needs --services; add it",
    "ecs describe-services --services": "--services has no value; add one",
    "ecs describe-services --services a --services b": "--services is here twice",
    "ecs list-tasks --max-results many": "--max-results takes a number, not 'many'",
    "ecs list-tasks --cluster a b": "--cluster takes one value, not 2",
    "ecs list-tasks shop": "'shop' stands alone",
    "ecs list-clusters --query clusterArns": "--query stands in a key of its own here; write it as `query:`",
    "ecs list-clusters --region eu-west-1": "--region has no meaning here; remove it",
    "ecs describe-clusters --clusters file://names.json": "file:// reads something from elsewhere",
    "ec2 describe-subnets --filters Name=x,Values=fileb://y": "fileb:// reads something from elsewhere",
    "ecs describe-clusters --clusters https://x.example/": "https:// reads something from elsewhere",
    "ecs list-clusters | head": "'|' is for a shell",
    "ecs list-clusters > out": "'>' is for a shell",
    "ecs list-clusters; rm -rf /": "';' is for a shell",
    "ecs list-clusters && true": "'&' is for a shell",
    "ecs describe-clusters --clusters $(whoami)": "'$(' is for a shell",
    'ecs describe-clusters --clusters "$(whoami)"': "'$(' is for a shell",
    "ecs describe-clusters --clusters `whoami`": "'`' is for a shell",
    "ecs describe-clusters --clusters $HOME": "'$H' is for a shell",
    "ecs describe-clusters --clusters 'a": "the quotes do not match",
    "ec2 describe-subnets --filters '[{'": "--filters is not JSON",
    'ec2 describe-subnets --filters \'[{"Nam": "x"}]\'': 'Unknown parameter in Filters[0]: "Nam"',
    "logs get-log-events --log-group-name g --log-stream-name s --start-from-head yes": "takes no value",
    "ecs": "'ecs' is not a call",
    "": "'' is not a call",
    "--version": "'--version' is not a call",
}


@pytest.mark.parametrize(("text", "said"), REFUSED.items(), ids=str)
def test_what_is_no_plain_read_is_refused(text, said):
    with pytest.raises(CallError) as caught:
        parse_read(text)
    assert said in f"{caught.value.what}; {caught.value.todo}"


def test_a_fault_may_change_things():
    call = parse_call(
        "ecs update-service --cluster shop --service web-app --desired-count 0 --deployment-configuration "
        "minimumHealthyPercent=50,maximumPercent=200"
    )
    assert call.operation == "UpdateService"
    assert call.params["desiredCount"] == 0
    assert call.params["deploymentConfiguration"] == {"minimumHealthyPercent": 50, "maximumPercent": 200}


def test_what_stands_in_quotes_is_a_value():
    call = parse_read("logs filter-log-events --log-group-name g --filter-pattern 'a | b; \"c\" > d'")
    assert call.params["filterPattern"] == 'a | b; "c" > d'


SHORTHAND = {
    "a=b": {"a": "b"},
    "a=b,c": {"a": ["b", "c"]},
    "a=b,c,d=e": {"a": ["b", "c"], "d": "e"},
    "Name=tag:Name,Values=a b,c": {"Name": "tag:Name", "Values": ["a b", "c"]},
    "a=b=c": {"a": "b=c"},
    "a=,b=c": {"a": "", "b": "c"},
    "a=b\\,c": {"a": "b,c"},
    "a='b,c',d=\"e f\"": {"a": "b,c", "d": "e f"},
    "a={b=1,c=[x,{d=y}]},e=[]": {"a": {"b": "1", "c": ["x", {"d": "y"}]}, "e": []},
    " a= [b , c ]": None,
    "a": None,
    "=b": None,
    "a=b,": None,
    "a=b,,c": None,
    "a=[b": None,
    "a={b}": None,
    "a='b": None,
    "a=b,a=c": None,
    "a@=b": None,
}


@pytest.mark.parametrize(("text", "value"), SHORTHAND.items(), ids=SHORTHAND)
def test_shorthand(text, value):
    if value is not None:
        assert parse_shorthand(text) == value
    else:
        with pytest.raises(ShorthandError):
            parse_shorthand(text)


def test_shorthand_never_reads_a_file(tmp_path):
    (tmp_path / "secret").write_text("secret")
    for value in (f"file://{tmp_path}/secret", f"'file://{tmp_path}/secret'"):
        with pytest.raises((CallError, ShorthandError)):
            parse_read(f'ec2 describe-subnets --filters "Name=x,Values@={value}"')


@given(st.text(alphabet="ab=,[]{}'\"\\ @", max_size=12))
def test_any_shorthand_is_read_or_refused(text):
    try:
        assert isinstance(parse_shorthand(text), dict)
    except ShorthandError as error:
        assert str(error)
