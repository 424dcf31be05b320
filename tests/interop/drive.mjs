// drive.mjs URL PORT: calls the LiveKit at URL with livekit-server-sdk, and checks its answers and the
// webhooks that it sends to PORT. It has to be empty, and to know the API key `devkey: secret`.
// One line per check, and a total; exit status 1 if any failed.
import assert from 'node:assert/strict';
import { check, count, listen, rejected, stopListening } from './driver/check.mjs';
import { connectors, egress, ingress } from './driver/media.mjs';
import { dispatches, participants, rooms, tokens } from './driver/rooms.mjs';
import { calls, dispatchRules, hangUp, inboundTrunks, outboundTrunks } from './driver/sip.mjs';

await listen();
await rooms();
await dispatches();
const trunk = await outboundTrunks(await inboundTrunks());
await dispatchRules();
await calls(trunk);
await participants();
await egress();
await ingress();
await connectors();
await tokens();
await hangUp(trunk);
await check('webhooks: none was rejected', () => assert.deepEqual(rejected, []));
stopListening();

const { passed, failed } = count;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
