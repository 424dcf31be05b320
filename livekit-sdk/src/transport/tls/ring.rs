//! rustls with ring. reqwest takes the provider of a process, and panics where there is none: a library that
//! installs one would decide for its application, so the whole configuration is made here.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls_platform_verifier::Verifier;

use super::{Identity, Tls, bad_identity, bad_roots};
use crate::error::{Error, ErrorKind, Result};

pub(super) fn config(tls: Tls) -> Result<ClientConfig> {
    let provider = Arc::new(default_provider());
    let mut roots = Vec::new();
    for pem in &tls.roots {
        roots.extend(certificates(pem).map_err(bad_roots)?);
    }
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider)).map_err(failed)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match tls.identity {
        None => config.with_no_client_auth(),
        Some(Identity { certificates: pem, key }) => {
            let chain = certificates(&pem).map_err(bad_identity)?;
            let key = PrivateKeyDer::from_pem_slice(&key).map_err(bad_identity)?;
            config.with_client_auth_cert(chain, key).map_err(bad_identity)?
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// At least one certificate.
fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, rustls::pki_types::pem::Error> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>()?;
    if certificates.is_empty() { Err(rustls::pki_types::pem::Error::NoItemsFound) } else { Ok(certificates) }
}

fn failed(error: rustls::Error) -> Error {
    Error::new(ErrorKind::Config, "TLS cannot be set up").with_source(error)
}
