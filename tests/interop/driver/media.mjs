// What comes into rooms and what goes out of them: egress, ingress, connectors.
import assert from 'node:assert/strict';
import {
  ConnectTwilioCallRequest_TwilioCallDirection as TwilioCallDirection,
  DirectFileOutput,
  EgressStatus,
  EncodedFileOutput,
  EncodingOptionsPreset,
  IngressInput,
  S3Upload,
  SessionDescription,
  StreamOutput,
  StreamProtocol,
  WebhookConfig,
} from 'livekit-server-sdk';
import { apiKey, check, holds, lk, port, refused, secondsAgo, told } from './check.mjs';

export async function egress() {
  const s3 = { accessKey: 'AKEXAMPLE', secret: 'hidden', region: 'eu-west-1', bucket: 'videos' };
  const output = { case: 's3', value: new S3Upload(s3) };
  const file = new EncodedFileOutput({ filepath: 'daily.mp4', output });
  const recordings = { room: {}, web: {}, track: {}, caller: {} };
  await check('egress: a room to S3', async () => {
    recordings.room = await lk.egress.startRoomCompositeEgress('daily', { file }, {
      layout: 'grid',
      encodingOptions: EncodingOptionsPreset.H264_1080P_30,
      webhooks: [new WebhookConfig({ url: `http://127.0.0.1:${port}/own`, signingKey: apiKey })],
    });
    const { egressId, roomId, roomName, startedAt, request } = recordings.room;
    assert.match(egressId, /^EG_\w{12}$/);
    assert.equal(roomName, 'daily');
    assert.equal(roomId, (await lk.room.listRooms(['daily']))[0].sid);
    assert.ok(secondsAgo(startedAt / 1_000_000_000n) < 60, startedAt);
    assert.equal(request.case, 'roomComposite');
    const { layout, options } = request.value;
    assert.deepEqual([layout, options.value], ['grid', EncodingOptionsPreset.H264_1080P_30]);
    const upload = request.value.fileOutputs[0].output.value;
    assert.deepEqual([upload.secret, upload.bucket], ['{secret}', 'videos']);
  });
  await check('egress: a missing room', () =>
    refused(lk.egress.startRoomCompositeEgress('nowhere', { file }), 'not_found'));
  await check('egress: a page, to a stream', async () => {
    const urls = ['rtmp://live.example.com/app/stream-key-1'];
    const stream = new StreamOutput({ protocol: StreamProtocol.RTMP, urls });
    recordings.web = await lk.egress.startWebEgress('https://example.com', { stream });
    assert.equal(recordings.web.request.case, 'web');
    assert.equal(recordings.web.request.value.url, 'https://example.com');
    assert.equal(recordings.web.roomName, '');
  });
  await check('egress: a track', async () => {
    const output = new DirectFileOutput({ filepath: 'track' });
    recordings.track = await lk.egress.startTrackEgress('daily', output, 'TR_x');
    assert.equal(recordings.track.request.case, 'track');
    assert.equal(recordings.track.request.value.trackId, 'TR_x');
  });
  await check('egress: a participant', async () => {
    recordings.caller = await lk.egress.startParticipantEgress('daily', 'caller', { file });
    assert.equal(recordings.caller.request.case, 'participant');
    assert.equal(recordings.caller.request.value.identity, 'caller');
  });
  await check('egress: list', async () => {
    const ids = async (list) => (await lk.egress.listEgress(list)).map((it) => it.egressId).sort();
    const all = Object.values(recordings).map(({ egressId }) => egressId);
    assert.deepEqual(await ids(), all.sort());
    const { room, web } = recordings;
    const ofRoom = all.filter((id) => id !== web.egressId);
    assert.deepEqual(await ids({ roomName: 'daily', active: true }), ofRoom);
    assert.deepEqual(await ids({ egressId: room.egressId }), [room.egressId]);
    await refused(ids({ egressId: 'EG_missing' }), 'not_found');
  });
  await check('egress: add a stream', async () => {
    const added = ['rtmp://live.example.com/app/stream-key-2'];
    const { egressId } = recordings.web;
    const { streamResults } = await lk.egress.updateStream(egressId, added);
    const masked = ['{str...y-1}', '{str...y-2}'].map((key) => `rtmp://live.example.com/app/${key}`);
    assert.deepEqual(streamResults.map(({ url }) => url), masked);
    await refused(lk.egress.updateStream('EG_missing', added), 'not_found');
  });
  await check('egress: the layout of a missing one', () =>
    refused(lk.egress.updateLayout('EG_missing', 'speaker'), 'not_found'));
  await check('egress: stop', async () => {
    const { egressId } = recordings.room;
    const stopped = await lk.egress.stopEgress(egressId);
    assert.equal(stopped.egressId, egressId);
    assert.ok(stopped.status >= EgressStatus.EGRESS_ENDING, stopped.status);
    await refused(lk.egress.stopEgress('EG_missing'), 'not_found');
  });
  await check('egress: stop twice', () =>
    refused(lk.egress.stopEgress(recordings.room.egressId), 'failed_precondition'));
  await check('egress: webhooks', async () => {
    const isIt = ({ path, event }) =>
      path === '/' && event.egressInfo?.egressId === recordings.room.egressId;
    const names = ['egress_started', 'egress_updated', 'egress_updated', 'egress_ended'];
    const [first, , , last] = await told(isIt, names);
    assert.deepEqual(first.room.toJson(), { sid: recordings.room.roomId, name: 'daily' });
    assert.equal(last.egressInfo.status, EgressStatus.EGRESS_COMPLETE);
    await told(({ path }) => path === '/own', names);
  });
}

export async function ingress() {
  const who = { participantIdentity: 'streamer', participantName: 'Streamer' };
  let rtmp;
  let whip;
  await check('ingress: create RTMP', async () => {
    const options = { name: 'studio', roomName: 'stage', ...who };
    rtmp = await lk.ingress.createIngress(IngressInput.RTMP_INPUT, options);
    assert.match(rtmp.ingressId, /^IN_\w{12}$/);
    assert.match(rtmp.streamKey, /^\w{12}$/);
    holds(rtmp, { ...options, reusable: true, enableTranscoding: true });
    assert.equal(rtmp.inputType, IngressInput.RTMP_INPUT);
  });
  await check('ingress: create WHIP', async () => {
    whip = await lk.ingress.createIngress(IngressInput.WHIP_INPUT, { roomName: 'studio', ...who });
    assert.equal(whip.inputType, IngressInput.WHIP_INPUT);
    assert.equal(whip.enableTranscoding, false);
  });
  await check('ingress: create URL', async () => {
    const url = 'https://example.com/film.m3u8';
    const options = { roomName: 'cinema', url, ...who };
    const pulled = await lk.ingress.createIngress(IngressInput.URL_INPUT, options);
    holds(pulled, { url, roomName: 'cinema' });
    assert.deepEqual([pulled.streamKey, pulled.reusable], ['', false]);
    const update = lk.ingress.updateIngress(pulled.ingressId, { name: 'x' });
    await refused(update, 'invalid_argument');
    await lk.ingress.deleteIngress(pulled.ingressId);
  });
  await check('ingress: what cannot be', async () => {
    const create = (type, options) => lk.ingress.createIngress(IngressInput[type], options);
    await refused(create('URL_INPUT', { roomName: 'stage', ...who }), 'invalid_argument');
    const ftp = { roomName: 'stage', url: 'ftp://example.com', ...who };
    await refused(create('URL_INPUT', ftp), 'invalid_argument');
    const untouched = { roomName: 'stage', enableTranscoding: false, ...who };
    await refused(create('RTMP_INPUT', untouched), 'invalid_argument');
  });
  await check('ingress: update', async () => {
    const { ingressId, streamKey } = rtmp;
    const updated = await lk.ingress.updateIngress(ingressId, { name: 'hall', roomName: 'hall' });
    holds(updated, { ingressId, streamKey, name: 'hall', roomName: 'hall', ...who });
    await refused(lk.ingress.updateIngress('IN_missing', { name: 'x' }), 'not_found');
  });
  await check('ingress: list', async () => {
    const ids = async (list) => (await lk.ingress.listIngress(list)).map((it) => it.ingressId);
    assert.deepEqual((await ids()).sort(), [rtmp.ingressId, whip.ingressId].sort());
    assert.deepEqual(await ids({ roomName: 'hall' }), [rtmp.ingressId]);
    assert.deepEqual(await ids({ ingressId: whip.ingressId }), [whip.ingressId]);
    await refused(ids({ ingressId: 'IN_missing' }), 'not_found');
  });
  await check('ingress: delete, once', async () => {
    assert.equal((await lk.ingress.deleteIngress(rtmp.ingressId)).ingressId, rtmp.ingressId);
    await refused(lk.ingress.deleteIngress(rtmp.ingressId), 'not_found');
  });
}

export async function connectors() {
  const whatsApp = { whatsappPhoneNumberId: '1', whatsappApiKey: 'k', whatsappCloudApiVersion: '24.0' };
  let call;
  await check('connectors: dial WhatsApp', async () => {
    const options = { whatsappToPhoneNumber: '+15550160', roomName: 'wa-out', ...whatsApp };
    call = await lk.connector.dialWhatsAppCall({ participantIdentity: 'wa', ...options });
    assert.notEqual(call.whatsappCallId, '');
    assert.equal(call.roomName, 'wa-out');
  });
  await check('connectors: connect and disconnect WhatsApp', async () => {
    const present = async () => (await lk.room.listParticipants('wa-out')).map((it) => it.identity);
    assert.deepEqual(await present(), []);
    const sdp = new SessionDescription({ type: 'answer', sdp: 'v=0' });
    await lk.connector.connectWhatsAppCall(call.whatsappCallId, sdp);
    assert.deepEqual(await present(), ['wa']);
    await lk.connector.disconnectWhatsAppCall(call.whatsappCallId, 'k');
    assert.deepEqual(await present(), []);
    const again = lk.connector.disconnectWhatsAppCall(call.whatsappCallId, 'k');
    await refused(again, 'not_found');
  });
  await check('connectors: accept WhatsApp', async () => {
    const sdp = new SessionDescription({ type: 'offer', sdp: 'v=0' });
    const options = { whatsappCallId: 'wacid', sdp, roomName: 'wa-in', ...whatsApp };
    assert.equal((await lk.connector.acceptWhatsAppCall(options)).roomName, 'wa-in');
  });
  await check('connectors: Twilio', async () => {
    const twilioCallDirection = TwilioCallDirection.TWILIO_CALL_DIRECTION_INBOUND;
    const options = { twilioCallDirection, roomName: 'twilio' };
    const { connectUrl } = await lk.connector.connectTwilioCall(options);
    assert.match(connectUrl, /^wss?:/);
  });
}
