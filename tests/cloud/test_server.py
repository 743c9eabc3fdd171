"""The sandbox's server: who may ask what, how time is steered, and that nothing answers 500."""

import http.client
import json
import os
import signal
import socket
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ecslab.sandbox.client import Sandbox
from ecslab.terms.problems import Problem
from tests.cloud.conftest import Served

# --- who may ask what -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["health", "clock", "state", "journal", "history", "lease"])
def test_control_routes_need_the_token(served: Served, path: str) -> None:
    status, answer = served.http("GET", f"/_ecslab/{path}", token="wrong")
    assert status == 401
    assert "token" in answer["error"]
    assert served.http("GET", f"/_ecslab/{path}", token=None)[0] == 401


def test_an_unknown_control_route_names_the_known_ones(served: Served) -> None:
    status, answer = served.http("GET", "/_ecslab/clok")
    assert status == 404
    assert "clock" in answer["error"]
    assert served.http("POST", "/_ecslab/journal", body={})[0] == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"advance": "soon"}, "not a duration"),
        ({"rate": 0}, "rate is a number above 0"),
        ({"rate": "fast"}, "rate is a number above 0"),
        ({"paused": "yes"}, "paused is true or false"),
        ({"until": "tomorrow"}, "steady"),
        ({"pause": True}, "unknown key 'pause'"),
    ],
)
def test_a_bad_wish_for_the_clock_is_refused_in_one_line(served: Served, body: Any, said: str) -> None:
    status, answer = served.http("POST", "/_ecslab/clock", body=body)
    assert status == 400
    assert said in answer["error"]


@pytest.mark.parametrize("host", ["example.com", "169.254.169.254", "evil.localhost.example", "[::2]"])
def test_the_host_header_must_be_loopback_or_a_load_balancer(served: Served, host: str) -> None:
    status, text = served.http("GET", "/_ecslab/clock", Host=host)
    assert status == 403
    assert "outside this sandbox" in text
    assert text.count("\n") == 1


def test_a_proxy_request_to_another_host_gets_one_line(served: Served) -> None:
    assert served.http("GET", "http://example.com/", token=None)[0] == 403


def test_connect_reaches_nothing(served: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.sandbox.port, timeout=10)
    connection.set_tunnel("ecs.us-east-1.amazonaws.com", 443)
    with pytest.raises(OSError, match="403"):
        connection.connect()


@pytest.mark.parametrize(
    "path", ["/moto-api/", "/moto-api/data.json", "/moto-api/seed?a=1", "/moto-api/config"]
)
def test_motos_own_routes_do_not_exist(served: Served, path: str) -> None:
    assert served.http("GET", path, token=None)[0] == 404


def test_a_key_that_this_world_did_not_issue_is_refused(served: Served) -> None:
    client = served.client("ecs")
    client._request_signer._credentials.access_key = "AKIASTRANGERSTRANGER"
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        client.list_clusters()


def test_a_key_that_this_world_issued_is_taken(served: Served) -> None:
    iam = served.client("iam")
    iam.create_user(UserName="second")
    issued = iam.create_access_key(UserName="second")["AccessKey"]
    sts = served.client("sts")
    sts._request_signer._credentials.access_key = issued["AccessKeyId"]
    assert sts.get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:user/second"


def test_the_learner_is_who_they_are(served: Served) -> None:
    identity = served.client("sts").get_caller_identity()
    assert identity["Arn"] == "arn:aws:iam::123456789012:user/learner"
    assert identity["Account"] == "123456789012"


def test_an_unsigned_request_is_refused(served: Served) -> None:
    status, _ = served.http(
        "POST", "/", token=None, X_Amz_Target="AmazonEC2ContainerServiceV20141113.ListClusters"
    )
    assert status == 403


# --- never a 500 ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("ecs", "create_task_set", {"service": "s", "cluster": "c", "taskDefinition": "t"}),
        ("ecs", "execute_command", {"command": "sh", "interactive": True, "task": "t"}),
        ("ec2", "describe_spot_datafeed_subscription", {}),
        ("elbv2", "describe_account_limits", {}),
        ("application-autoscaling", "describe_scaling_activities", {"ServiceNamespace": "ecs"}),
        ("iam", "get_service_last_accessed_details", {"JobId": "a" * 36}),
    ],
)
def test_what_is_not_simulated_is_a_clear_client_error_at_once(
    served: Served, service: str, operation: str, params: dict[str, Any]
) -> None:
    try:
        getattr(served.client(service), operation)(**params)
    except ClientError as error:
        assert 400 <= error.response["ResponseMetadata"]["HTTPStatusCode"] < 500
        assert error.response["Error"]["Message"]


def test_an_unknown_operation_of_a_known_service(served: Served) -> None:
    status, answer = served.http(
        "POST", "/", token=None, body={},
        X_Amz_Target="AmazonEC2ContainerServiceV20141113.FlyToTheMoon",
        Authorization=f"AWS4-HMAC-SHA256 Credential={served.keys['access_key_id']}/20200101/us-east-1/ecs/aws4_request, x",
        Content_Type="application/x-amz-json-1.1",
    )  # fmt: skip
    assert status == 400
    assert "__type" in answer


def test_garbage_on_the_socket_does_no_harm(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.sandbox.port), timeout=10) as raw:
        raw.sendall(b"\x16\x03\x01 not http at all\r\n\r\n")
        assert raw.recv(200).startswith(b"HTTP/1.1 400")
    assert served.http("GET", "/_ecslab/health")[0] == 200


# --- time -----------------------------------------------------------------------------------------


def test_requests_and_errors_are_those_of_the_services_protocols(served: Served) -> None:
    """JSON 1.1 with `__type` and a 400 for ECS and Application Auto Scaling, XML for ELBv2; times are numbers."""
    sent: list[str] = []
    answers: list[tuple[int, str, str]] = []

    def client(service: str) -> Any:
        made = served.client(service)

        def note(request: Any, **_: Any) -> None:
            target = request.headers.get("X-Amz-Target", b"")
            sent.append(target.decode() if isinstance(target, bytes) else str(target))

        def keep(response_dict: Any, **_: Any) -> None:
            kind = {k.lower(): v for k, v in response_dict["headers"].items()}.get("content-type", "")
            answers.append((response_dict["status_code"], kind, response_dict["body"].decode()))

        made.meta.events.register("before-send", note)
        made.meta.events.register("response-received", keep)
        return made

    with pytest.raises(ClientError, match=r"An error occurred \(ClusterNotFoundException\) when calling"):
        client("ecs").list_services(cluster="nowhere")
    assert sent[-1] == "AmazonEC2ContainerServiceV20141113.ListServices"
    status, kind, body = answers[-1]
    assert (status, kind) == (400, "application/x-amz-json-1.1")
    said = {"__type": "ClusterNotFoundException", "message": "Cluster not found."}
    assert json.loads(body).items() >= said.items()
    with pytest.raises(ClientError):
        client("application-autoscaling").register_scalable_target(
            ServiceNamespace="ecs", ResourceId="service/nowhere/web", MinCapacity=1, MaxCapacity=2,
            ScalableDimension="ecs:service:DesiredCount",
        )  # fmt: skip
    assert sent[-1] == "AnyScaleFrontendService.RegisterScalableTarget"
    assert answers[-1][0] == 400 and json.loads(answers[-1][2])["__type"].endswith("ValidationException")
    with pytest.raises(ClientError):
        client("elbv2").describe_load_balancers(Names=["nobody"])
    assert answers[-1][0] == 400 and "<Code>LoadBalancerNotFound</Code>" in answers[-1][2]
    container = {"name": "app", "image": "nginx", "memory": 64}
    client("ecs").register_task_definition(family="wire", containerDefinitions=[container])
    registered = json.loads(answers[-1][2])["taskDefinition"]["registeredAt"]
    assert isinstance(registered, float) and registered > 1_700_000_000


def test_time_is_paused_stepped_and_resumed(served: Served) -> None:
    _, paused = served.http("POST", "/_ecslab/clock", body={"paused": True})
    _, stepped = served.http("POST", "/_ecslab/clock", body={"advance": "5s"})
    _, later = served.http("GET", "/_ecslab/clock")
    assert paused["paused"]
    assert later["t"] == stepped["t"] == paused["t"] + 5_000
    _, running = served.http("POST", "/_ecslab/clock", body={"paused": False})
    assert not running["paused"]


def test_a_read_leaves_the_pace_and_a_change_makes_it_fast(served: Served) -> None:
    served.advance("1h")
    served.client("ecs").list_clusters()
    assert served.http("GET", "/_ecslab/clock")[1]["rate"] == 1.0
    served.client("ecs").create_cluster(clusterName="pace")
    clock = served.http("GET", "/_ecslab/clock")[1]
    assert clock["rate"] == 60.0
    assert clock["fast_until"] > clock["t"]


def test_until_steady_says_whether_it_got_there(served: Served) -> None:
    _, clock = served.http("POST", "/_ecslab/clock", body={"until": "steady", "limit": "10m"})
    assert clock["reached"] is True


def test_the_apis_timestamps_are_the_worlds(served: Served) -> None:
    served.advance("3d")
    _, clock = served.http("POST", "/_ecslab/clock", body={"paused": True})
    group = served.client("logs")
    group.create_log_group(logGroupName="/when")
    created = group.describe_log_groups(logGroupNamePrefix="/when")["logGroups"][0]["creationTime"]
    epoch = json.loads((served.sandbox.directory / "world.json").read_text())["epoch_ms"]
    served.http("POST", "/_ecslab/clock", body={"paused": False})
    assert abs(created - (epoch + clock["t"])) <= 1


def test_a_waiting_state_request_answers_when_something_changes(served: Served) -> None:
    _, first = served.http("GET", "/_ecslab/state")
    _, same = served.http("GET", f"/_ecslab/state?since={first['n']}")
    assert same["unchanged"]
    waiting = http.client.HTTPConnection("127.0.0.1", served.sandbox.port, timeout=30)
    waiting.request(
        "GET", f"/_ecslab/state?since={first['n']}&wait=20",
        headers={"Authorization": f"Bearer {served.sandbox.token}"},
    )  # fmt: skip
    served.client("ecs").create_cluster(clusterName="news")
    answer = json.loads(waiting.getresponse().read())
    assert answer["n"] > first["n"]
    assert "news" in [cluster["name"] for cluster in answer["clusters"]]


# --- undo, reset, what-if -------------------------------------------------------------------------


def test_undo_takes_back_the_last_change_and_the_same_call_gets_the_same_ids(served: Served) -> None:
    ec2 = served.client("ec2")
    served.http("POST", "/_ecslab/clock", body={"paused": True})
    made = ec2.create_security_group(GroupName="undone", Description="d")["GroupId"]
    _, preview = served.http("POST", "/_ecslab/undo", body={"preview": True})
    assert [call["operation"] for call in preview["undone"]] == ["CreateSecurityGroup"]
    assert ec2.describe_security_groups(GroupIds=[made])["SecurityGroups"]
    served.http("POST", "/_ecslab/undo", body={})
    with pytest.raises(ClientError, match=r"InvalidGroup\.NotFound"):
        ec2.describe_security_groups(GroupIds=[made])
    assert ec2.create_security_group(GroupName="undone", Description="d")["GroupId"] == made
    served.http("POST", "/_ecslab/clock", body={"paused": False})
    _, journal = served.http("GET", "/_ecslab/journal")
    marked = [e["undone"] for e in journal["entries"] if e["operation"] == "CreateSecurityGroup"]
    assert marked == [True, False]


def test_undo_takes_back_a_whole_shell_command(served: Served) -> None:
    logs = served.client("logs")
    logs.meta.events.register(
        "before-send", lambda request, **_: request.headers.__setitem__("User-Agent", "Boto3/1 app/cmd-7-3")
    )
    logs.create_log_group(logGroupName="/one")
    logs.create_log_group(logGroupName="/two")
    _, undone = served.http("POST", "/_ecslab/undo", body={})
    assert [call["params"]["logGroupName"] for call in undone["undone"]] == ["/one", "/two"]
    assert {call["command"] for call in undone["undone"]} == {"7-3"}


def test_a_what_if_leaves_no_trace(served: Served) -> None:
    _, before = served.http("GET", "/_ecslab/history")
    fault = {"call": {"service": "ecs", "operation": "CreateCluster", "params": {"clusterName": "imagined"}}}
    ask = {
        "id": "x", "kind": "state", "service": "ecs", "operation": "ListClusters", "params": {},
        "query": "clusterArns[?contains(@, 'imagined')] | length(@)",
    }  # fmt: skip
    _, answer = served.http(
        "POST", "/_ecslab/whatif", body={"do": [fault], "advance": "5m", "ask": [ask, ask]}
    )
    assert answer["values"] == [1, 1]
    _, after = served.http("GET", "/_ecslab/history")
    assert after["changes"] == before["changes"]
    assert len(after["entries"]) == len(before["entries"])
    assert not [arn for arn in served.client("ecs").list_clusters()["clusterArns"] if "imagined" in arn]


def test_a_what_if_after_a_reset_is_tried_anew(served: Served) -> None:
    """As many calls, at the same moment, and yet another world."""
    ask = {
        "id": "x", "kind": "state", "service": "ecs", "operation": "ListClusters", "params": {},
        "query": "clusterArns",
    }  # fmt: skip
    served.http("POST", "/_ecslab/clock", body={"paused": True})
    seen = []
    for name in ("first", "second"):
        served.http("POST", "/_ecslab/reset", body={})
        served.client("ecs").create_cluster(clusterName=name)
        _, answer = served.http("POST", "/_ecslab/whatif", body={"do": [], "advance": "5m", "ask": [ask]})
        seen.append([arn.rpartition("/")[2] for arn in answer["values"][0]])
    served.http("POST", "/_ecslab/reset", body={})
    served.http("POST", "/_ecslab/clock", body={"paused": False})
    assert seen == [["first"], ["second"]]


def test_what_the_world_refuses_in_a_what_if_is_what_is_seen_there(served: Served) -> None:
    """A learner may have deleted the service that a fault is about: that is no answer, and no error of the question."""
    roll_out = {"set_image": {"service": "long-gone", "tag": "v2"}}
    ask = [
        {"id": "a", "kind": "state", "service": "ecs", "operation": "ListClusters", "params": {}, "query": "clusterArns"},
        {"id": "b", "kind": "http", "load_balancer": "web-alb"},
    ]  # fmt: skip
    status, answer = served.http(
        "POST", "/_ecslab/whatif", body={"do": [roll_out], "advance": "1m", "ask": ask}
    )
    assert status == 200
    assert answer["values"] == [{"Error": "ServiceNotFoundException"}] * 2


def test_a_what_if_that_cannot_be_played_says_why(served: Served) -> None:
    status, answer = served.http("POST", "/_ecslab/whatif", body={"do": [{"explode": 1}], "ask": []})
    assert status == 400
    assert "explode" in answer["error"]


def test_reset_is_the_start_of_the_attempt(served: Served) -> None:
    served.client("ecs").create_cluster(clusterName="gone")
    _, clock = served.http("POST", "/_ecslab/reset", body={})
    assert served.client("ecs").list_clusters()["clusterArns"] == []
    assert clock["t"] - clock["begun"] < 60_000
    assert served.http("POST", "/_ecslab/undo", body={})[0] == 409


# --- its life -------------------------------------------------------------------------------------


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path, playground: dict[str, Any]) -> None:
    first = Served(Sandbox.start(tmp_path, playground, keep=True), playground)
    ecs = first.client("ecs")
    ecs.create_cluster(clusterName="kept")
    group = first.client("ec2").create_security_group(GroupName="kept", Description="d")["GroupId"]
    _, clock = first.http("GET", "/_ecslab/clock")
    os.kill(first.sandbox.pid, signal.SIGKILL)
    again = Served(Sandbox.start(tmp_path, None, keep=True), playground)
    assert again.sandbox.pid != first.sandbox.pid
    assert again.sandbox.token == first.sandbox.token
    assert again.http("GET", "/_ecslab/health")[1]["diverged"] == []
    assert len(again.client("ecs").list_clusters()["clusterArns"]) == 1
    assert (
        again.client("ec2").describe_security_groups(GroupNames=["kept"])["SecurityGroups"][0]["GroupId"]
        == group
    )
    assert abs(again.http("GET", "/_ecslab/clock")[1]["t"] - clock["t"]) < 120_000
    again.sandbox.stop()


def test_a_port_in_use_is_one_clear_line(tmp_path: Path, playground: dict[str, Any]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match=f"port {port} is in use"):
            Sandbox.start(tmp_path, playground, port=port)
