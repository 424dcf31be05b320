//! Encrypted connections, with the default features: those of `rustls-ring` and `native-tls` are met by
//! `tests/apps`.

use std::error::Error;
use std::net::SocketAddr;

use livekit_sdk::testing::{Listener, TestServer};
use livekit_sdk::{ErrorKind, LiveKit, LiveKitBuilder, Unreachable};

use crate::pki::Authority;

async fn backend() -> (TestServer, Listener) {
    let server = TestServer::new();
    let listener = server.listen("127.0.0.1:0").await.unwrap();
    (server, listener)
}

fn client(server: &TestServer, address: SocketAddr) -> LiveKitBuilder {
    LiveKit::builder().url(format!("https://{address}")).api_key(server.api_key().clone())
}

/// The error and all its causes.
fn chain(error: &livekit_sdk::Error) -> String {
    let causes = std::iter::successors(Some(error as &(dyn Error + 'static)), |cause| (*cause).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[tokio::test]
async fn a_server_of_an_unknown_authority_is_refused_and_the_reason_told() {
    let (server, listener) = backend().await;
    let authority = Authority::new().unwrap();
    let address = authority.serve(listener.address(), false, &["h2", "http/1.1"]).await.unwrap();
    let error = client(&server, address).build().unwrap().room().list_rooms(()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unreachable(Unreachable::Tls));
    assert!(error.is_unsent() && chain(&error).contains("UnknownIssuer"), "{}", chain(&error));

    let trusting = client(&server, address).add_root_certificate(&authority.root).build().unwrap();
    trusting.room().create_room("daily").await.unwrap();
}

#[tokio::test]
async fn http_2_is_spoken_where_it_is_offered() {
    let (server, listener) = backend().await;
    let authority = Authority::new().unwrap();
    for (offered, spoken) in
        [(&["h2", "http/1.1"][..], "HTTP/2.0"), (&["http/1.1"], "HTTP/1.1"), (&[], "HTTP/1.1")]
    {
        let address = authority.serve(listener.address(), false, offered).await.unwrap();
        let lk = client(&server, address).add_root_certificate(&authority.root).build().unwrap();
        server.clear_calls();
        lk.room().list_rooms(()).await.unwrap();
        assert_eq!(format!("{:?}", server.calls()[0].version), spoken, "{offered:?}");
    }
}

#[tokio::test]
async fn servers_that_ask_for_a_certificate_get_one() {
    let (server, listener) = backend().await;
    let authority = Authority::new().unwrap();
    let address = authority.serve(listener.address(), true, &["h2", "http/1.1"]).await.unwrap();
    let trusting = || client(&server, address).add_root_certificate(&authority.root);
    let error = trusting().build().unwrap().room().list_rooms(()).await.unwrap_err();
    assert!(error.is_unreachable() && chain(&error).contains("CertificateRequired"), "{}", chain(&error));

    let own = authority.identity("backend").unwrap();
    let lk = trusting().client_certificate(&own.certificate, &own.key).build().unwrap();
    lk.room().list_rooms(()).await.unwrap();

    let stranger = Authority::new().unwrap().identity("backend").unwrap();
    let lk = trusting().client_certificate(&stranger.certificate, &stranger.key).build().unwrap();
    assert!(lk.room().list_rooms(()).await.unwrap_err().is_unreachable());
}

#[tokio::test]
async fn certificates_that_cannot_be_used_are_refused_at_once() {
    let (server, listener) = backend().await;
    let authority = Authority::new().unwrap();
    let own = authority.identity("backend").unwrap();
    let builder = || client(&server, listener.address());
    for bad in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        for builder in [builder().add_root_certificate(bad), builder().client_certificate(bad, &own.key)] {
            let error = builder.build().unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Config, "{bad}: {error}");
        }
    }
    let error = builder().client_certificate(&own.certificate, "no key").build().unwrap_err();
    assert!(error.to_string().contains("PKCS #8"), "{error}");
    assert!(!format!("{:?}", builder().client_certificate(&own.certificate, &own.key)).contains("BEGIN"));

    let two = builder().transport(server.transport()).add_root_certificate(&authority.root);
    assert!(two.build().unwrap_err().to_string().contains("transport"));
}
