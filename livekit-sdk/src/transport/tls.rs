//! What the HTTP transport trusts and shows: root certificates of one's own, and a client's certificate.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};

#[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
mod ring;

/// TLS settings beyond the defaults, as PEM.
#[derive(Clone, Default)]
pub(crate) struct Tls {
    roots: Vec<Vec<u8>>,
    identity: Option<Identity>,
}

/// A certificate, with those that vouch for it, and its private key.
#[derive(Clone)]
struct Identity {
    certificates: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

impl Tls {
    pub(crate) fn add_roots(&mut self, pem: &[u8]) {
        self.roots.push(pem.to_owned());
    }

    pub(crate) fn set_identity(&mut self, certificates: &[u8], key: &[u8]) {
        self.identity =
            Some(Identity { certificates: certificates.to_owned(), key: Zeroizing::new(key.to_owned()) });
    }

    pub(crate) fn is_default(&self) -> bool {
        self.roots.is_empty() && self.identity.is_none()
    }

    /// Sets up the backend that the features choose: `rustls` before `rustls-ring` before `native-tls`,
    /// whatever else reqwest was built with.
    pub(super) fn set_up(self, client: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder> {
        #[cfg(feature = "rustls")]
        return self.add_to(client.tls_backend_rustls());
        #[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
        return Ok(client.tls_backend_preconfigured(ring::config(self)?));
        #[cfg(not(any(feature = "rustls", feature = "rustls-ring")))]
        return self.add_to(client.tls_backend_native());
    }
}

#[cfg(any(feature = "rustls", not(feature = "rustls-ring")))]
impl Tls {
    fn add_to(self, mut client: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder> {
        for roots in self.roots {
            let roots = reqwest::Certificate::from_pem_bundle(&roots).map_err(bad_roots)?;
            if roots.is_empty() {
                return Err(bad_roots("there is no certificate in it"));
            }
            client = client.tls_certs_merge(roots);
        }
        match self.identity {
            Some(identity) => Ok(client.identity(identity.to_reqwest().map_err(bad_identity)?)),
            None => Ok(client),
        }
    }
}

impl Identity {
    #[cfg(feature = "rustls")]
    fn to_reqwest(&self) -> reqwest::Result<reqwest::Identity> {
        let pem = Zeroizing::new([&self.certificates, &b"\n"[..], &self.key].concat());
        reqwest::Identity::from_pem(&pem)
    }

    #[cfg(not(any(feature = "rustls", feature = "rustls-ring")))]
    fn to_reqwest(&self) -> reqwest::Result<reqwest::Identity> {
        reqwest::Identity::from_pkcs8_pem(&self.certificates, &self.key)
    }
}

fn bad_roots(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::Config, "the root certificates cannot be used; they are to be PEM")
        .with_source(cause)
}

fn bad_identity(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let text = "the client's certificate or its key cannot be used; they are to be PEM, the key in PKCS #8";
    Error::new(ErrorKind::Config, text).with_source(cause)
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("roots", &self.roots.len())
            .field("identity", &self.identity.is_some())
            .finish()
    }
}
