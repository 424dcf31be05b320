// SIP trunks, dispatch rules and calls.
import assert from 'node:assert/strict';
import { SipCallError } from 'livekit-server-sdk';
import { check, holds, lk, refused, told } from './check.mjs';

export async function inboundTrunks() {
  let trunk = {};
  const numbers = ['+15550100'];
  await check('inbound trunks: create', async () => {
    const options = { allowedAddresses: ['192.0.2.1'], authUsername: 'in', metadata: 'm' };
    trunk = await lk.sip.createSipInboundTrunk('office', numbers, {
      ...options,
      authPassword: 'pass',
      ringingTimeout: 20,
    });
    assert.match(trunk.sipTrunkId, /^ST_\w{12}$/);
    holds(trunk, { name: 'office', numbers, ...options, ringingTimeout: '20s' });
  });
  await check('inbound trunks: one for each number', () =>
    refused(lk.sip.createSipInboundTrunk('again', ['+1 (555) 0100']), 'invalid_argument'));
  await check('inbound trunks: open to everyone', () =>
    refused(lk.sip.createSipInboundTrunk('open', []), 'invalid_argument'));
  await check('inbound trunks: update fields', async () => {
    const fields = { name: 'front', numbers: { add: ['+15550101'] } };
    const updated = await lk.sip.updateSipInboundTrunkFields(trunk.sipTrunkId, fields);
    holds(updated, { name: 'front', numbers: [...numbers, '+15550101'], metadata: 'm' });
  });
  await check('inbound trunks: replace', async () => {
    const { sipTrunkId } = trunk;
    const replaced = await lk.sip.updateSipInboundTrunk(sipTrunkId, { name: 'back', numbers });
    holds(replaced, { sipTrunkId, name: 'back', numbers, metadata: undefined });
  });
  await check('inbound trunks: list', async () => {
    const ids = async (list) => (await lk.sip.listSipInboundTrunk(list)).map((it) => it.sipTrunkId);
    assert.deepEqual(await ids(), [trunk.sipTrunkId]);
    assert.deepEqual(await ids({ numbers }), [trunk.sipTrunkId]);
    assert.deepEqual(await ids({ numbers: ['+15550199'] }), []);
  });
  await check('inbound trunks: update a missing one', () =>
    refused(lk.sip.updateSipInboundTrunkFields('ST_missing', { name: 'x' }), 'not_found'));
  return trunk;
}

export async function outboundTrunks(inbound) {
  let trunk = {};
  await check('outbound trunks: create', async () => {
    trunk = await lk.sip.createSipOutboundTrunk('carrier', 'sip.example.com', ['+15550110'], {
      transport: 2,
      destinationCountry: 'US',
    });
    assert.match(trunk.sipTrunkId, /^ST_\w{12}$/);
    holds(trunk, {
      name: 'carrier',
      address: 'sip.example.com',
      numbers: ['+15550110'],
      transport: 'SIP_TRANSPORT_TCP',
      destinationCountry: 'US',
    });
  });
  await check('outbound trunks: an address that is a URI', () =>
    refused(lk.sip.createSipOutboundTrunk('x', 'sip:example.com', ['+1']), 'invalid_argument'));
  await check('outbound trunks: without numbers', () =>
    refused(lk.sip.createSipOutboundTrunk('x', 'sip.example.com', []), 'invalid_argument'));
  await check('outbound trunks: update fields', async () => {
    const fields = { metadata: 'new', numbers: { set: ['+15550120', '+15550121'] } };
    const updated = await lk.sip.updateSipOutboundTrunkFields(trunk.sipTrunkId, fields);
    holds(updated, { name: 'carrier', metadata: 'new', numbers: fields.numbers.set });
  });
  await check('outbound trunks: replace', async () => {
    const { sipTrunkId } = trunk;
    const other = { name: 'other', address: 'sip2.example.com', numbers: ['+15550130'] };
    holds(await lk.sip.updateSipOutboundTrunk(sipTrunkId, other), { sipTrunkId, ...other });
  });
  await check('outbound trunks: list', async () => {
    const found = await lk.sip.listSipOutboundTrunk({ trunkIds: [trunk.sipTrunkId] });
    assert.deepEqual(found.map(({ name }) => name), ['other']);
  });
  await check('trunks: list of both kinds', async () => {
    const ids = (await lk.sip.listSipTrunk()).map(({ sipTrunkId }) => sipTrunkId);
    assert.deepEqual(ids, [inbound.sipTrunkId, trunk.sipTrunkId].sort());
  });
  await check('trunks: create of no kind is gone', async () => {
    const error = await refused(lk.sip.createSipTrunk('+15550100'), 'bad_route');
    assert.equal(error.status, 404);
  });
  await check('trunks: delete', async () => {
    holds(await lk.sip.deleteSipTrunk(inbound.sipTrunkId), { sipTrunkId: inbound.sipTrunkId });
    assert.deepEqual(await lk.sip.listSipInboundTrunk(), []);
    await lk.sip.deleteSipTrunk('ST_missing');
  });
  return trunk;
}

export async function dispatchRules() {
  let rule = {};
  const direct = { type: 'direct', roomName: 'lobby', pin: '1234' };
  await check('dispatch rules: create', async () => {
    const options = { name: 'main', metadata: 'm', attributes: { tier: 'gold' } };
    rule = await lk.sip.createSipDispatchRule(direct, options);
    assert.match(rule.sipDispatchRuleId, /^SDR_\w{12}$/);
    holds(rule, { ...options, rule: { dispatchRuleDirect: { roomName: 'lobby', pin: '1234' } } });
  });
  await check('dispatch rules: two of one pin', () =>
    refused(lk.sip.createSipDispatchRule(direct), 'invalid_argument'));
  await check('dispatch rules: of the other kinds', async () => {
    const individual = { type: 'individual', roomPrefix: 'call-', pin: '5' };
    const callee = { type: 'callee', roomPrefix: 'to-', pin: '6', randomize: true };
    const first = await lk.sip.createSipDispatchRule(individual);
    holds(first, { rule: { dispatchRuleIndividual: { roomPrefix: 'call-', pin: '5' } } });
    const second = await lk.sip.createSipDispatchRule(callee);
    const value = { roomPrefix: 'to-', pin: '6', randomize: true };
    holds(second, { rule: { dispatchRuleCallee: value } });
    await lk.sip.deleteSipDispatchRule(second.sipDispatchRuleId);
    await lk.sip.deleteSipDispatchRule(first.sipDispatchRuleId);
  });
  await check('dispatch rules: update fields', async () => {
    const fields = { name: 'night', attributes: { tier: '', desk: '4' } };
    const updated = await lk.sip.updateSipDispatchRuleFields(rule.sipDispatchRuleId, fields);
    holds(updated, { name: 'night', metadata: 'm', attributes: { desk: '4' } });
  });
  await check('dispatch rules: replace', async () => {
    const { sipDispatchRuleId } = rule;
    const other = { name: 'day', rule: rule.rule, trunkIds: ['ST_some'] };
    const replaced = await lk.sip.updateSipDispatchRule(sipDispatchRuleId, other);
    holds(replaced, { sipDispatchRuleId, name: 'day', trunkIds: ['ST_some'] });
  });
  await check('dispatch rules: list', async () => {
    const ids = async (list) =>
      (await lk.sip.listSipDispatchRule(list)).map((it) => it.sipDispatchRuleId);
    assert.deepEqual(await ids(), [rule.sipDispatchRuleId]);
    assert.deepEqual(await ids({ trunkIds: ['ST_some'] }), [rule.sipDispatchRuleId]);
    assert.deepEqual(await ids({ trunkIds: ['ST_other'] }), []);
  });
  await check('dispatch rules: delete, once', async () => {
    const { sipDispatchRuleId } = rule;
    holds(await lk.sip.deleteSipDispatchRule(sipDispatchRuleId), { sipDispatchRuleId, name: 'day' });
    await refused(lk.sip.deleteSipDispatchRule(sipDispatchRuleId), 'not_found');
  });
}

export async function calls({ sipTrunkId }) {
  await check('calls: dial', async () => {
    const call = await lk.sip.createSipParticipant(sipTrunkId, '+15550140', 'daily', {
      participantIdentity: 'caller',
      participantName: 'Caller',
      participantMetadata: 'm',
      participantAttributes: { seat: '12' },
      waitUntilAnswered: true,
    });
    assert.match(call.participantId, /^PA_\w{12}$/);
    assert.match(call.sipCallId, /^SCL_\w{12}$/);
    holds(call, { participantIdentity: 'caller', roomName: 'daily' });
  });
  await check('calls: a missing trunk', () =>
    refused(lk.sip.createSipParticipant('ST_missing', '+15550140', 'daily'), 'not_found'));
  await check('calls: no number', () =>
    refused(lk.sip.createSipParticipant(sipTrunkId, '', 'daily'), 'invalid_argument'));
  await check('calls: an address for a number', () =>
    refused(lk.sip.createSipParticipant(sipTrunkId, 'a@b', 'daily'), 'invalid_argument'));
  await check('calls: transfer to what is no address', () =>
    refused(lk.sip.transferSipParticipant('daily', 'caller', '+15550150'), 'invalid_argument'));
  await check('calls: transfer of a missing participant', async () => {
    const call = lk.sip.transferSipParticipant('daily', 'nobody', 'tel:+15550150');
    assert.ok(!((await refused(call, 'not_found')) instanceof SipCallError));
  });
}

// The end of calls, and what webhooks told of the room that one of them was in.
export async function hangUp({ sipTrunkId }) {
  await check('calls: transfer', async () => {
    await lk.sip.transferSipParticipant('daily', 'caller', 'tel:+15550150');
  });
  await check('participants: remove, once', async () => {
    await lk.sip.createSipParticipant(sipTrunkId, '+15550170', 'desk');
    await lk.room.removeParticipant('desk', 'sip-participant');
    await refused(lk.room.removeParticipant('desk', 'sip-participant'), 'not_found');
  });
  await check('webhooks: a room and who was in it, in order', async () => {
    await lk.room.deleteRoom('desk');
    const names = ['room_started', 'participant_joined', 'participant_left', 'room_finished'];
    const events = await told(({ event }) => event.room?.name === 'desk', names);
    const [started, joined, left, finished] = events;
    assert.match(started.room.sid, /^RM_/);
    assert.deepEqual(new Set(events.map(({ room }) => room.sid)).size, 1);
    assert.equal(new Set(events.map(({ id }) => id)).size, 4);
    assert.match(started.id, /^EV_\w{12}$/);
    assert.equal(joined.participant.identity, 'sip-participant');
    assert.equal(left.participant.toJson().disconnectReason, 'PARTICIPANT_REMOVED');
    assert.ok(finished.createdAt >= started.createdAt && started.createdAt > 1.7e9);
  });
}
