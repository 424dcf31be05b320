//! What the server remembers, what time it is there, and whom it tells.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::clock::{Clock, Now};
use super::room::Rooms;
use super::webhooks::{Outgoing, Webhooks};
use super::{cloud, egress, id, ingress, sip};
use crate::proto::{WebhookConfig, WebhookEvent};

/// The state behind every handler and every handle. Cheap to clone; clones are the same world.
#[derive(Clone)]
pub(super) struct World(Arc<Shared>);

struct Shared {
    store: Mutex<Store>,
    clock: Clock,
    webhooks: Webhooks,
}

/// All that is remembered. Handlers see it through [`World::with`].
#[derive(Default)]
pub(super) struct Store {
    /// When the current look at the store began.
    pub(super) now: Now,
    pub(super) rooms: Rooms,
    pub(super) egress: egress::Records,
    pub(super) ingress: ingress::Records,
    pub(super) sip: sip::Records,
    pub(super) cloud: cloud::Records,
    outbox: Vec<Outgoing>,
}

impl World {
    pub(super) fn new(webhooks: Webhooks) -> Self {
        Self(Arc::new(Shared { store: Mutex::default(), clock: Clock::default(), webhooks }))
    }

    /// Looks at the store or changes it. What is due by now happens first; what the change gives reason to
    /// tell is told afterwards.
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut Store) -> T) -> T {
        let result = {
            // A handler that panicked has left the store usable: at worst its own change is half done.
            let mut store = self.0.store.lock().unwrap_or_else(PoisonError::into_inner);
            store.now = self.0.clock.now();
            store.close_idle_rooms();
            let result = look(&mut store);
            // Under the lock, so that events leave in the order of the changes.
            self.0.webhooks.enqueue(std::mem::take(&mut store.outbox));
            result
        };
        self.0.webhooks.notify();
        result
    }

    /// Sets the clock forward and does what became due.
    pub(super) fn advance(&self, by: Duration) {
        self.0.clock.advance(by);
        self.with(|_| ());
    }

    pub(super) fn webhooks(&self) -> &Webhooks {
        &self.0.webhooks
    }
}

impl Store {
    /// Tells an event to every webhook of the server. Its id and its time are filled in.
    pub(super) fn tell(&mut self, event: WebhookEvent) {
        self.tell_also(event, &[]);
    }

    /// Tells an event to every webhook of the server, and to those of the request that it is about.
    pub(super) fn tell_also(&mut self, event: WebhookEvent, also: &[WebhookConfig]) {
        let event = WebhookEvent { id: id::new("EV_"), created_at: self.now.seconds(), ..event };
        self.outbox.push(Outgoing { event, also: also.to_vec() });
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("webhooks", &self.0.webhooks).finish_non_exhaustive()
    }
}
