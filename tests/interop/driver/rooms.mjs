// Rooms, who is in them, which agents were sent there, and who may do what.
import assert from 'node:assert/strict';
import {
  AccessToken,
  DataPacket_Kind,
  LiveKitAPI,
  RoomConfiguration,
  TokenVerifier,
} from 'livekit-server-sdk';
import { apiKey, check, holds, host, lk, refused, secondsAgo, secret } from './check.mjs';

export async function rooms() {
  const settings = { name: 'daily', emptyTimeout: 60, departureTimeout: 5, maxParticipants: 10 };
  let room;
  await check('rooms: create', async () => {
    room = await lk.room.createRoom({ ...settings, metadata: '{"topic":"übung"}' });
    assert.match(room.sid, /^RM_[2-9A-HJ-NP-Za-km-z]{12}$/);
    holds(room, { ...settings, metadata: '{"topic":"übung"}' });
    assert.ok(secondsAgo(room.creationTime) < 60, room.creationTime);
    assert.equal(room.creationTimeMs / 1000n, room.creationTime);
    assert.ok(room.enabledCodecs.some(({ mime }) => mime === 'video/VP8'));
    assert.equal(room.numParticipants, 0);
  });
  await check('rooms: create again is the same room', async () => {
    const again = await lk.room.createRoom({ name: 'daily', emptyTimeout: 1, metadata: 'other' });
    assert.deepEqual(again.toJson(), room.toJson());
  });
  await check('rooms: defaults', async () => {
    holds(await lk.room.createRoom({ name: 'plain' }), { emptyTimeout: 300, departureTimeout: 20 });
  });
  await check('rooms: list by name', async () => {
    const found = await lk.room.listRooms(['daily', 'nowhere']);
    assert.deepEqual(found.map(({ name, sid }) => [name, sid]), [['daily', room.sid]]);
  });
  await check('rooms: list all', async () => {
    const names = (await lk.room.listRooms()).map(({ name }) => name);
    assert.deepEqual(names.sort(), ['daily', 'plain']);
  });
  await check('rooms: metadata, and none', async () => {
    holds(await lk.room.updateRoomMetadata('daily', 'new'), { sid: room.sid, metadata: 'new' });
    assert.equal((await lk.room.updateRoomMetadata('daily', '')).metadata, '');
    assert.equal((await lk.room.listRooms(['daily']))[0].metadata, '');
  });
  await check('rooms: metadata of a missing room', () =>
    refused(lk.room.updateRoomMetadata('nowhere', ''), 'not_found'));
  await check('rooms: a name that is too long', () =>
    refused(lk.room.createRoom({ name: 'x'.repeat(257) }), 'invalid_argument'));
  await check('rooms: metadata that is too long', async () => {
    const metadata = 'x'.repeat(512 * 1024 + 1);
    const error = await refused(lk.room.createRoom({ name: 'x', metadata }), 'invalid_argument');
    assert.match(error.metadata.argument, /524288/);
  });
  await check('rooms: delete, once', async () => {
    await lk.room.deleteRoom('plain');
    const error = await refused(lk.room.deleteRoom('plain'), 'not_found');
    assert.equal(error.status, 404);
  });
}

export async function dispatches() {
  let dispatch;
  await check('dispatches: create, and the room', async () => {
    const options = { metadata: 'table 4', deployment: 'staging' };
    dispatch = await lk.agentDispatch.createDispatch('desk', 'greeter', options);
    assert.match(dispatch.id, /^AD_\w{12}$/);
    holds(dispatch, { room: 'desk', agentName: 'greeter', ...options });
    assert.ok(secondsAgo(dispatch.state.createdAt / 1_000_000_000n) < 60);
    assert.equal((await lk.room.listRooms(['desk'])).length, 1);
  });
  await check('dispatches: list, with that of every room', async () => {
    const names = (await lk.agentDispatch.listDispatch('desk')).map(({ agentName }) => agentName);
    assert.deepEqual(names.sort(), ['', 'greeter']);
  });
  await check('dispatches: get', async () => {
    const found = await lk.agentDispatch.getDispatch(dispatch.id, 'desk');
    assert.deepEqual(found.toJson(), dispatch.toJson());
    assert.equal(await lk.agentDispatch.getDispatch('AD_missing', 'desk'), undefined);
  });
  await check('dispatches: delete, once', async () => {
    await lk.agentDispatch.deleteDispatch(dispatch.id, 'desk');
    assert.equal(await lk.agentDispatch.getDispatch(dispatch.id, 'desk'), undefined);
    await refused(lk.agentDispatch.deleteDispatch(dispatch.id, 'desk'), 'not_found');
  });
  await check('dispatches: a missing room', () =>
    refused(lk.agentDispatch.listDispatch('nowhere'), 'unavailable'));
  await check('dispatches: a deployment that cannot be', () =>
    refused(lk.agentDispatch.createDispatch('desk', '', { deployment: 'a_b' }), 'invalid_argument'));
}

export async function participants() {
  let caller;
  await check('participants: list', async () => {
    const found = await lk.room.listParticipants('daily');
    assert.deepEqual(found.map(({ identity }) => identity), ['caller']);
    assert.deepEqual(await lk.room.listParticipants('nowhere'), []);
    assert.equal((await lk.room.listRooms(['daily']))[0].numParticipants, 1);
  });
  await check('participants: get', async () => {
    caller = await lk.room.getParticipant('daily', 'caller');
    holds(caller, { name: 'Caller', metadata: 'm', state: 'ACTIVE', kind: 'SIP' });
    assert.match(caller.sid, /^PA_\w{12}$/);
    assert.equal(caller.attributes.seat, '12');
    assert.match(caller.attributes['sip.callID'], /^SCL_/);
    assert.equal(caller.attributes['sip.phoneNumber'], '+15550140');
  });
  await check('participants: get a missing one', () =>
    refused(lk.room.getParticipant('daily', 'nobody'), 'not_found'));
  await check('participants: update', async () => {
    const attributes = { seat: '', row: 'ä' };
    const permission = { canSubscribe: true, canPublishData: true };
    const options = { name: 'Zoë', attributes, permission };
    const updated = await lk.room.updateParticipant('daily', 'caller', options);
    holds(updated, { name: 'Zoë', metadata: 'm', permission });
    assert.equal(updated.attributes.row, 'ä');
    assert.ok(!('seat' in updated.attributes));
  });
  await check('participants: update a missing one', () =>
    refused(lk.room.updateParticipant('daily', 'nobody', { name: 'x' }), 'not_found'));
  await check('participants: mute', async () => {
    const mute = (...args) => lk.room.mutePublishedTrack('daily', ...args);
    await refused(mute('nobody', 'TR_x', true), 'unavailable');
    await refused(mute('caller', 'TR_x', false), 'failed_precondition');
    assert.equal(await mute('caller', 'TR_x', true), undefined);
  });
  await check('participants: subscriptions', async () => {
    await lk.room.updateSubscriptions('daily', 'caller', ['TR_x'], true);
    await refused(lk.room.updateSubscriptions('daily', 'nobody', ['TR_x'], true), 'unavailable');
  });
  await check('participants: data', async () => {
    const data = new TextEncoder().encode('hello');
    const options = { topic: 'chat', destinationIdentities: ['caller', 'nobody'] };
    await lk.room.sendData('daily', data, DataPacket_Kind.RELIABLE, options);
    await refused(lk.room.sendData('nowhere', data, DataPacket_Kind.LOSSY, {}), 'unavailable');
  });
  await check('participants: to another room, in the cloud only', async () => {
    await refused(lk.room.moveParticipant('daily', 'caller', 'daily'), 'invalid_argument');
    await refused(lk.room.forwardParticipant('daily', 'nobody', 'desk'), 'unavailable');
    await refused(lk.room.moveParticipant('daily', 'caller', 'desk'), 'unknown');
  });
}

export async function tokens() {
  const token = (grant, [key, value] = [apiKey, secret]) => {
    const made = new AccessToken(key, value, { identity: 'alice', name: 'Ålice' });
    made.addGrant(grant);
    return made;
  };
  await check('tokens: made and verified', async () => {
    const made = token({ roomJoin: true, room: 'daily', canPublish: false });
    made.roomConfig = new RoomConfiguration({ emptyTimeout: 7 });
    const claims = await new TokenVerifier(apiKey, secret).verify(await made.toJwt());
    assert.deepEqual(claims.video, { roomJoin: true, room: 'daily', canPublish: false });
    assert.deepEqual([claims.sub, claims.name, claims.iss], ['alice', 'Ålice', apiKey]);
    assert.equal(claims.roomConfig.emptyTimeout, 7);
  });
  const using = async (made) => new LiveKitAPI({ host, token: await made.toJwt() });
  await check('tokens: a grant, and no other', async () => {
    const lister = await using(token({ roomList: true }));
    assert.ok((await lister.room.listRooms()).length > 0);
    const error = await refused(lister.room.createRoom({ name: 'x' }), 'unauthenticated');
    assert.equal(error.status, 401);
  });
  await check('tokens: one room, and no other', async () => {
    const admin = await using(token({ roomAdmin: true, room: 'daily' }));
    assert.equal((await admin.room.listParticipants('daily')).length, 1);
    await refused(admin.room.listParticipants('desk'), 'unauthenticated');
  });
  await check('tokens: another secret', async () => {
    const error = await refused((await using(token({}, [apiKey, 'x']))).room.listRooms(), undefined);
    assert.equal(error.status, 401);
  });
  await check('tokens: another key', async () => {
    const error = await refused((await using(token({}, ['x', secret]))).room.listRooms(), undefined);
    assert.equal(error.status, 401);
  });
}
