"""A world keeps to itself: what it is asked to send or to run elsewhere it refuses, and nobody outside hears of it."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.cloud.inworld import InWorld


@pytest.fixture
def outside() -> Iterator[tuple[str, list[bytes]]]:
    """A web server that is no part of the world, and what it was sent."""
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            heard.append(connection.recv(1000))
            connection.close()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook", heard
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(timeout=5)


def test_a_message_to_a_web_server_leaves_no_world(outside) -> None:
    url, heard = outside
    with InWorld() as world:
        topic = world.call("sns", "CreateTopic", Name="alarms")["TopicArn"]
        world.call("sns", "Subscribe", TopicArn=topic, Protocol="http", Endpoint=url)
        with pytest.raises(Exception, match=f"{url} is outside this sandbox"):
            world.call("sns", "Publish", TopicArn=topic, Message="fire")
    assert heard == []


def test_a_function_runs_in_no_container(outside) -> None:
    """moto would ask Docker to run it, on the machine of whoever has the world."""
    import docker

    with InWorld(), pytest.raises(Exception, match="is outside this sandbox"):
        docker.DockerClient(base_url=outside[0].replace("http://", "tcp://").removesuffix("/hook")).ping()
    assert outside[1] == []
