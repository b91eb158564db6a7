"""Holds every answer that a test sees against api/openapi.yaml, so that contract and server cannot drift apart."""

import json
import pathlib
import re
import urllib.parse

import jsonschema
import yaml
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXT = (ROOT / "api" / "openapi.yaml").read_text()
CONTRACT = yaml.safe_load(TEXT)
REGISTRY = Registry().with_resource("urn:contract", Resource(contents=CONTRACT, specification=DRAFT202012))
METHODS = ("get", "post", "delete")
# What the server says before it looks at any operation, and so no operation lists it.
ANYWHERE = {403, 404, 405, 408, 413, 414, 415, 417, 431, 501, 505}


def pointer(*steps):
    return "urn:contract#/" + "/".join(urllib.parse.quote(str(s).replace("~", "~0").replace("/", "~1")) for s in steps)


def resolved(node):
    while "$ref" in node:
        at = CONTRACT
        for step in node["$ref"].removeprefix("#/").split("/"):
            at = at[step]
        node = at
    return node


def operations():
    for path, item in CONTRACT["paths"].items():
        pattern = re.compile(re.sub(r"\\\{(\w+)\\\}", r"[^/]+?", re.escape(path)) + r"\Z")
        for method in METHODS:
            if method in item:
                yield method, path, pattern, item[method]


# The more literal a path is, the earlier it is tried: `/instances/x:cancel` is no instance called `x:cancel`.
OPERATIONS = sorted(operations(), key=lambda o: (o[1].count("{"), -len(o[1])))
SEEN = set()  # (operationId, status)


def operation_of(method, target):
    path = target.split("?")[0]
    method = "get" if method == "HEAD" else method.lower()
    for candidate, name, pattern, operation in sorted(OPERATIONS, key=lambda o: ":" not in o[1]):
        if candidate == method and pattern.match(path):
            return name, operation
    return None, None


def complaint(schema, value):
    """Why a value does not conform; None when it does. `schema` is one of the contract, with its own references."""
    validator = jsonschema.Draft202012Validator(
        anchored(schema), registry=REGISTRY, format_checker=jsonschema.FormatChecker()
    )
    for error in validator.iter_errors(value):
        return f"{error.json_path}: {error.message}"
    return None


def anchored(schema):
    """References inside the contract are relative to it."""
    if isinstance(schema, dict):
        return {k: "urn:contract" + v if k == "$ref" and v.startswith("#") else anchored(v) for k, v in schema.items()}
    return [anchored(s) for s in schema] if isinstance(schema, list) else schema


def check(method, target, body, sent_type, answer):
    """Raises AssertionError when the answer is not one that the contract promises."""
    if method == "OPTIONS":
        return
    sent_type = sent_type.split(";")[0].lower()
    where = f"{method} {target} -> {answer.status}"
    name, operation = operation_of(method, target)
    problem = resolved(CONTRACT["components"]["responses"]["Problem"])
    if operation is None:
        assert answer.status in ANYWHERE, f"{where}: the contract has no such operation"
        return content(where, problem, method, answer)
    SEEN.add((operation["operationId"], answer.status))
    responses = operation["responses"]
    promised = responses.get(str(answer.status)) or (responses.get("default") if answer.status >= 400 else None)
    if promised is None:
        assert answer.status in ANYWHERE, f"{where}: a status that the contract does not have"
        promised = problem
    content(where, resolved(promised), method, answer)
    if answer.status < 300 and isinstance(body, (dict, list)):
        request_body(where, operation, body, sent_type)


def content(where, promised, method, answer):
    for header, wanted in promised.get("headers", {}).items():
        assert (
            not resolved(wanted).get("required") or header in answer.headers
        ), f"{where}: the header {header} is missing"
    media = promised.get("content")
    if not media:
        assert not answer.raw, f"{where}: a body that the contract does not have"
        return
    type = answer.headers["Content-Type"].split(";")[0]
    assert type in media, f"{where}: the contract has no {type} here, but {', '.join(media)}"
    if method == "HEAD" or not type.endswith("json"):
        return
    why = complaint(media[type]["schema"], json.loads(answer.raw))
    assert not why, f"{where}: {why} in {answer.raw[:1000]}"


def request_body(where, operation, body, sent_type):
    """What the server took must be what the contract allows."""
    media = resolved(operation.get("requestBody", {})).get("content", {})
    schema = media.get(sent_type, media.get("*/*", {})).get("schema")
    assert schema is not None, f"{where}: the contract takes no {sent_type}"
    if sent_type not in media:
        return
    why = complaint(schema, body)
    assert not why, f"{where}: taken, but not by the contract: {why}"


def unseen():
    """Operations that no test has called with success."""
    done = {operation for operation, status in SEEN if status < 400}
    return sorted(o[3]["operationId"] for o in OPERATIONS if o[3]["operationId"] not in done)
