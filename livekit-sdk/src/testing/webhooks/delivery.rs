//! Posting webhooks: in order, and again when that may help.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::{HeaderValue, Request, Response, StatusCode};
use tokio::sync::mpsc;

use super::SentWebhook;
use crate::proto::WebhookEvent;
use crate::transport::{HttpTransport, Transport};

/// Events that wait in one queue; what comes on top is dropped.
const DEPTH: usize = 200;
/// How long a queue stays when nothing is in it.
const IDLE: Duration = Duration::from_secs(5 * 60);
/// How often a webhook is sent again.
const RETRIES: u32 = 4;
/// The wait before the first retry; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// One queue for each URL and thing that events are about: what happens to one room is told in order, and
/// does not wait for another.
#[derive(Default)]
pub(super) struct Queues {
    senders: Mutex<HashMap<(String, String), mpsc::Sender<SentWebhook>>>,
    transport: OnceLock<Option<Arc<HttpTransport>>>,
}

impl Queues {
    /// Posts an event after those before it. Without a tokio runtime there is nothing that could.
    pub(super) fn push(&self, url: &str, sent: SentWebhook, event: &WebhookEvent) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let Some(transport) = self.transport() else { return };
        let mut senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        senders.retain(|_, sender| !sender.is_closed());
        let start = || {
            let (sender, queue) = mpsc::channel(DEPTH);
            runtime.spawn(deliver_all(transport.clone(), url.to_owned(), queue));
            sender
        };
        let sender = senders.entry((url.to_owned(), subject(event))).or_insert_with(start);
        // A full queue drops what comes, as the server's does; one that just went idle is replaced.
        if let Err(mpsc::error::TrySendError::Closed(sent)) = sender.try_send(sent) {
            *sender = start();
            let _ = sender.try_send(sent);
        }
    }

    fn transport(&self) -> Option<Arc<HttpTransport>> {
        self.transport.get_or_init(|| HttpTransport::new().ok().map(Arc::new)).clone()
    }
}

/// What an event is about.
fn subject(event: &WebhookEvent) -> String {
    let egress = event.egress_info.as_ref().map(|it| it.egress_id.as_str());
    let ingress = event.ingress_info.as_ref().map(|it| it.ingress_id.as_str());
    let room = event.room.as_ref().map(|it| it.name.as_str());
    let participant = event.participant.as_ref().map(|it| it.identity.as_str());
    egress.or(ingress).or(room).or(participant).unwrap_or_default().to_owned()
}

async fn deliver_all(transport: Arc<HttpTransport>, url: String, mut queue: mpsc::Receiver<SentWebhook>) {
    while let Ok(Some(sent)) = tokio::time::timeout(IDLE, queue.recv()).await {
        deliver(&*transport, &url, &sent).await;
    }
}

/// Posts until it is answered, or until it has been tried often enough.
async fn deliver(transport: &dyn Transport, url: &str, sent: &SentWebhook) {
    let Some(request) = request(url, sent) else { return };
    let mut wait = FIRST_WAIT;
    for retry in 0..=RETRIES {
        let answer = transport.send(request.clone()).await;
        let Some(asked) = retry_after(answer.ok().as_ref()) else { return };
        if retry < RETRIES {
            tokio::time::sleep(asked.unwrap_or(wait).min(MAX_WAIT)).await;
            wait *= 2;
        }
    }
}

/// Whether to send again (no answer, 429, or 5xx other than 501), and after how long if the answer says so.
fn retry_after(answer: Option<&Response<Bytes>>) -> Option<Option<Duration>> {
    let Some(answer) = answer else { return Some(None) };
    let status = answer.status();
    let is_transient = status == StatusCode::TOO_MANY_REQUESTS
        || (status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED);
    let says_when = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let seconds = || answer.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok().map(Duration::from_secs);
    is_transient.then(|| if says_when { seconds() } else { None })
}

fn request(url: &str, sent: &SentWebhook) -> Option<Request<Bytes>> {
    let mut authorization = HeaderValue::try_from(&sent.authorization).ok()?;
    authorization.set_sensitive(true);
    let request = Request::post(url)
        .header(AUTHORIZATION, authorization)
        .header(CONTENT_TYPE, "application/webhook+json")
        .header(USER_AGENT, "LiveKit");
    request.body(sent.body.clone()).ok()
}
