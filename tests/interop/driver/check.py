"""What the checks share: the server they call, the webhooks that it sends, and the count of them."""

import asyncio
import contextlib
import sys
import time
import traceback

from aiohttp import web
from google.protobuf.json_format import MessageToDict
from livekit import api

URL, PORT = sys.argv[1], int(sys.argv[2])
KEY, SECRET = "devkey", "secret"

count = {"passed": 0, "failed": 0}


@contextlib.contextmanager
def check(name):
    try:
        yield
    except Exception:  # whatever goes wrong fails this check only
        count["failed"] += 1
        print("FAIL", name, traceback.format_exc())
    else:
        count["passed"] += 1
        print("ok", name)


def equal(seen, expected):
    assert seen == expected, f"seen {seen!r}, expected {expected!r}"


async def refused(call, code):
    """Returns the error, for further looks at it."""
    try:
        answer = await call
    except api.ServerError as error:
        equal(error.code, code)
        return error
    raise AssertionError(f"not refused: {answer!r}")


def holds(message, **fields):
    """Checks that a message has these fields, as protobuf JSON but for their names; what else it has does
    not matter. `None` stands for an unset field."""
    seen = MessageToDict(message, preserving_proto_field_name=True)
    equal({name: seen.get(name) for name in fields}, fields)


def is_id(text, prefix):
    rest = text.removeprefix(prefix)
    return text.startswith(prefix) and len(rest) == 12 and rest.isalnum()


def seconds_ago(seconds):
    return abs(time.time() - seconds)


# The webhooks that came, with the path that each came to.
received = []
rejected = []
receiver = api.WebhookReceiver(api.TokenVerifier(KEY, SECRET))


async def receive(request):
    try:
        equal(request.headers["Content-Type"], "application/webhook+json")
        event = receiver.receive(await request.text(), request.headers["Authorization"])
        received.append((request.path, event))
    except Exception as error:  # whatever the SDK raises is the answer
        rejected.append(repr(error))
        return web.Response(status=400)
    return web.Response()


@contextlib.asynccontextmanager
async def listening():
    app = web.Application()
    app.router.add_post("/{path:.*}", receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT).start()
    try:
        yield
    finally:
        await runner.cleanup()


async def told(names, is_it):
    """Waits for the webhooks of which `is_it(path, event)` holds; they must be these, in this order."""

    def matching():
        return [event for path, event in received if is_it(path, event)]

    end = time.monotonic() + 5
    while len(matching()) < len(names) and time.monotonic() < end:
        await asyncio.sleep(0.02)
    events = matching()
    equal([event.event for event in events], names)
    return events
