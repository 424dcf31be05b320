"""What comes into rooms and what goes out of them: egress, ingress, connectors."""

from livekit import api
from livekit.protocol.rtc import SessionDescription

from .check import KEY, PORT, check, equal, holds, is_id, refused, seconds_ago, told

S3 = {"access_key": "AKEXAMPLE", "secret": "hidden", "region": "eu-west-1", "bucket": "videos"}


async def egress(lk):
    recordings = await egress_started(lk)

    async def ids(**filters):
        found = await lk.egress.list_egress(api.ListEgressRequest(**filters))
        return sorted(it.egress_id for it in found.items)

    def add_stream(egress_id):
        urls = ["rtmp://live.example.com/app/stream-key-2"]
        request = api.UpdateStreamRequest(egress_id=egress_id, add_output_urls=urls)
        return lk.egress.update_stream(request)

    def stop(egress_id):
        return lk.egress.stop_egress(api.StopEgressRequest(egress_id=egress_id))

    def set_layout(egress_id):
        request = api.UpdateLayoutRequest(egress_id=egress_id, layout="speaker")
        return lk.egress.update_layout(request)

    room_id = recordings["room"].egress_id
    with check("egress: list"):
        web_id = recordings["web"].egress_id
        all_ids = sorted(it.egress_id for it in recordings.values())
        equal(await ids(), all_ids)
        of_room = [it for it in all_ids if it != web_id]
        equal(await ids(room_name="daily", active=True), of_room)
        equal(await ids(egress_id=room_id), [room_id])
        await refused(ids(egress_id="EG_missing"), "not_found")
    with check("egress: add a stream"):
        updated = await add_stream(recordings["web"].egress_id)
        masked = [f"rtmp://live.example.com/app/{{str...y-{number}}}" for number in (1, 2)]
        equal([it.url for it in updated.stream_results], masked)
        await refused(add_stream("EG_missing"), "not_found")
    with check("egress: the layout of a missing one"):
        await refused(set_layout("EG_missing"), "not_found")
    with check("egress: stop"):
        stopped = await stop(room_id)
        equal(stopped.egress_id, room_id)
        assert stopped.status >= api.EgressStatus.EGRESS_ENDING, stopped.status
        await refused(stop("EG_missing"), "not_found")
    with check("egress: stop twice"):
        await refused(stop(room_id), "failed_precondition")
    with check("egress: webhooks"):
        names = ["egress_started", "egress_updated", "egress_updated", "egress_ended"]
        events = await told(
            names, lambda path, event: path == "/" and event.egress_info.egress_id == room_id
        )
        holds(events[0].room, name="daily", sid=recordings["room"].room_id, creation_time=None)
        equal(events[-1].egress_info.status, api.EgressStatus.EGRESS_COMPLETE)
        await told(names, lambda path, _: path == "/own")


async def egress_started(lk):
    recordings = dict.fromkeys(["room", "web", "track", "caller"], api.EgressInfo())
    file = api.EncodedFileOutput(filepath="daily.mp4", s3=api.S3Upload(**S3))
    own = api.WebhookConfig(url=f"http://127.0.0.1:{PORT}/own", signing_key=KEY)

    def record_room(room):
        request = api.RoomCompositeEgressRequest(
            room_name=room,
            layout="grid",
            preset=api.EncodingOptionsPreset.H264_720P_30,
            file_outputs=[file],
            webhooks=[own],
        )
        return lk.egress.start_room_composite_egress(request)

    with check("egress: a room to S3"):
        info = recordings["room"] = await record_room("daily")
        assert is_id(info.egress_id, "EG_"), info.egress_id
        (room,) = (await lk.room.list_rooms(api.ListRoomsRequest(names=["daily"]))).rooms
        holds(info, room_name="daily", room_id=room.sid)
        assert seconds_ago(info.started_at / 1e9) < 60, info.started_at
        holds(info.room_composite, layout="grid", preset="H264_720P_30")
        upload = info.room_composite.file_outputs[0].s3
        equal((upload.secret, upload.bucket), ("{secret}", "videos"))
    with check("egress: a missing room"):
        await refused(record_room("nowhere"), "not_found")
    with check("egress: a page, to a stream"):
        urls = ["rtmp://live.example.com/app/stream-key-1"]
        stream = api.StreamOutput(protocol=api.StreamProtocol.RTMP, urls=urls)
        request = api.WebEgressRequest(url="https://example.com", stream_outputs=[stream])
        recordings["web"] = await lk.egress.start_web_egress(request)
        equal(recordings["web"].web.url, "https://example.com")
        equal(recordings["web"].room_name, "")
    with check("egress: a track"):
        output = api.DirectFileOutput(filepath="track")
        request = api.TrackEgressRequest(room_name="daily", track_id="TR_x", file=output)
        recordings["track"] = await lk.egress.start_track_egress(request)
        equal(recordings["track"].track.track_id, "TR_x")
    with check("egress: a participant"):
        request = api.ParticipantEgressRequest(
            room_name="daily", identity="caller", file_outputs=[file]
        )
        recordings["caller"] = await lk.egress.start_participant_egress(request)
        equal(recordings["caller"].participant.identity, "caller")
    return recordings


async def ingress(lk):
    who = {"participant_identity": "streamer", "participant_name": "Streamer"}

    def create(input_type, **fields):
        return lk.ingress.create_ingress(api.CreateIngressRequest(input_type=input_type, **fields))

    def update(ingress_id, **fields):
        return lk.ingress.update_ingress(api.UpdateIngressRequest(ingress_id=ingress_id, **fields))

    def delete(ingress_id):
        return lk.ingress.delete_ingress(api.DeleteIngressRequest(ingress_id=ingress_id))

    async def ids(**filters):
        found = await lk.ingress.list_ingress(api.ListIngressRequest(**filters))
        return sorted(it.ingress_id for it in found.items)

    rtmp = whip = api.IngressInfo()
    with check("ingress: create RTMP"):
        options = {"name": "studio", "room_name": "stage", **who}
        rtmp = await create(api.IngressInput.RTMP_INPUT, **options)
        assert is_id(rtmp.ingress_id, "IN_") and is_id(rtmp.stream_key, ""), rtmp
        holds(rtmp, reusable=True, enable_transcoding=True, **options)
        equal(rtmp.input_type, api.IngressInput.RTMP_INPUT)
    with check("ingress: create WHIP"):
        whip = await create(api.IngressInput.WHIP_INPUT, room_name="studio", **who)
        holds(whip, input_type="WHIP_INPUT", enable_transcoding=False)
    with check("ingress: create URL"):
        url = "https://example.com/film.m3u8"
        pulled = await create(api.IngressInput.URL_INPUT, room_name="cinema", url=url, **who)
        holds(pulled, url=url, room_name="cinema", stream_key=None, reusable=None)
        await refused(update(pulled.ingress_id, name="x"), "invalid_argument")
        await delete(pulled.ingress_id)
    for name, input_type, fields in [
        ("nobody", api.IngressInput.RTMP_INPUT, {"room_name": "stage"}),
        ("nowhere", api.IngressInput.URL_INPUT, {"room_name": "stage", **who}),
        ("FTP", api.IngressInput.URL_INPUT, {"room_name": "x", "url": "ftp://example.com", **who}),
        ("untouched RTMP", api.IngressInput.RTMP_INPUT, {"enable_transcoding": False, **who}),
    ]:
        with check(f"ingress: {name} cannot be"):
            await refused(create(input_type, **fields), "invalid_argument")
    with check("ingress: update"):
        fields = {"name": "hall", "room_name": "hall"}
        updated = await update(rtmp.ingress_id, **fields)
        holds(updated, ingress_id=rtmp.ingress_id, stream_key=rtmp.stream_key, **fields, **who)
        await refused(update("IN_missing", name="x"), "not_found")
    with check("ingress: list"):
        equal(await ids(), sorted([rtmp.ingress_id, whip.ingress_id]))
        equal(await ids(room_name="hall"), [rtmp.ingress_id])
        equal(await ids(ingress_id=whip.ingress_id), [whip.ingress_id])
        await refused(ids(ingress_id="IN_missing"), "not_found")
    with check("ingress: delete, once"):
        equal((await delete(rtmp.ingress_id)).ingress_id, rtmp.ingress_id)
        await refused(delete(rtmp.ingress_id), "not_found")


async def connectors(lk):
    account = {
        "whatsapp_phone_number_id": "1",
        "whatsapp_api_key": "k",
        "whatsapp_cloud_api_version": "24.0",
    }
    call_id = ""

    async def present():
        found = await lk.room.list_participants(api.ListParticipantsRequest(room="wa-out"))
        return [it.identity for it in found.participants]

    def connect():
        sdp = SessionDescription(type="answer", sdp="v=0")
        request = api.ConnectWhatsAppCallRequest(whatsapp_call_id=call_id, sdp=sdp)
        return lk.connector.connect_whatsapp_call(request)

    def disconnect():
        request = api.DisconnectWhatsAppCallRequest(whatsapp_call_id=call_id, whatsapp_api_key="k")
        return lk.connector.disconnect_whatsapp_call(request)

    with check("connectors: dial WhatsApp"):
        request = api.DialWhatsAppCallRequest(
            whatsapp_to_phone_number="+15550160",
            room_name="wa-out",
            participant_identity="wa",
            **account,
        )
        call = await lk.connector.dial_whatsapp_call(request)
        call_id = call.whatsapp_call_id
        assert call_id
        equal(call.room_name, "wa-out")
    with check("connectors: connect and disconnect WhatsApp"):
        equal(await present(), [])
        await connect()
        equal(await present(), ["wa"])
        await disconnect()
        equal(await present(), [])
        await refused(disconnect(), "not_found")
    with check("connectors: accept WhatsApp"):
        request = api.AcceptWhatsAppCallRequest(
            whatsapp_call_id="wacid",
            sdp=SessionDescription(type="offer", sdp="v=0"),
            room_name="wa-in",
            **account,
        )
        equal((await lk.connector.accept_whatsapp_call(request)).room_name, "wa-in")
    with check("connectors: Twilio"):
        direction = api.ConnectTwilioCallRequest.TWILIO_CALL_DIRECTION_INBOUND
        request = api.ConnectTwilioCallRequest(
            twilio_call_direction=direction, room_name="twilio"
        )
        answer = await lk.connector.connect_twilio_call(request)
        assert answer.connect_url.startswith("wss://"), answer
