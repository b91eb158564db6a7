"""A stand-in HTTP service for tests: one thread, thousands of connections, and no word about those that break off."""

import asyncio
import threading


class Request:
    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body


class Service:
    """`answer(request)` gives (status, body bytes[, delay in seconds[, header fields]]); None breaks the connection.
    It runs on the service's own thread, one request at a time."""

    def __init__(self, answer):
        self.answer, self.loop = answer, asyncio.new_event_loop()
        self.listening = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        self.listening.wait()
        self.url = f"http://127.0.0.1:{self.port}"

    def run(self):
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=1024))
        self.port = server.sockets[0].getsockname()[1]
        self.listening.set()
        self.loop.run_forever()

    def close(self):
        def end():
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.call_soon(self.loop.stop)

        self.loop.call_soon_threadsafe(end)
        self.thread.join()

    async def serve(self, reader, writer):
        try:
            while await self.one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # the caller was killed: that is what these tests do
        finally:
            writer.close()

    async def one(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        answer = self.answer(Request(method, path, headers, body))
        if answer is None:
            return False
        status, data, delay, fields = (*answer, *(0, {})[len(answer) - 2 :])
        await asyncio.sleep(delay)
        fields = {"Content-Type": "application/json", "Content-Length": len(data), **fields}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        writer.write(f"HTTP/1.1 {status} -\r\n{head}\r\n".encode() + data)
        await writer.drain()
        return True
