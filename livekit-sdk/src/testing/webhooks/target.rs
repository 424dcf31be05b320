//! A URL that events are posted to.

use super::{SentWebhook, sign};
use crate::auth::ApiKey;
use crate::proto::{WebhookConfig, WebhookEvent};

/// Where events are posted to, which of them, and what signs them if not the server's first key.
#[derive(Clone, Debug)]
pub(in crate::testing) struct Target {
    pub(in crate::testing) url: String,
    key: Option<ApiKey>,
    include: Vec<String>,
    exclude: Vec<String>,
}

impl Target {
    /// All events, signed with the server's first key.
    pub(in crate::testing) fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), key: None, include: Vec::new(), exclude: Vec::new() }
    }

    /// As a request asked for it.
    pub(super) fn of_request(config: &WebhookConfig, key: ApiKey) -> Self {
        let filter = config.filter_params.clone().unwrap_or_default();
        Self {
            url: config.url.clone(),
            key: Some(key),
            include: filter.include_events,
            exclude: filter.exclude_events,
        }
    }

    /// What is included wins over what is excluded; neither means all.
    pub(super) fn wants(&self, event: &str) -> bool {
        let names = |list: &[String]| list.iter().any(|name| name == event);
        if self.include.is_empty() { !names(&self.exclude) } else { names(&self.include) }
    }

    /// The event with the signature that this target expects.
    pub(super) fn signed(&self, sent: &SentWebhook, event: &WebhookEvent) -> SentWebhook {
        let own = self.key.as_ref().and_then(|key| sign(event, key).ok());
        own.unwrap_or_else(|| sent.clone())
    }
}
