//! An authority of one's own, and a server that encrypts with a certificate of it: bytes go on, in the clear,
//! to what answers them.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// A certificate and its private key, as PEM.
pub(crate) struct Identity {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) root: String,
}

impl Authority {
    pub(crate) fn new() -> Outcome<Self> {
        let mut params = CertificateParams::new([])?;
        // Without names of their own, certificates look as if they had signed themselves.
        params.distinguished_name.push(DnType::CommonName, "Authority of the tests");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate()?;
        let root = params.self_signed(&key)?.pem();
        Ok(Self { issuer: Issuer::new(params, key), root })
    }

    /// Vouches for a new key under this name.
    pub(crate) fn identity(&self, name: &str) -> Outcome<Identity> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new([name.to_owned()])?;
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(Identity { certificate: certificate.pem(), key: key.serialize_pem() })
    }

    /// A server for 127.0.0.1 in front of `backend`, speaking these protocols. Where it is mutual, clients have
    /// to show a certificate of the same authority.
    pub(crate) async fn serve(
        &self,
        backend: SocketAddr,
        mutual: bool,
        protocols: &[&str],
    ) -> Outcome<SocketAddr> {
        let own = self.identity("127.0.0.1")?;
        let provider = Arc::new(default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider));
        let config = config.with_safe_default_protocol_versions()?;
        let config = if mutual {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(self.root.as_bytes())?)?;
            let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build()?;
            config.with_client_cert_verifier(clients)
        } else {
            config.with_no_client_auth()
        };
        let chain = vec![CertificateDer::from_pem_slice(own.certificate.as_bytes())?];
        let mut config =
            config.with_single_cert(chain, PrivateKeyDer::from_pem_slice(own.key.as_bytes())?)?;
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(accept(listener, TlsAcceptor::from(Arc::new(config)), backend));
        Ok(address)
    }
}

async fn accept(listener: TcpListener, tls: TlsAcceptor, backend: SocketAddr) {
    while let Ok((stream, _)) = listener.accept().await {
        let tls = tls.clone();
        tokio::spawn(async move {
            // Refused clients are the ones to tell.
            let mut encrypted = tls.accept(stream).await?;
            let mut plain = TcpStream::connect(backend).await?;
            copy_bidirectional(&mut encrypted, &mut plain).await
        });
    }
}
