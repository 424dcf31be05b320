//! Webhook events as protobuf JSON.

use livekit_sdk::proto::WebhookEvent;

/// What is read as an event is written, and read again as the same event.
///
/// # Panics
/// It is not.
pub fn event_json(data: &[u8]) {
    if let Ok(event) = serde_json::from_slice::<WebhookEvent>(data) {
        round_trip(&event);
    }
}

/// Compared as JSON, in which NaN equals itself.
pub(super) fn round_trip(event: &WebhookEvent) {
    let written = serde_json::to_value(event).expect("an event that was read can be written");
    let again: WebhookEvent = serde_json::from_value(written.clone()).expect("what was written can be read");
    assert_eq!(serde_json::to_value(&again).expect("and written again"), written);
}
