// What the checks share: the server they call, the webhooks that it sends, and the count of them.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { LiveKitAPI, ServerError, WebhookReceiver } from 'livekit-server-sdk';

export const [, , host, port] = process.argv;
export const apiKey = 'devkey';
export const secret = 'secret';
export const lk = new LiveKitAPI({ host, apiKey, secret });

export const count = { passed: 0, failed: 0 };

export async function check(name, run) {
  try {
    await run();
    count.passed += 1;
    console.log(`ok ${name}`);
  } catch (error) {
    count.failed += 1;
    console.log(`FAIL ${name}: ${error.stack}`);
  }
}

// Resolves to the error, for further looks at it.
export async function refused(call, code) {
  const error = await call.then(
    (answer) => assert.fail(`not refused: ${JSON.stringify(answer)}`),
    (error) => error,
  );
  assert.ok(error instanceof ServerError, error.stack);
  assert.equal(error.code, code, error.message);
  return error;
}

// Whether a message has these fields, as protobuf JSON; what else it has does not matter.
export function holds(message, fields) {
  const json = message.toJson();
  const seen = Object.fromEntries(Object.keys(fields).map((key) => [key, json[key]]));
  assert.deepEqual(seen, fields);
}

export const secondsAgo = (time) => Math.abs(Date.now() / 1000 - Number(time));

// The webhooks that came, with the path that each came to.
const received = [];
export const rejected = [];
const receiver = new WebhookReceiver(apiKey, secret);
const listener = createServer(async (request, response) => {
  try {
    assert.equal(request.headers['content-type'], 'application/webhook+json');
    request.setEncoding('utf8');
    let body = '';
    for await (const chunk of request) body += chunk;
    const event = await receiver.receive(body, request.headers.authorization);
    received.push({ path: request.url, event });
  } catch (error) {
    rejected.push(error.message);
    response.statusCode = 400;
  }
  response.end();
});

export const listen = () =>
  new Promise((resolve) => listener.listen(Number(port), '127.0.0.1', resolve));

export function stopListening() {
  listener.close();
  listener.closeAllConnections();
}

// Waits for the webhooks of which `isIt` holds, and checks that they are these, in this order.
export async function told(isIt, names) {
  const matching = () => received.filter(isIt).map(({ event }) => event);
  for (let waited = 0; matching().length < names.length && waited < 5000; waited += 20) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const events = matching();
  assert.deepEqual(events.map(({ event }) => event), names);
  return events;
}
