"""Calls as the called service sees them: keys, retries, addresses that are never reached."""

from api_case import Api
from cases import definition
from service import Service


class Calls(Api):
    def test_a_new_key_once_an_answer_came_and_the_same_while_the_outcome_is_unknown(self):
        seen = []

        def answer(request):
            seen.append(request.headers["idempotency-key"])
            # 503 twice, then the connection breaks twice, then it works.
            return (503, b"{}") if len(seen) <= 2 else None if len(seen) <= 4 else (200, b'{"ok":true}')

        service = Service(answer)
        self.server.deploy(
            definition(
                "call",
                """
  - try:
      try:
        - post: {call: http, with: {method: post, endpoint: '${ .url }', body: {a: 1}}}
      catch:
        retry: {delay: {milliseconds: 10}, limit: {attempt: {count: 9}}}
""",
            )
        )
        ended = self.server.begin("call", {"url": service.url})
        self.assertEqual(ended.json.get("output"), {"ok": True}, ended.json)
        self.assertEqual(len(seen), 5)
        self.assertEqual(len(set(seen)), 3, seen)
        self.assertEqual(len(set(seen[2:])), 1, "nobody knows what became of the third: it is sent again as itself")
        service.close()

    def test_metadata_and_private_addresses_are_not_called(self):
        for name, url in (
            ("meta", "http://169.254.169.254/latest"),
            ("private", "http://10.0.0.1/"),
            ("loopback6", "http://[::1]:9/"),
        ):
            self.server.deploy(definition(name, f"  - get: {{call: http, with: {{method: get, endpoint: '{url}'}}}}\n"))
            ended = self.server.begin(name)
            self.assertEqual((ended.json["status"], ended.json["error"]["status"]), ("faulted", 403), ended.json)

    def test_a_redirect_leads_to_no_forbidden_place(self):
        service = Service(lambda request: (302, b"", 0, {"Location": "http://169.254.169.254/latest"}))
        self.server.deploy(
            definition("led", "  - get: {call: http, with: {method: get, endpoint: '${ .url }', redirect: true}}\n")
        )
        ended = self.server.begin("led", {"url": service.url})
        self.assertEqual((ended.json["status"], ended.json["error"]["status"]), ("faulted", 403), ended.json)
        service.close()
