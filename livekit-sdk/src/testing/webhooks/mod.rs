//! Webhooks: what happened, told to whoever asked to be told.

mod delivery;
mod target;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;

use delivery::Queues;
pub(super) use target::Target;

use crate::auth::ApiKey;
use crate::error::Result;
use crate::proto::{WebhookConfig, WebhookEvent};

/// An event that is due to be told.
pub(super) struct Outgoing {
    pub(super) event: WebhookEvent,
    /// The webhooks of the request that the event is about.
    pub(super) also: Vec<WebhookConfig>,
}

/// An event as it was sent: the bytes of the request, and the header that vouches for them.
///
/// `Debug` shows the event alone, as the other two hold what it hides.
#[derive(Clone)]
#[non_exhaustive]
pub struct SentWebhook {
    /// What happened.
    pub event: WebhookEvent,
    /// The body, as JSON.
    pub body: Bytes,
    /// The `Authorization` header: a token, without `Bearer`.
    pub authorization: String,
}

impl fmt::Debug for SentWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentWebhook").field("event", &self.event).finish_non_exhaustive()
    }
}

/// Is called with every event.
type Callback = Arc<dyn Fn(&SentWebhook) + Send + Sync>;

/// Whom the server tells, and what it has told.
pub(super) struct Webhooks {
    signer: ApiKey,
    keys: Vec<ApiKey>,
    targets: Vec<Target>,
    queues: Queues,
    state: Mutex<State>,
    /// How many events were sent so far.
    count: watch::Sender<usize>,
    /// Held by whoever runs the callbacks, so that they see events one at a time and in order.
    calling: Mutex<()>,
}

/// How many sent webhooks are kept; older ones are forgotten.
const KEPT: usize = 10_000;

#[derive(Default)]
struct State {
    sent: VecDeque<SentWebhook>,
    /// How many were sent, including those that are forgotten.
    count: usize,
    callbacks: Vec<Callback>,
    uncalled: VecDeque<SentWebhook>,
}

impl Webhooks {
    pub(super) fn new(signer: ApiKey, keys: Vec<ApiKey>, targets: Vec<Target>) -> Self {
        Self {
            signer,
            keys,
            targets,
            queues: Queues::default(),
            state: Mutex::default(),
            count: watch::channel(0).0,
            calling: Mutex::default(),
        }
    }

    /// Has every event from now on told to `callback`.
    pub(super) fn call(&self, callback: impl Fn(&SentWebhook) + Send + Sync + 'static) {
        self.state().callbacks.push(Arc::new(callback));
    }

    /// Signs events and starts sending them, in order.
    pub(super) fn enqueue(&self, outbox: Vec<Outgoing>) {
        for Outgoing { event, also } in outbox {
            let Ok(sent) = sign(&event, &self.signer) else { continue };
            let also =
                also.iter().filter_map(|config| Some(Target::of_request(config, self.key_of(config)?)));
            for target in self.targets.iter().cloned().chain(also).filter(|it| it.wants(&event.event)) {
                self.queues.push(&target.url, target.signed(&sent, &event), &event);
            }
            self.state().remember(sent);
        }
    }

    /// Runs the callbacks for events that they have not seen, and wakes those who wait.
    pub(super) fn notify(&self) {
        let count = self.state().count;
        self.count.send_if_modified(|known| std::mem::replace(known, count) != count);
        // Whoever holds the lock goes on until nothing is left; a callback that uses the server comes by here.
        let Ok(_calling) = self.calling.try_lock() else { return };
        loop {
            let next = {
                let mut state = self.state();
                state.uncalled.pop_front().map(|sent| (sent, state.callbacks.clone()))
            };
            let Some((sent, callbacks)) = next else { return };
            callbacks.iter().for_each(|callback| callback(&sent));
        }
    }

    /// What was sent so far, as far as it is kept.
    pub(super) fn sent(&self) -> Vec<SentWebhook> {
        self.state().sent.iter().cloned().collect()
    }

    /// Waits until an event was sent for which `is_it` holds, and answers the first.
    pub(super) async fn find(
        &self,
        within: Duration,
        is_it: impl Fn(&WebhookEvent) -> bool,
    ) -> Option<SentWebhook> {
        let mut count = self.count.subscribe();
        let found = || self.state().sent.iter().find(|sent| is_it(&sent.event)).cloned();
        let search = async {
            loop {
                if let Some(sent) = found() {
                    return Some(sent);
                }
                count.changed().await.ok()?;
            }
        };
        tokio::time::timeout(within, search).await.ok().flatten()
    }

    /// The key that a request's webhook is to be signed with, if the server knows it.
    pub(super) fn key_of(&self, config: &WebhookConfig) -> Option<ApiKey> {
        match config.signing_key.as_str() {
            "" => Some(self.signer.clone()),
            id => self.keys.iter().find(|key| key.id() == id).cloned(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn remember(&mut self, sent: SentWebhook) {
        if !self.callbacks.is_empty() {
            self.uncalled.push_back(sent.clone());
        }
        if self.sent.len() == KEPT {
            self.sent.pop_front();
        }
        self.sent.push_back(sent);
        self.count += 1;
    }
}

fn sign(event: &WebhookEvent, key: &ApiKey) -> Result<SentWebhook> {
    let (body, authorization) = crate::webhook::sign(event, key)?;
    Ok(SentWebhook { event: event.clone(), body: body.into(), authorization })
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhooks").field("targets", &self.targets).finish_non_exhaustive()
    }
}
