"""The other end of websockets.peer.test.ts: one end of a JSON-RPC conversation, by the library websockets.

`client URL` connects, `server` prints the port it listens on. Either does what the other end calls, and prints how the
connection was closed.
"""

import asyncio
import itertools
import json
import sys

import websockets

LIMITS = {"max_size": 2**20, "ping_interval": None, "close_timeout": 1}


class Peer:
    def __init__(self, socket):
        self.socket = socket
        self.ids = itertools.count()
        self.pending = {}

    async def run(self):
        tasks = set()
        try:
            async for text in self.socket:
                task = asyncio.create_task(self.receive(json.loads(text)))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
        except websockets.ConnectionClosedError:
            pass
        finally:
            print("closed", self.socket.close_code, self.socket.close_reason, flush=True)

    async def receive(self, message):
        if "method" not in message and message["id"] is None:
            print("refused", message["error"]["code"], flush=True)
            return
        if "method" not in message:
            self.pending.pop(message["id"]).set_result(message)
            return
        method = getattr(self, "on_" + message["method"].replace(".", "_"), None)
        if "id" not in message:
            return
        if method is None:
            answer = {"error": {"code": -32601, "message": "no such method"}}
        else:
            answer = {"result": await method(*message.get("params", []))}
        await self.say({"jsonrpc": "2.0", "id": message["id"], **answer})

    async def say(self, message):
        try:
            await self.socket.send(json.dumps(message))
        except websockets.ConnectionClosed:
            pass

    async def request(self, method, params, parts=lambda text: text):
        """What the other end answers; `parts` is how the text is sent."""
        number = next(self.ids)
        self.pending[number] = asyncio.get_running_loop().create_future()
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        await self.socket.send(parts(json.dumps(message)))
        answer = await self.pending[number]
        return answer.get("result", answer.get("error"))

    async def on_echo(self, value):
        return value

    async def on_wait(self):
        await asyncio.get_running_loop().create_future()

    async def on_size(self, text):
        return len(text)

    async def on_ask(self, method, params):
        return await self.request(method, params)

    async def on_fragments(self, method, params, count):
        """Calls back in a message of `count` fragments."""

        def cut(text):
            size = -(-len(text) // count)
            return (text[start : start + size] for start in range(0, len(text), size))

        return await self.request(method, params, cut)

    async def on_bytes(self, method, params):
        return await self.request(method, params, str.encode)

    async def on_large(self, method, size):
        return await self.request(method, ["x" * size])

    async def on_ping(self):
        await (await self.socket.ping(b"are you there?"))
        return "pong"

    async def on_close(self, code, reason):
        asyncio.create_task(self.socket.close(code, reason))

    async def on_raw(self, text):
        await self.socket.send(text)


async def client(url):
    async with websockets.connect(url, **LIMITS) as socket:
        await Peer(socket).run()


async def server():
    async def serve(socket):
        await Peer(socket).run()

    async with websockets.serve(serve, "127.0.0.1", 0, **LIMITS) as listening:
        print("port", listening.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().create_future()


asyncio.run(client(sys.argv[2]) if sys.argv[1] == "client" else server())
