"""A real `xflow serve` for tests: started on a free port with a data directory of its own, killed, restarted."""

import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
XFLOW = os.environ.get("XFLOW", str(ROOT / "build" / "xflow"))


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.raw = response.status, response.headers, response.read()

    @property
    def json(self):
        return json.loads(self.raw)


class Server:
    """`with Server(folder) as server:` — `server.post(path, body)`, `server.kill()`, `server.start()`."""

    def __init__(self, data, *arguments, outbound="127.0.0.1/32"):
        self.data, self.process = pathlib.Path(data), None
        self.arguments = [*arguments, *(["--outbound-allow", outbound] if outbound else [])]
        self.port = 0  # another one after each start, so that nobody else can have taken it
        self.log = []

    def start(self):
        command = [XFLOW, "serve", "--data", str(self.data), "--listen", "127.0.0.1:0", *self.arguments]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        for line in self.process.stderr:
            self.log.append(line)
            if "server ready" in line:
                self.port = int(re.search(r"\bport=(\d+)", line)[1])
                # What follows is read on, so that the server never waits for a full pipe.
                threading.Thread(target=self.drain, args=(self.process.stderr,), daemon=True).start()
                return self
        raise AssertionError(f"the server ended with {self.process.wait()}: {''.join(self.log[-20:])}")

    def drain(self, pipe):
        try:
            self.log.extend(pipe)
        except ValueError:
            pass

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc):
        if self.process and self.process.poll() is None:
            self.kill()

    def connect(self, timeout=30):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def request(self, method, path, body=None, content_type="application/json", connection=None, **headers):
        mine = connection or self.connect()
        data = body if isinstance(body, (bytes, str, type(None))) else json.dumps(body)
        if isinstance(data, str):
            data = data.encode()
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if data is not None:
            fields["Content-Type"] = content_type
        mine.request(method, path, data, fields)
        answer = Answer(mine.getresponse())
        if connection is None:
            mine.close()
        return answer

    def get(self, path, **headers):
        return self.request("GET", path, **headers)

    def post(self, path, body=None, content_type="application/json", **headers):
        return self.request("POST", path, body, content_type, **headers)

    def deploy(self, definition):
        answer = self.post("/api/v1/definitions", definition, "application/yaml")
        assert answer.status in (200, 201), (answer.status, answer.raw)
        return answer.json

    def begin(self, name, input=None, wait="PT20S", key=None, **headers):
        body = {"definition": {"namespace": "test", "name": name}, "input": {} if input is None else input}
        body.update({name: value for name, value in (("wait", wait), ("key", key)) if value})
        return self.post("/api/v1/instances", body, **headers)
