// verify.mjs FILE: checks the vectors in FILE with livekit-server-sdk.
// One line per vector; exit status 1 if any failed.
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { RoomConfiguration, TokenVerifier, WebhookReceiver } from 'livekit-server-sdk';

// The verifier returns the payload as it is; what the SDK knows is written in its types only,
// which do not exist at run time. `null`: not a block of grants.
const knownClaims = {
  iss: null,
  sub: null,
  exp: null,
  nbf: null,
  iat: null,
  jti: null,
  name: null,
  kind: null,
  metadata: null,
  attributes: null,
  sha256: null,
  roomPreset: null,
  roomConfig: null,
  video: [
    ...['roomCreate', 'roomJoin', 'roomList', 'roomRecord', 'roomAdmin', 'room', 'ingressAdmin'],
    ...['canPublish', 'canPublishSources', 'canSubscribe', 'canPublishData'],
    ...['canUpdateOwnMetadata', 'canSubscribeMetrics', 'canManageAgentSession'],
    ...['hidden', 'recorder', 'agent', 'destinationRoom'],
  ],
  sip: ['admin', 'call'],
  inference: ['perform'],
  observability: ['write'],
};

function unknownClaims(claims) {
  return Object.entries(claims).flatMap(([key, value]) => {
    if (!Object.hasOwn(knownClaims, key)) return [key];
    const fields = knownClaims[key] ?? Object.keys(Object(value));
    return Object.keys(Object(value))
      .filter((field) => !fields.includes(field))
      .map((field) => `${key}.${field}`);
  });
}

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

// Compares protobuf JSON with what the SDK read from it. `set` is the SDK's JSON without default
// values, `full` with them. Returns what the SDK did not see; throws where it saw something else.
function compare(set, full, given, path) {
  if (Array.isArray(set) && Array.isArray(given) && set.length === given.length) {
    return set.flatMap((item, i) => compare(item, full[i], given[i], `${path}[${i}]`));
  }
  if (isObject(set) && isObject(given)) {
    const lost = Object.keys(set).filter((key) => !Object.hasOwn(given, key));
    if (lost.length > 0) throw new Error(`${path}: seen but not written: ${lost}`);
    return Object.keys(given).flatMap((key) => {
      const at = `${path}.${key}`;
      if (Object.hasOwn(set, key)) return compare(set[key], full[key], given[key], at);
      return isDeepStrictEqual(full[key], given[key]) ? [] : [at];
    });
  }
  if (!isDeepStrictEqual(set, given)) {
    throw new Error(`${path}: seen ${JSON.stringify(set)}, written ${JSON.stringify(given)}`);
  }
  return [];
}

const compareMessage = (message, given, path) =>
  compare(
    message.toJson({ emitDefaultValues: false }),
    message.toJson({ emitDefaultValues: true }),
    given,
    path,
  );

// LiveKit's server takes HS256 only, this SDK's verifier any HMAC.
function checkAlgorithm(jwt) {
  const { alg } = JSON.parse(Buffer.from(jwt.split('.')[0], 'base64url').toString('utf8'));
  if (alg !== 'HS256') throw new Error(`algorithm: ${alg}`);
}

async function verifyToken({ key, secret, token, claims }) {
  checkAlgorithm(token);
  const seen = await new TokenVerifier(key, secret).verify(token);
  for (const name of new Set([...Object.keys(seen), ...Object.keys(claims)])) {
    if (!isDeepStrictEqual(seen[name], claims[name])) {
      throw new Error(
        `${name}: seen ${JSON.stringify(seen[name])}, written ${JSON.stringify(claims[name])}`,
      );
    }
  }
  const notes = unknownClaims(claims);
  if (claims.roomConfig) {
    const config = RoomConfiguration.fromJson(claims.roomConfig, { ignoreUnknownFields: true });
    notes.push(...compareMessage(config, claims.roomConfig, 'roomConfig'));
  }
  return notes;
}

async function verifyWebhook({ key, secret, authorization, body, event, id, received }) {
  checkAlgorithm(authorization);
  const seen = await new WebhookReceiver(key, secret).receive(body, authorization);
  if (seen.event !== event || seen.id !== id) {
    throw new Error(`seen event ${seen.event} ${seen.id}, written ${event} ${id}`);
  }
  return compareMessage(seen, received ?? JSON.parse(body), 'body');
}

let failures = 0;
async function report(name, verified) {
  try {
    const notes = await verified;
    console.log(`ok ${name}` + (notes.length > 0 ? ` (not known: ${notes.join(', ')})` : ''));
  } catch (error) {
    failures += 1;
    console.log(`FAIL ${name} ${error.message}`);
  }
}

const { tokens, webhooks } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
for (const vector of tokens) await report(vector.name, verifyToken(vector));
for (const vector of webhooks) await report(vector.name, verifyWebhook(vector));
// A file without vectors would otherwise pass.
process.exitCode = failures > 0 || tokens.length + webhooks.length === 0 ? 1 : 0;
