"""Every way to authenticate a call, against servers that check it; tokens are cached, renewed and told to nobody."""

import base64
import hashlib
import json
import re
import unittest

from remote import Remote
from workflow import run, workflow


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def needs(header):
    """An answer that only a request with this Authorization gets."""
    return lambda request: (
        (200, {"in": True}) if request.headers.get("authorization") == header else (401, {"in": False})
    )


class Digest:
    """RFC 7616 with MD5 and qop=auth, as far as a server checks it."""

    def __init__(self, user, password):
        self.user, self.password = user, password

    def __call__(self, request):
        said = dict(re.findall(r'(\w+)="?([^",]+)"?', request.headers.get("authorization", "")))
        if said.get("nonce") != "n-1":
            return 401, {}, {"WWW-Authenticate": 'Digest realm="us", nonce="n-1", qop="auth", algorithm=MD5'}
        md5 = lambda text: hashlib.md5(text.encode()).hexdigest()
        wanted = md5(
            ":".join(
                [
                    md5(f"{self.user}:us:{self.password}"),
                    "n-1",
                    said["nc"],
                    said["cnonce"],
                    "auth",
                    md5(f"{request.method}:{request.target}"),
                ]
            )
        )
        return (200, {"in": True}) if said["response"] == wanted else (403, {"in": False})


class Issuer:
    """A token endpoint; gives t-1, t-2, … and remembers what it was asked."""

    def __init__(self, **answer):
        self.answer, self.asked = answer, []

    def __call__(self, request):
        self.asked.append(request)
        return 200, {"access_token": f"t-{len(self.asked)}", "token_type": "Bearer", **self.answer}


def guarded(request):
    return (200, {"with": request.headers["authorization"]}) if "authorization" in request.headers else (401, {})


class Authentication(unittest.TestCase):
    def setUp(self):
        self.remote = Remote()
        self.remote.__enter__()
        self.addCleanup(self.remote.__exit__)

    def get(self, policy, path="/thing", times=1, **more):
        call = {
            "call": "http",
            "with": {"method": "get", "endpoint": {"uri": self.remote.url + path, "authentication": policy}},
        }
        return run(workflow([{f"get{i}": call} for i in range(times)], **more), secrets=self.secrets)

    secrets = ()

    def oauth2(self, **policy):
        return {
            "oauth2": {
                "authority": self.remote.url,
                "grant": "client_credentials",
                "client": {"id": "me", "secret": "c-s"},
                **policy,
            }
        }

    def test_basic_bearer_and_digest(self):
        self.remote.table = {"GET /thing": needs(basic("ann", "p:w"))}
        self.assertEqual(self.get({"basic": {"username": "ann", "password": "p:w"}}).output, {"in": True})
        wrong = self.get({"basic": {"username": "ann", "password": "no"}})
        self.assertEqual(wrong.kind, ("communication", 401))
        self.remote.table = {"GET /thing": needs("Bearer b-1")}
        self.assertEqual(self.get({"bearer": {"token": "b-1"}}).output, {"in": True})
        self.remote.table = {"GET /thing": Digest("ann", "pw")}
        self.assertEqual(self.get({"digest": {"username": "ann", "password": "pw"}}).output, {"in": True})
        self.assertEqual(self.get({"digest": {"username": "ann", "password": "no"}}).kind, ("communication", 403))

    def test_by_name_and_from_a_secret(self):
        self.remote.table = {"GET /thing": needs(basic("ann", "canary-1"))}
        self.secrets = ['login={"username": "ann", "password": "canary-1"}']
        use = {
            "secrets": ["login"],
            "authentications": {
                "whole": {"basic": {"use": "login"}},
                "parts": {
                    "basic": {"username": "${ $secrets.login.username }", "password": "${ $secrets.login.password }"}
                },
            },
        }
        for name in use["authentications"]:
            ran = self.get({"use": name}, use=use)
            self.assertEqual(ran.output, {"in": True})
            self.assertNotIn("canary-1", ran.trace + ran.stderr)
        self.secrets = []
        for name in use["authentications"]:
            missing = self.get({"use": name}, use=use)
            self.assertEqual(missing.kind, ("authorization", 403))
            self.assertIn("'login'", missing.fault["detail"])

    def test_the_scheme_is_known_and_a_token_is_only_for_the_call(self):
        self.remote.table = {
            "GET /thing": lambda request: (
                200,
                {"x": request.headers.get("x-token"), "y": request.headers.get("x-scheme")},
            )
        }
        call = {
            "call": "http",
            "with": {
                "method": "get",
                "headers": {"X-Token": "${ $authorization.parameter }", "X-Scheme": "${ $authorization.scheme }"},
                "endpoint": {"uri": self.remote.url + "/thing", "authentication": {"bearer": {"token": "b-1"}}},
            },
        }
        self.assertEqual(run(workflow([{"get": call}])).output, {"x": "b-1", "y": "Bearer"})
        leak = run(workflow([{"get": {"set": {"t": "${ $authorization.parameter }"}}}]))
        self.assertEqual(leak.code, 2)

    def test_oauth2_client_credentials_are_asked_for_once(self):
        issuer = Issuer(expires_in=3600)
        self.remote.table = {"POST /oauth2/token": issuer, "GET /thing": guarded}
        ran = self.get(self.oauth2(scopes=["read", "write"], audiences=["api"]), times=3)
        self.assertEqual(ran.output, {"with": "Bearer t-1"})
        self.assertEqual(
            [one.form for one in issuer.asked],
            [
                {
                    "grant_type": "client_credentials",
                    "scope": "read write",
                    "audience": "api",
                    "client_id": "me",
                    "client_secret": "c-s",
                }
            ],
        )
        self.assertNotIn("c-s", ran.trace)

    def test_oauth2_client_methods(self):
        for method, client, form, header in (
            ("client_secret_basic", {"secret": "c/s"}, {}, basic("me", "c%2Fs")),
            ("client_secret_post", {"secret": "c/s"}, {"client_id": "me", "client_secret": "c/s"}, None),
            (
                "private_key_jwt",
                {"assertion": "a.b.c"},
                {
                    "client_id": "me",
                    "client_assertion": "a.b.c",
                    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                },
                None,
            ),
            ("none", {}, {"client_id": "me"}, None),
        ):
            with self.subTest(method):
                issuer = Issuer(expires_in=60)
                self.remote.table = {"POST /oauth2/token": issuer, "GET /thing": guarded}
                self.assertEqual(
                    self.get(self.oauth2(client={"id": "me", "authentication": method, **client})).output,
                    {"with": "Bearer t-1"},
                )
                self.assertEqual(issuer.asked[0].form, {"grant_type": "client_credentials", **form})
                self.assertEqual(issuer.asked[0].headers.get("authorization"), header)

    def test_oauth2_password_exchange_and_json(self):
        issuer = Issuer(expires_in=60)
        self.remote.table = {"POST /realms/us/token": issuer, "GET /thing": guarded}
        where = {
            "authority": self.remote.url + "/realms/us",
            "endpoints": {"token": "/token"},
            "request": {"encoding": "application/json"},
        }
        self.assertEqual(
            self.get(self.oauth2(grant="password", username="ann", password="pw", **where)).output,
            {"with": "Bearer t-1"},
        )
        exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
        self.get(self.oauth2(grant=exchange, subject={"token": "s", "type": "urn:x"}, **where)).output
        self.assertEqual(
            [one.json for one in issuer.asked],
            [
                {
                    "grant_type": "password",
                    "username": "ann",
                    "password": "pw",
                    "client_id": "me",
                    "client_secret": "c-s",
                },
                {
                    "grant_type": exchange,
                    "subject_token": "s",
                    "subject_token_type": "urn:x",
                    "client_id": "me",
                    "client_secret": "c-s",
                },
            ],
        )

    def test_a_token_that_ran_out_is_refreshed(self):
        issuer = Issuer(expires_in=0, refresh_token="r-1")
        self.remote.table = {"POST /oauth2/token": issuer, "GET /thing": guarded}
        self.assertEqual(self.get(self.oauth2(), times=2).output, {"with": "Bearer t-2"})
        self.assertEqual([one.form["grant_type"] for one in issuer.asked], ["client_credentials", "refresh_token"])
        self.assertEqual(issuer.asked[1].form["refresh_token"], "r-1")

    def test_a_refresh_that_is_refused_begins_anew(self):
        issuer = Issuer(expires_in=0, refresh_token="r-1")
        self.remote.table = {
            "GET /thing": guarded,
            "POST /oauth2/token": lambda request: (
                (400, {"error": "invalid_grant"}) if request.form["grant_type"] == "refresh_token" else issuer(request)
            ),
        }
        self.assertEqual(self.get(self.oauth2(), times=2).output, {"with": "Bearer t-2"})

    def test_a_refused_token_is_renewed_once(self):
        issuer = Issuer(expires_in=3600)
        self.remote.table = {"POST /oauth2/token": issuer, "GET /thing": needs("Bearer t-2")}
        self.assertEqual(self.get(self.oauth2()).output, {"in": True})
        self.remote.table["GET /thing"] = needs("Bearer never")
        self.assertEqual(self.get(self.oauth2()).kind, ("communication", 401))
        self.assertEqual(len(issuer.asked), 4)

    def test_oidc_finds_its_endpoint(self):
        issuer = Issuer(expires_in=60)
        self.remote.table = {
            "GET /.well-known/openid-configuration": (200, {"token_endpoint": self.remote.url + "/here"}),
            "POST /here": issuer,
            "GET /thing": guarded,
        }
        policy = {
            "oidc": {
                "authority": self.remote.url,
                "grant": "client_credentials",
                "client": {"id": "me", "secret": "c-s"},
            }
        }
        self.assertEqual(self.get(policy, times=2).output, {"with": "Bearer t-1"})
        self.assertEqual(len(issuer.asked), 1)

    def test_says_what_the_authorization_server_said_but_no_secret(self):
        self.remote.table = {
            "POST /oauth2/token": (401, {"error": "invalid_client", "error_description": "c-s is wrong"})
        }
        ran = self.get(self.oauth2())
        self.assertEqual(ran.kind, ("authentication", 401))
        self.assertIn("invalid_client", ran.fault["detail"])
        self.assertNotIn("c-s", ran.stderr + ran.trace)
        for grant, word in (("authorization_code", "person"), ("refresh_token", "subject.token")):
            self.assertIn(word, self.get(self.oauth2(grant=grant)).fault["detail"])
        self.remote.table = {"POST /oauth2/token": Issuer(expires_in=60), "GET /thing": guarded}
        given = self.get(self.oauth2(grant="refresh_token", subject={"token": "r-0", "type": "refresh_token"}))
        self.assertEqual(given.output, {"with": "Bearer t-1"})
        self.assertEqual(self.remote.calls("/oauth2/token")[-1].form["refresh_token"], "r-0")
