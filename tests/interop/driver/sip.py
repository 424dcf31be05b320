"""SIP trunks, dispatch rules and calls."""

from livekit import api

from .check import check, equal, holds, is_id, refused, told


async def inbound_trunks(lk):
    def create(**fields):
        trunk = api.SIPInboundTrunkInfo(**fields)
        return lk.sip.create_inbound_trunk(api.CreateSIPInboundTrunkRequest(trunk=trunk))

    async def ids(**filters):
        found = await lk.sip.list_inbound_trunk(api.ListSIPInboundTrunkRequest(**filters))
        return [it.sip_trunk_id for it in found.items]

    numbers = ["+15550100"]
    trunk = api.SIPInboundTrunkInfo()
    with check("inbound trunks: create"):
        options = {"allowed_addresses": ["192.0.2.1"], "auth_username": "in", "metadata": "m"}
        trunk = await create(name="office", numbers=numbers, auth_password="pass", **options)
        assert is_id(trunk.sip_trunk_id, "ST_"), trunk.sip_trunk_id
        holds(trunk, name="office", numbers=numbers, **options)
    with check("inbound trunks: one for each number"):
        await refused(create(numbers=["+1 (555) 0100"]), "invalid_argument")
    with check("inbound trunks: open to everyone"):
        await refused(create(name="open"), "invalid_argument")
    with check("inbound trunks: an id of the caller's own"):
        await refused(create(sip_trunk_id="ST_x", numbers=["+15550109"]), "invalid_argument")
    with check("inbound trunks: a header that cannot be"):
        headers = {"Call-ID": "x"}
        await refused(create(numbers=["+15550109"], headers=headers), "invalid_argument")
    with check("inbound trunks: update fields"):
        added = api.ListUpdate(add=["+15550101"])
        updated = await lk.sip.update_inbound_trunk_fields(
            trunk.sip_trunk_id, name="front", numbers=added
        )
        holds(updated, name="front", numbers=[*numbers, "+15550101"], metadata="m")
    with check("inbound trunks: replace"):
        other = api.SIPInboundTrunkInfo(name="back", numbers=numbers)
        replaced = await lk.sip.update_inbound_trunk(trunk.sip_trunk_id, other)
        fields = {"sip_trunk_id": trunk.sip_trunk_id, "name": "back", "numbers": numbers}
        holds(replaced, metadata=None, **fields)
    with check("inbound trunks: list"):
        equal(await ids(), [trunk.sip_trunk_id])
        equal(await ids(numbers=numbers), [trunk.sip_trunk_id])
        equal(await ids(numbers=["+15550199"]), [])
    with check("inbound trunks: update a missing one"):
        update = lk.sip.update_inbound_trunk_fields("ST_missing", name="x")
        await refused(update, "not_found")
    return trunk.sip_trunk_id


async def outbound_trunks(lk, inbound_id):
    def create(**fields):
        trunk = api.SIPOutboundTrunkInfo(**fields)
        return lk.sip.create_outbound_trunk(api.CreateSIPOutboundTrunkRequest(trunk=trunk))

    def delete(trunk_id):
        return lk.sip.delete_trunk(api.DeleteSIPTrunkRequest(sip_trunk_id=trunk_id))

    trunk = api.SIPOutboundTrunkInfo()
    fields = {"name": "carrier", "address": "sip.example.com", "numbers": ["+15550110"]}
    with check("outbound trunks: create"):
        tcp = api.SIPTransport.SIP_TRANSPORT_TCP
        trunk = await create(transport=tcp, destination_country="US", **fields)
        assert is_id(trunk.sip_trunk_id, "ST_"), trunk.sip_trunk_id
        holds(trunk, transport="SIP_TRANSPORT_TCP", destination_country="US", **fields)
    with check("outbound trunks: an address that is a URI"):
        await refused(create(**{**fields, "address": "sip:example.com"}), "invalid_argument")
    with check("outbound trunks: without numbers"):
        await refused(create(**{**fields, "numbers": []}), "invalid_argument")
    with check("outbound trunks: update fields"):
        numbers = ["+15550120", "+15550121"]
        updated = await lk.sip.update_outbound_trunk_fields(
            trunk.sip_trunk_id, metadata="new", numbers=numbers
        )
        holds(updated, name="carrier", metadata="new", numbers=numbers)
    with check("outbound trunks: replace"):
        other = {"name": "other", "address": "sip2.example.com", "numbers": ["+15550130"]}
        replacement = api.SIPOutboundTrunkInfo(**other)
        replaced = await lk.sip.update_outbound_trunk(trunk.sip_trunk_id, replacement)
        holds(replaced, sip_trunk_id=trunk.sip_trunk_id, **other)
    with check("outbound trunks: list"):
        request = api.ListSIPOutboundTrunkRequest(trunk_ids=[trunk.sip_trunk_id])
        found = await lk.sip.list_outbound_trunk(request)
        equal([it.name for it in found.items], ["other"])
    with check("trunks: delete"):
        equal((await delete(inbound_id)).sip_trunk_id, inbound_id)
        left = await lk.sip.list_inbound_trunk(api.ListSIPInboundTrunkRequest())
        equal(list(left.items), [])
        await delete("ST_missing")
        await refused(delete(""), "invalid_argument")
    return trunk.sip_trunk_id


async def dispatch_rules(lk):
    def create(rule, **fields):
        info = api.SIPDispatchRuleInfo(rule=api.SIPDispatchRule(**rule), **fields)
        return lk.sip.create_dispatch_rule(api.CreateSIPDispatchRuleRequest(dispatch_rule=info))

    def delete(rule_id):
        request = api.DeleteSIPDispatchRuleRequest(sip_dispatch_rule_id=rule_id)
        return lk.sip.delete_dispatch_rule(request)

    async def ids(**filters):
        found = await lk.sip.list_dispatch_rule(api.ListSIPDispatchRuleRequest(**filters))
        return [it.sip_dispatch_rule_id for it in found.items]

    rule_id = ""
    direct = {"dispatch_rule_direct": {"room_name": "lobby", "pin": "1234"}}
    with check("dispatch rules: create"):
        options = {"name": "main", "metadata": "m", "attributes": {"tier": "gold"}}
        rule = await create(direct, **options)
        rule_id = rule.sip_dispatch_rule_id
        assert is_id(rule_id, "SDR_"), rule_id
        holds(rule, rule=direct, **options)
    with check("dispatch rules: two of one pin"):
        await refused(create(direct), "invalid_argument")
    with check("dispatch rules: of no kind"):
        await refused(create({}), "invalid_argument")
    with check("dispatch rules: of the other kinds"):
        for other in [
            {"dispatch_rule_individual": {"room_prefix": "call-", "pin": "5"}},
            {"dispatch_rule_callee": {"room_prefix": "to-", "pin": "6", "randomize": True}},
        ]:
            made = await create(other)
            holds(made, rule=other)
            await delete(made.sip_dispatch_rule_id)
    with check("dispatch rules: update fields"):
        attributes = {"tier": "", "desk": "4"}
        updated = await lk.sip.update_dispatch_rule_fields(
            rule_id, name="night", attributes=attributes
        )
        holds(updated, name="night", metadata="m", attributes={"desk": "4"})
    with check("dispatch rules: replace"):
        other = {"name": "day", "rule": direct, "trunk_ids": ["ST_some"]}
        info = api.SIPDispatchRuleInfo(**other)
        replaced = await lk.sip.update_dispatch_rule(rule_id, info)
        holds(replaced, sip_dispatch_rule_id=rule_id, metadata=None, **other)
    with check("dispatch rules: list"):
        equal(await ids(), [rule_id])
        equal(await ids(trunk_ids=["ST_some"]), [rule_id])
        equal(await ids(trunk_ids=["ST_other"]), [])
    with check("dispatch rules: delete, once"):
        holds(await delete(rule_id), sip_dispatch_rule_id=rule_id, name="day")
        await refused(delete(rule_id), "not_found")


def dial(lk, **fields):
    return lk.sip.create_sip_participant(api.CreateSIPParticipantRequest(**fields))


def transfer(lk, identity, to):
    request = api.TransferSIPParticipantRequest(
        room_name="daily", participant_identity=identity, transfer_to=to
    )
    return lk.sip.transfer_sip_participant(request)


async def calls(lk, trunk_id):
    fields = {"sip_trunk_id": trunk_id, "sip_call_to": "+15550140", "room_name": "daily"}
    with check("calls: dial"):
        call = await dial(
            lk,
            participant_identity="caller",
            participant_name="Caller",
            participant_metadata="m",
            participant_attributes={"seat": "12"},
            wait_until_answered=True,
            **fields,
        )
        assert is_id(call.participant_id, "PA_") and is_id(call.sip_call_id, "SCL_"), call
        holds(call, participant_identity="caller", room_name="daily")
    with check("calls: a missing trunk"):
        await refused(dial(lk, **{**fields, "sip_trunk_id": "ST_missing"}), "not_found")
    for name, value in [("sip_call_to", ""), ("sip_call_to", "a@b"), ("room_name", "")]:
        with check(f"calls: {name} {value!r}"):
            await refused(dial(lk, **{**fields, name: value}), "invalid_argument")
    with check("calls: transfer to what is no address"):
        await refused(transfer(lk, "caller", "+15550150"), "invalid_argument")
    with check("calls: transfer of a missing participant"):
        error = await refused(transfer(lk, "nobody", "tel:+15550150"), "not_found")
        assert not isinstance(error, api.SipCallError)


async def hang_up(lk, trunk_id):
    """The end of calls, and what webhooks told of the room that one of them was in."""

    def remove(identity):
        request = api.RoomParticipantIdentity(room="desk", identity=identity)
        return lk.room.remove_participant(request)

    with check("calls: transfer"):
        moved = await transfer(lk, "caller", "tel:+15550150")
        equal(moved.status, api.SIPTransferStatus.STS_TRANSFER_SUCCESSFUL)
        assert is_id(moved.transfer_id, "STR_"), moved.transfer_id
    with check("participants: remove, once"):
        await dial(lk, sip_trunk_id=trunk_id, sip_call_to="+15550170", room_name="desk")
        await remove("sip_+15550170")
        await refused(remove("sip_+15550170"), "not_found")
    with check("webhooks: a room and who was in it, in order"):
        await lk.room.delete_room(api.DeleteRoomRequest(room="desk"))
        names = ["room_started", "participant_joined", "participant_left", "room_finished"]
        events = await told(names, lambda _, event: event.room.name == "desk")
        started, joined, left, finished = events
        equal({event.room.sid for event in events}, {started.room.sid})
        equal(len({event.id for event in events}), 4)
        assert is_id(started.room.sid, "RM_") and is_id(started.id, "EV_"), started
        equal(joined.participant.identity, "sip_+15550170")
        equal(left.participant.disconnect_reason, api.DisconnectReason.PARTICIPANT_REMOVED)
        assert finished.created_at >= started.created_at > 1.7e9
