"""Clusters, tags and account settings through the API."""

import pytest

from tests.cloud.ecs.fakes import FakeWorld, world

PREFIX = "arn:aws:ecs:us-east-1:123456789012"


@pytest.fixture
def made() -> FakeWorld:
    return FakeWorld()


def test_create_is_idempotent_and_default_has_a_name(made: FakeWorld) -> None:
    first = made.call("CreateCluster", clusterName="prod", tags=[{"key": "a", "value": "b"}])["cluster"]
    assert first["clusterArn"] == f"{PREFIX}:cluster/prod"
    assert (first["status"], first["statistics"], first["capacityProviders"]) == ("ACTIVE", [], [])
    assert first["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    assert made.call("CreateCluster", clusterName="prod")["cluster"]["clusterArn"] == first["clusterArn"]
    assert made.call("CreateCluster")["cluster"]["clusterName"] == "default"
    assert made.call("ListClusters")["clusterArns"] == [f"{PREFIX}:cluster/default", f"{PREFIX}:cluster/prod"]


def test_describe_gives_extras_on_request_and_failures_for_what_is_missing(made: FakeWorld) -> None:
    made.call("CreateCluster", clusterName="prod", tags=[{"key": "a", "value": "b"}])
    answer = made.call("DescribeClusters", clusters=["prod", "nope"])
    assert answer["failures"] == [{"arn": f"{PREFIX}:cluster/nope", "reason": "MISSING"}]
    assert (answer["clusters"][0]["settings"], answer["clusters"][0]["tags"]) == ([], [])
    include = ["SETTINGS", "STATISTICS", "TAGS"]
    (cluster,) = made.call("DescribeClusters", clusters=["prod"], include=include)["clusters"]
    assert cluster["tags"] == [{"key": "a", "value": "b"}]
    assert {"name": "runningFargateTasksCount", "value": "0"} in cluster["statistics"]
    assert made.refused("DescribeClusters", clusters=["prod"] * 101)[0] == "InvalidParameterException"
    assert made.call("DescribeClusters")["failures"][0]["arn"] == f"{PREFIX}:cluster/default"


def test_counters_follow_tasks_and_services() -> None:
    made = world(count=2)
    made.advance(120_000)
    (cluster,) = made.call("DescribeClusters", include=["STATISTICS"])["clusters"]
    assert (cluster["runningTasksCount"], cluster["pendingTasksCount"], cluster["activeServicesCount"]) == (
        2,
        0,
        1,
    )
    assert {"name": "runningFargateTasksCount", "value": "2"} in cluster["statistics"]
    assert {"name": "activeFargateServiceCount", "value": "1"} in cluster["statistics"]


def test_delete_wants_services_and_tasks_gone() -> None:
    made = world(count=1)
    made.advance(60_000)
    assert made.refused("DeleteCluster", cluster="default") == (
        "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.",
    )  # fmt: skip
    made.call("DeleteService", service="web", force=True)
    assert made.refused("DeleteCluster", cluster="default")[0] == "ClusterContainsTasksException"
    made.advance(120_000)
    assert made.call("DeleteCluster", cluster="default")["cluster"]["status"] == "INACTIVE"
    assert made.call("ListClusters")["clusterArns"] == []
    assert made.call("DescribeClusters")["clusters"][0]["status"] == "INACTIVE"
    assert made.refused("ListServices") == ("ClusterNotFoundException", "The referenced cluster was inactive")
    assert made.call("CreateCluster")["cluster"]["status"] == "ACTIVE"
    assert made.call("ListServices")["serviceArns"] == []


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("DeleteCluster", {"cluster": "x"}), ("ListServices", {"cluster": "x"}), ("ListTasks", {}),
        ("RunTask", {"taskDefinition": "a"}), ("CreateService", {"serviceName": "a", "taskDefinition": "a"}),
        ("DescribeTasks", {"tasks": ["a"]}), ("UpdateCluster", {"cluster": "x"}),
    ],
)  # fmt: skip
def test_unknown_cluster(made: FakeWorld, operation: str, params: dict[str, object]) -> None:
    assert made.refused(operation, **params) == ("ClusterNotFoundException", "Cluster not found.")


def test_providers_and_their_strategy(made: FakeWorld) -> None:
    made.call("CreateCluster")
    strategy = [{"capacityProvider": "FARGATE", "base": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}]
    cluster = made.call(
        "PutClusterCapacityProviders",
        cluster="default",
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=strategy,
    )["cluster"]
    assert cluster["defaultCapacityProviderStrategy"][1] == {
        "capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0,
    }  # fmt: skip
    made.create(made.register(), 5, balanced=False, launchType=None)
    made.advance(60_000)
    names = sorted(task["capacityProviderName"] for task in made.tasks())
    assert names == ["FARGATE"] + ["FARGATE_SPOT"] * 4
    assert "launchType" not in made.service()
    assert made.refused(
        "PutClusterCapacityProviders",
        cluster="default",
        capacityProviders=["FARGATE"],
        defaultCapacityProviderStrategy=[],
    )[0] == "ResourceInUseException"  # fmt: skip
    for bad in (["EC2ASG"], ["FARGATE"]):
        params = {"capacityProviders": bad, "defaultCapacityProviderStrategy": strategy}
        made.refused("PutClusterCapacityProviders", cluster="default", **params)
    (found,) = made.call("DescribeCapacityProviders", capacityProviders=["FARGATE"])["capacityProviders"]
    assert found["status"] == "ACTIVE"


def test_settings_of_cluster_and_account(made: FakeWorld) -> None:
    made.call("PutAccountSetting", name="containerInsights", value="enhanced")
    created = made.call("CreateCluster")["cluster"]
    assert created["settings"][0]["value"] == "enhanced"
    value = [{"name": "containerInsights", "value": "enabled"}]
    assert (
        made.call("UpdateClusterSettings", cluster="default", settings=value)["cluster"]["settings"] == value
    )
    assert made.call("UpdateCluster", cluster="default", settings=value)["cluster"]["settings"] == value
    listed = made.call("ListAccountSettings", effectiveSettings=True)
    assert len(listed["settings"]) == 10 and listed["nextToken"]
    assert [s["name"] for s in made.call("ListAccountSettings")["settings"]] == ["containerInsights"]
    made.call("DeleteAccountSetting", name="containerInsights")
    assert made.call("ListAccountSettings")["settings"] == []
    made.refused("PutAccountSetting", name="nope", value="enabled")
    made.refused("PutAccountSetting", name="containerInsights", value="perhaps")


def test_tags_of_every_kind_of_resource() -> None:
    made = world(count=1)
    made.advance(60_000)
    arns = [
        f"{PREFIX}:cluster/default",
        made.service()["serviceArn"],
        made.tasks()[0]["taskArn"],
        f"{PREFIX}:task-definition/web-app:1",
    ]
    for arn in arns:
        made.call(
            "TagResource", resourceArn=arn, tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]
        )
        made.call("TagResource", resourceArn=arn, tags=[{"key": "a", "value": "3"}])
        made.call("UntagResource", resourceArn=arn, tagKeys=["b"])
        assert made.call("ListTagsForResource", resourceArn=arn)["tags"] == [{"key": "a", "value": "3"}]
    made.refused("TagResource", resourceArn=arns[0], tags=[{"key": "aws:x", "value": ""}])
    made.refused("ListTagsForResource", resourceArn=f"{PREFIX}:service/default/nope")
    made.refused("ListTagsForResource", resourceArn="nonsense")


def test_paging_goes_through_everything_once(made: FakeWorld) -> None:
    for n in range(7):
        made.call("CreateCluster", clusterName=f"c{n}")
    seen: list[str] = []
    token = None
    while True:
        answer = made.call("ListClusters", maxResults=3, **({"nextToken": token} if token else {}))
        seen += answer["clusterArns"]
        token = answer.get("nextToken")
        if token is None:
            break
    assert [arn[-2:] for arn in seen] == [f"c{n}" for n in range(7)]
    assert made.refused("ListClusters", nextToken="!!")[0] == "InvalidParameterException"
    made.refused("ListClusters", maxResults=101)


def test_what_is_not_simulated_and_what_is_forgotten_is_a_clear_client_error(made: FakeWorld) -> None:
    code, message = made.refused("CreateTaskSet", service="web")
    assert code == "UnsupportedFeatureException" and "CreateTaskSet" in message
    assert made.refused("DeleteCluster") == (
        "InvalidParameterException", "Missing required parameter: cluster",
    )  # fmt: skip
