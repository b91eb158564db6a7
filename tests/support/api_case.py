"""A test case with a server of its own, whose every answer is held against api/openapi.yaml."""

import json
import sys
import tempfile
import unittest

import contract
from server import Server


class CheckedServer(Server):
    def request(self, method, path, body=None, content_type="application/json", connection=None, **headers):
        answer = super().request(method, path, body, content_type, connection, **headers)
        contract.check(method, path, body, content_type, answer)
        return answer


class Api(unittest.TestCase):
    arguments = ()

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.server = CheckedServer(cls.folder.name, *cls.arguments).start()

    @classmethod
    def tearDownClass(cls):
        status = cls.server.stop()
        cls.folder.cleanup()
        assert status == 0, f"the server ended with {status}"

    def refused(self, answer, status, text):
        """A problem+json (RFC 9457) with this status, that says this."""
        self.assertEqual(answer.status, status, answer.raw)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertEqual(answer.json["status"], status)
        self.assertTrue(answer.json["title"])
        self.assertIn(text, json.dumps(answer.json, ensure_ascii=False))

    def instance(self, id):
        return self.server.get(f"/api/v1/instances/{id}").json

    def ended(self, id):
        """The instance, once it has ended: its stream ends with it."""
        self.server.get(f"/api/v1/instances/{id}/stream")
        return self.instance(id)

    def all_pages(self, path, limit):
        """Every item of a list, page by page."""
        items, cursor = [], ""
        while cursor is not None:
            page = self.server.get(f"{path}{'&' if '?' in path else '?'}limit={limit}{cursor}").json
            self.assertLessEqual(len(page["items"]), limit)
            items += page["items"]
            cursor = f"&cursor={page['next']}" if "next" in page else None
        return items
