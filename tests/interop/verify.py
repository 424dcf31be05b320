"""verify.py FILE: checks the vectors in FILE with livekit-api.

One line per vector; exit status 1 if any failed.
"""

import base64
import dataclasses
import json
import pathlib
import sys

from google.protobuf.json_format import MessageToDict
from livekit import api


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def same(a, b):
    # Python holds that True == 1; JSON does not.
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def check(ok, path, seen, written):
    if not ok:
        raise ValueError(f"{path}: seen {seen!r}, written {written!r}")


def compare(seen, full, given, path):
    """Compares protobuf JSON with what the SDK read from it.

    `seen` is the SDK's JSON without default values, `full` with them. Returns what the SDK did
    not see; raises where it saw something else.
    """
    if isinstance(seen, list) and isinstance(given, list) and len(seen) == len(given):
        items = enumerate(zip(seen, full, given))
        return [note for i, item in items for note in compare(*item, f"{path}[{i}]")]
    if isinstance(seen, dict) and isinstance(given, dict):
        for key in seen:
            check(key in given, f"{path}.{key}", seen[key], None)
        notes = []
        for key, value in given.items():
            if key in seen:
                notes += compare(seen[key], full[key], value, f"{path}.{key}")
            elif key not in full or not same(full[key], value):
                notes.append(f"{path}.{key}")
        return notes
    check(same(seen, given), path, seen, given)
    return []


def compare_message(message, given, path):
    full = MessageToDict(message, always_print_fields_with_no_presence=True)
    return compare(MessageToDict(message), full, given, path)


def compare_grants(seen, given, path):
    """Compares a grant class with the block of the token it was read from."""
    fields = {camel(f.name): f for f in dataclasses.fields(seen)}
    for key, field in fields.items():
        value = getattr(seen, field.name)
        written = given.get(key, field.default)
        check(same(value, written), f"{path}.{key}", value, written)
    return [f"{path}.{key}" for key in given if key not in fields]


def payload(jwt):
    part = jwt.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def verify_token(vector):
    verifier = api.TokenVerifier(vector["key"], vector["secret"])
    verified = verifier.verify(vector["token"])
    claims = vector["claims"]
    # Covers what the verifier checks but does not return: iss, exp, nbf.
    check(payload(vector["token"]) == claims, "payload", payload(vector["token"]), claims)

    seen = {camel(f.name): getattr(verified, f.name) for f in dataclasses.fields(verified)}
    seen["sub"] = seen.pop("identity")
    notes = [k for k in claims if k not in seen and k not in ("iss", "exp", "nbf", "iat", "jti")]
    for key, value in seen.items():
        if key not in claims:
            # The verifier fills some absent blocks with default ones.
            absent = value in (None, "", {}) or value == type(value)()
            check(absent, key, value, None)
        elif dataclasses.is_dataclass(value):
            notes += compare_grants(value, claims[key], key)
        elif key == "roomConfig" and value is not None:
            notes += compare_message(value, claims[key], key)
        elif value != claims[key]:
            # Absent and empty are one to the verifier.
            check(not value and not claims[key], key, value, claims[key])
    return notes


def verify_webhook(vector):
    verifier = api.TokenVerifier(vector["key"], vector["secret"])
    seen = api.WebhookReceiver(verifier).receive(vector["body"], vector["authorization"])
    check(seen.event == vector["event"], "event", seen.event, vector["event"])
    check(seen.id == vector["id"], "id", seen.id, vector["id"])
    return compare_message(seen, vector.get("received", json.loads(vector["body"])), "body")


def report(vector, verify):
    try:
        notes = verify(vector)
    except Exception as error:  # whatever the SDK raises is the answer
        print("FAIL", vector["name"], error)
        return False
    print("ok", vector["name"], *([f"(not known: {', '.join(notes)})"] if notes else []))
    return True


vectors = json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8"))
results = [report(vector, verify_token) for vector in vectors["tokens"]]
results += [report(vector, verify_webhook) for vector in vectors["webhooks"]]
# A file without vectors would otherwise pass.
sys.exit(0 if results and all(results) else 1)
