"""Clients of a service on instances: their requests are counted like those to any other."""

from tests.cloud.instances.onhosts import OnHosts

CLIENTS = {"load_balancer": "web-alb", "port": 81, "path": "/", "rate": 5}


def test_requests_to_tasks_behind_host_ports_are_counted() -> None:
    aws = OnHosts(traffic=[CLIENTS])
    with aws:
        aws.serve(aws.define(), balanced=True)
        assert aws.steady()
        before = aws.world.elb.probe("web-alb", 81, "/")
        aws.advance(60)
        after = aws.world.elb.probe("web-alb", 81, "/")
        assert (after["status"], after["failed"]) == (200, before["failed"])
        assert after["requests"] - before["requests"] == 5 * 60
