"""Where the app listens."""

import asyncio
import socket
import threading

import pytest

from demo.door.server import Door, address_of, listen


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "::1", "[::1]", "::"])
def test_an_answer_never_waits_for_more_to_send_with_it(host: str) -> None:
    """Header and body are two writes: without TCP_NODELAY the second waits for the first to be acknowledged, 40 ms."""

    async def delays(listener: socket.socket) -> int:
        told = asyncio.get_running_loop().create_future()

        def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection = writer.get_extra_info("socket")
            told.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        server = await asyncio.start_server(accepted, sock=listener)
        _, writer = await asyncio.open_connection(*listener.getsockname()[:2])
        nodelay = await told
        writer.close()
        server.close()
        return nodelay

    with listen(Door(host, 0)) as listener:
        runner: list[int] = []
        thread = threading.Thread(target=lambda: runner.append(asyncio.run(delays(listener))))
        thread.start()
        thread.join()
        assert runner == [1]


def test_where_it_cannot_listen_is_said_in_a_sentence() -> None:
    with listen(Door(port=0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"^cannot listen at 127.0.0.1, port {port}: Address already in use$"):
            listen(Door(port=port))
    for door in (Door(port=99_999), Door(port=-1), Door("none.such.invalid")):
        with pytest.raises(OSError, match="^cannot listen at "):
            listen(door).close()


@pytest.mark.parametrize(("host", "place"), [("0.0.0.0", "localhost"), ("::", "localhost"), ("[::1]", "[::1]")])
def test_the_address_is_one_that_a_person_can_open(host: str, place: str) -> None:
    with listen(Door(host, 0)) as listener:
        assert address_of(Door(host, 0), listener) == f"http://{place}:{listener.getsockname()[1]}"
