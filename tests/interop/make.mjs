// Writes vectors/javascript.json: tokens and signed webhooks made by livekit-server-sdk.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import {
  AccessToken,
  RoomConfiguration,
  TokenVerifier,
  TrackSource,
  WebhookReceiver,
} from 'livekit-server-sdk';

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const { keys, awkwardText, unicodeAttributes, roomConfig, webhooks: events } = read('inputs.json');
const { version } = read('node_modules/livekit-server-sdk/package.json');

// Verifiers check `exp`; the vectors must outlive this project.
const ttl = '70 years';

const tokens = [];
async function token(name, options, fill = () => {}, { key, secret } = keys.main) {
  const made = new AccessToken(key, secret, { ttl, ...options });
  fill(made);
  // Once only: toJwt replaces canPublishSources in the token by its strings, and throws on those
  // when called again.
  const jwt = await made.toJwt();
  await new TokenVerifier(key, secret).verify(jwt);
  tokens.push({ name, key, secret, token: jwt, claims: payload(jwt) });
}

// Decoded by hand so that the recorded claims do not depend on the SDK's verifier.
function payload(jwt) {
  return JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString('utf8'));
}

const everyBoolean = (value) =>
  Object.fromEntries(
    [
      'roomCreate',
      'roomJoin',
      'roomList',
      'roomRecord',
      'roomAdmin',
      'ingressAdmin',
      'canPublish',
      'canSubscribe',
      'canPublishData',
      'canUpdateOwnMetadata',
      'hidden',
      'recorder',
      'agent',
      'canSubscribeMetrics',
      'canManageAgentSession',
    ].map((field) => [field, value]),
  );

const alice = { identity: 'alice' };
const join = { roomJoin: true, room: 'interop-room' };

await token('minimal', {});
await token('join', alice, (t) => t.addGrant(join));
await token(
  'join-everything',
  { ...alice, name: 'Alice', metadata: '{"color":"red"}', attributes: { tier: 'gold', seat: '12' } },
  (t) => {
    t.addGrant({
      ...join,
      ...everyBoolean(true),
      destinationRoom: 'other-room',
      canPublishSources: [
        TrackSource.CAMERA,
        TrackSource.MICROPHONE,
        TrackSource.SCREEN_SHARE,
        TrackSource.SCREEN_SHARE_AUDIO,
      ],
    });
    t.addSIPGrant({ admin: true, call: true });
    t.addInferenceGrant({ perform: true });
    t.addObservabilityGrant({ write: true });
    t.kind = 'agent';
    t.roomPreset = 'preset-1';
    t.roomConfig = new RoomConfiguration({ name: 'interop-room', maxParticipants: 2 });
  },
);
await token('join-no-publish', alice, (t) => t.addGrant({ ...join, canPublish: false }));
await token('video-all-false', alice, (t) => t.addGrant(everyBoolean(false)));
await token('video-empty-sources', alice, (t) => t.addGrant({ ...join, canPublishSources: [] }));
await token('video-admin', {}, (t) => t.addGrant({ roomAdmin: true, room: 'interop-room' }));
await token('video-create-list-record', {}, (t) =>
  t.addGrant({ roomCreate: true, roomList: true, roomRecord: true }),
);
await token('video-ingress-admin', {}, (t) => t.addGrant({ ingressAdmin: true }));
await token('sip', {}, (t) => t.addSIPGrant({ admin: true, call: true }));
await token('sip-call-only', {}, (t) => t.addSIPGrant({ admin: false, call: true }));
await token('inference', {}, (t) => t.addInferenceGrant({ perform: true }));
await token('observability', {}, (t) => t.addObservabilityGrant({ write: true }));
await token('empty-grants', {}, (t) => {
  t.addGrant({});
  t.addSIPGrant({});
  t.addInferenceGrant({});
  t.addObservabilityGrant({});
});
await token('room-preset', alice, (t) => {
  t.addGrant(join);
  t.roomPreset = 'preset-1';
});
await token('room-config', alice, (t) => {
  t.addGrant(join);
  t.roomConfig = RoomConfiguration.fromJson(roomConfig);
});
await token('room-config-empty', alice, (t) => {
  t.addGrant(join);
  t.roomConfig = new RoomConfiguration();
});
await token(
  'unicode',
  { identity: 'ålice-名前-🎈', name: 'Ålice 名前 🎈', metadata: awkwardText },
  (t) => t.addGrant({ roomJoin: true, room: '部屋-🎈' }),
);
await token('unicode-key', alice, (t) => t.addGrant(join), keys.unicode);
await token('attributes-unicode', { ...alice, attributes: unicodeAttributes }, (t) =>
  t.addGrant(join),
);
for (const kind of ['standard', 'ingress', 'egress', 'sip', 'agent', 'connector', 'bridge']) {
  await token(`kind-${kind}`, alice, (t) => {
    t.kind = kind;
  });
}

// A test of the inputs: a misspelled field must not pass unnoticed.
assert.deepEqual(RoomConfiguration.fromJson(roomConfig).toJson(), roomConfig);

const webhooks = [];
for (const { name, key: pair, altered, event } of events) {
  const { key, secret } = keys[pair];
  const body = JSON.stringify(event);
  const signed = new AccessToken(key, secret, { ttl });
  signed.sha256 = createHash('sha256').update(body).digest('base64');
  const authorization = await signed.toJwt();

  const received = await new WebhookReceiver(key, secret).receive(body, authorization);
  assert.equal(received.event, event.event, name);
  assert.equal(received.id, event.id, name);
  const vector = { name, key, secret, authorization, body, event: event.event, id: event.id };
  if (altered) {
    // The body holds values or spellings that do not survive; record what the SDK makes of them.
    vector.received = received.toJson();
  } else {
    // Also a test of the inputs: a misspelled field would get lost.
    assert.deepEqual(received.toJson(), event, name);
  }
  webhooks.push(vector);
}

mkdirSync(new URL('vectors', import.meta.url), { recursive: true });
writeFileSync(
  new URL('vectors/javascript.json', import.meta.url),
  JSON.stringify({ maker: `livekit-server-sdk ${version}`, tokens, webhooks }, null, 2) + '\n',
);
