"""A web server for tests to call out to. Answers come from a table that the test may change at any time:

    with Remote({"GET /thing": (200, {"a": 1})}) as remote: … remote.seen[-1].headers …

A value is (status, body[, headers]) or a function of the request that gives one; a body that is no bytes is sent
as JSON.
"""

import http.server
import json
import threading
import urllib.parse


class Seen:
    def __init__(self, handler, body):
        self.method, self.target = handler.command, handler.path
        parts = urllib.parse.urlsplit(handler.path)
        self.path, self.query = parts.path, urllib.parse.parse_qs(parts.query, keep_blank_values=True)
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode()))


class Remote:
    def __init__(self, table=None):
        self.table, self.seen = dict(table or {}), []
        remote = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self):
                request = Seen(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))
                remote.seen.append(request)
                answer = remote.table.get(f"{request.method} {request.path}", (404, {"error": f"no {request.target}"}))
                if callable(answer):
                    answer = answer(request)
                status, body, headers = (*answer, {})[:3]
                if not isinstance(body, bytes):
                    body, headers = json.dumps(body).encode(), {"Content-Type": "application/json", **headers}
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if request.method != "HEAD":
                    self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = serve

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def calls(self, path):
        return [one for one in self.seen if one.path == path]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
