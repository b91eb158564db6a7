"""A stand-in for the two public services that the conformance kit calls: the pet store and httpbin's basic-auth.

Runs on 127.0.0.1 on a free port: `with PetStore() as base_url: …`. Knows the six routes that the kit needs.
"""
import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


def swagger(host):
    """The pet store's description in Swagger 2.0, as far as the kit names its operations."""
    pet = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "status": {"type": "string"}}}
    ok = {"200": {"description": "found", "schema": pet}}
    return {
        "swagger": "2.0", "info": {"title": "Pets", "version": "1.0.0"},
        "host": host, "basePath": "/v2", "schemes": ["http"],
        "paths": {
            "/pet/findByStatus": {"get": {"operationId": "findPetsByStatus", "produces": ["application/json"], "responses": ok,
                "parameters": [{"name": "status", "in": "query", "required": True, "type": "array",
                                "items": {"type": "string"}, "collectionFormat": "multi"}]}},
            "/pet/{petId}": {"get": {"operationId": "getPetById", "produces": ["application/json"], "responses": ok,
                "parameters": [{"name": "petId", "in": "path", "required": True, "type": "integer"}]}},
        },
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body, headers=()):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        url = urlsplit(self.path)
        parts = [unquote(p) for p in url.path.strip("/").split("/")]
        if parts == ["v2", "swagger.json"]:
            return self.answer(200, swagger(self.headers["Host"]))
        if parts == ["v2", "pet", "findByStatus"]:
            status = parse_qs(url.query).get("status", ["available"])[0]
            return self.answer(200, [{"id": i, "name": f"pet {i}", "status": status} for i in (1, 2, 3)])
        if parts[:3] == ["v2", "pet", "getPetByName"]:
            return self.answer(404, {"code": 1, "type": "error", "message": "Pet not found"})
        if parts[:2] == ["v2", "pet"] and len(parts) == 3 and parts[2].isdigit():
            return self.answer(200, {"id": int(parts[2]), "name": f"pet {parts[2]}", "status": "available"})
        if parts[0] == "basic-auth" and len(parts) == 3:
            wanted = "Basic " + base64.b64encode(f"{parts[1]}:{parts[2]}".encode()).decode()
            if self.headers.get("Authorization") == wanted:
                return self.answer(200, {"authenticated": True, "user": parts[1]})
            return self.answer(401, {"authenticated": False}, [("WWW-Authenticate", 'Basic realm="stand-in"')])
        return self.answer(404, {"message": "no such route"})


class PetStore:
    def __enter__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __exit__(self, *exc):
        self.server.shutdown()
        self.server.server_close()
