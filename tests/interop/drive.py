"""drive.py URL PORT: calls the LiveKit at URL with livekit-api, and checks its answers and the webhooks
that it sends to PORT. It has to be empty, and to know the API key `devkey: secret`.

One line per check, and a total; exit status 1 if any failed.
"""

import asyncio
import sys

from driver.check import KEY, SECRET, URL, check, count, equal, listening, rejected
from driver.media import connectors, egress, ingress
from driver.rooms import dispatches, participants, rooms, tokens
from driver.sip import calls, dispatch_rules, hang_up, inbound_trunks, outbound_trunks
from livekit import api


async def drive():
    async with listening(), api.LiveKitAPI(URL, KEY, SECRET) as lk:
        await rooms(lk)
        await dispatches(lk)
        trunk_id = await outbound_trunks(lk, await inbound_trunks(lk))
        await dispatch_rules(lk)
        await calls(lk, trunk_id)
        await participants(lk)
        await egress(lk)
        await ingress(lk)
        await connectors(lk)
        await tokens()
        await hang_up(lk, trunk_id)
        with check("webhooks: none was rejected"):
            equal(rejected, [])


asyncio.run(drive())
print(f"{count['passed']} passed, {count['failed']} failed")
sys.exit(1 if count["failed"] > 0 or count["passed"] == 0 else 0)
