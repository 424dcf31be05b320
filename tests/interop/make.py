"""Writes vectors/python.json: tokens and signed webhooks made by livekit-api."""

import base64
import dataclasses
import datetime
import hashlib
import json
import pathlib

from google.protobuf.json_format import MessageToDict, ParseDict
from livekit import api
from livekit.protocol.room import RoomConfiguration

HERE = pathlib.Path(__file__).parent
INPUTS = json.loads((HERE / "inputs.json").read_text("utf-8"))
KEYS = INPUTS["keys"]

# Verifiers check `exp`; the vectors must outlive this project.
TTL = datetime.timedelta(days=70 * 365.25)

tokens = []


def token(name, fill=lambda t: t, pair="main"):
    key, secret = KEYS[pair]["key"], KEYS[pair]["secret"]
    made = fill(api.AccessToken(key, secret).with_ttl(TTL)).to_jwt()
    api.TokenVerifier(key, secret).verify(made)
    tokens.append(
        {"name": name, "key": key, "secret": secret, "token": made, "claims": payload(made)}
    )


def payload(jwt):
    # Decoded by hand so that the recorded claims do not depend on the SDK's verifier.
    part = jwt.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def joining(t, identity="alice", **grants):
    grants = {"room_join": True, "room": "interop-room", **grants}
    return t.with_identity(identity).with_grants(api.VideoGrants(**grants))


def every(grants, value):
    """All boolean fields of a grant class, whichever this version of the SDK has."""
    names = [f.name for f in dataclasses.fields(grants) if "bool" in str(f.type)]
    return dict.fromkeys(names, value)


SOURCES = ["camera", "microphone", "screen_share", "screen_share_audio"]
THREADS = {"scope": "user-1", "thread_ids": ["TH_1", "TH_2"]}

token("minimal")
token("join", joining)
token(
    "join-everything",
    lambda t: joining(
        t,
        **every(api.VideoGrants, True),
        destination_room="other-room",
        can_publish_sources=SOURCES,
    )
    .with_name("Alice")
    .with_kind("agent")
    .with_metadata('{"color":"red"}')
    .with_attributes({"tier": "gold", "seat": "12"})
    .with_sip_grants(api.SIPGrants(**every(api.SIPGrants, True)))
    .with_inference_grants(api.InferenceGrants(**every(api.InferenceGrants, True)))
    .with_observability_grants(api.ObservabilityGrants(**every(api.ObservabilityGrants, True)))
    .with_agent_grants(api.AgentGrants(**every(api.AgentGrants, True)))
    .with_agent_endpoint_grants(
        api.AgentEndpointGrants(call=True, agent_name="greeter", deployment="staging")
    )
    .with_agent_thread_grants(
        api.AgentThreadGrants(**every(api.AgentThreadGrants, True), **THREADS)
    )
    .with_room_preset("preset-1")
    .with_room_config(RoomConfiguration(name="interop-room", max_participants=2)),
)
token("join-no-publish", lambda t: joining(t, can_publish=False))
token(
    "video-all-false",
    lambda t: t.with_identity("alice").with_grants(
        api.VideoGrants(**every(api.VideoGrants, False))
    ),
)
token("video-empty-sources", lambda t: joining(t, can_publish_sources=[]))
token(
    "video-admin",
    lambda t: t.with_grants(api.VideoGrants(room_admin=True, room="interop-room")),
)
token(
    "video-create-list-record",
    lambda t: t.with_grants(api.VideoGrants(room_create=True, room_list=True, room_record=True)),
)
token("video-ingress-admin", lambda t: t.with_grants(api.VideoGrants(ingress_admin=True)))
token("sip", lambda t: t.with_sip_grants(api.SIPGrants(admin=True, call=True)))
token("sip-call-only", lambda t: t.with_sip_grants(api.SIPGrants(call=True)))
token("inference", lambda t: t.with_inference_grants(api.InferenceGrants(perform=True)))
token("observability", lambda t: t.with_observability_grants(api.ObservabilityGrants(write=True)))
token("agent", lambda t: t.with_agent_grants(api.AgentGrants(**every(api.AgentGrants, True))))
token(
    "agent-dispatch-only", lambda t: t.with_agent_grants(api.AgentGrants(dispatch_admin=True))
)
token(
    "agent-endpoint",
    lambda t: t.with_agent_endpoint_grants(
        api.AgentEndpointGrants(call=True, agent_name="greeter", deployment="staging")
    ),
)
token(
    "agent-endpoint-any",
    lambda t: t.with_agent_endpoint_grants(api.AgentEndpointGrants(call=True)),
)
token(
    "agent-thread",
    lambda t: t.with_agent_thread_grants(
        api.AgentThreadGrants(list=True, create=True, read=True, **THREADS)
    ),
)
token(
    "agent-thread-all",
    lambda t: t.with_agent_thread_grants(
        api.AgentThreadGrants(**every(api.AgentThreadGrants, True))
    ),
)
token(
    "empty-grants",
    lambda t: t.with_grants(api.VideoGrants())
    .with_sip_grants(api.SIPGrants())
    .with_inference_grants(api.InferenceGrants())
    .with_observability_grants(api.ObservabilityGrants())
    .with_agent_grants(api.AgentGrants())
    .with_agent_endpoint_grants(api.AgentEndpointGrants())
    .with_agent_thread_grants(api.AgentThreadGrants()),
)
token("room-preset", lambda t: joining(t).with_room_preset("preset-1"))
token(
    "room-config",
    lambda t: joining(t).with_room_config(ParseDict(INPUTS["roomConfig"], RoomConfiguration())),
)
token("room-config-empty", lambda t: joining(t).with_room_config(RoomConfiguration()))
token(
    "unicode",
    lambda t: joining(t, identity="ålice-名前-🎈", room="部屋-🎈")
    .with_name("Ålice 名前 🎈")
    .with_metadata(INPUTS["awkwardText"]),
)
token("unicode-key", joining, pair="unicode")
token(
    "attributes-unicode", lambda t: joining(t).with_attributes(INPUTS["unicodeAttributes"])
)
for kind in ["standard", "ingress", "egress", "sip", "agent"]:
    token(f"kind-{kind}", lambda t: t.with_identity("alice").with_kind(kind))


webhooks = []


def webhook(name, pair, body, event, altered=False):
    key, secret = KEYS[pair]["key"], KEYS[pair]["secret"]
    sha256 = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    authorization = api.AccessToken(key, secret).with_ttl(TTL).with_sha256(sha256).to_jwt()

    receiver = api.WebhookReceiver(api.TokenVerifier(key, secret))
    received = receiver.receive(body, authorization)
    assert (received.event, received.id) == (event["event"], event["id"]), name
    vector = {
        "name": name,
        "key": key,
        "secret": secret,
        "authorization": authorization,
        "body": body,
        "event": event["event"],
        "id": event["id"],
    }
    if altered:
        # The body holds values or spellings that do not survive; record what the SDK makes of them.
        vector["received"] = MessageToDict(received)
    else:
        # Also a test of the inputs: a misspelled field would get lost.
        assert MessageToDict(received) == event, name
    webhooks.append(vector)


for case in INPUTS["webhooks"]:
    # Spaces after separators, as the server's own serializer writes them at times.
    body = json.dumps(case["event"], ensure_ascii=False)
    webhook(case["name"], case["key"], body, case["event"], case.get("altered", False))
    if case["name"] == "unicode":
        # The same text as \u escapes, with surrogate pairs.
        webhook("unicode_escaped", case["key"], json.dumps(case["event"]), case["event"])

vectors = HERE / "vectors"
vectors.mkdir(exist_ok=True)
(vectors / "python.json").write_text(
    json.dumps(
        {
            "maker": f"livekit-api {api.__version__}",
            "tokens": tokens,
            "webhooks": webhooks,
        },
        ensure_ascii=False,
        indent=2,
    )
    + "\n",
    "utf-8",
)
