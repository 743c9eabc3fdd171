"""A world built anew in the same process, as by undo or reset, has the ids that it had."""

from tests.cloud.instances.onhosts import OnHosts


def test_a_cluster_of_instances_built_again_has_the_same_ids() -> None:
    seen = []
    for _ in range(2):
        with OnHosts(seed=3) as aws:
            balancers = aws.world.snapshot()["load_balancers"]
            seen.append((aws.machines(), [balancer["arn"] for balancer in balancers]))
    assert seen[0] == seen[1]
