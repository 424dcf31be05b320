//! A server with a certificate that only its own authority vouches for, and one that wants a certificate of
//! its clients, met with whatever TLS the features chose.

mod pki;

use std::error::Error;
use std::net::SocketAddr;

use livekit_sdk::auth::ApiKey;
use livekit_sdk::{LiveKit, LiveKitBuilder};
use pki::{Authority, Outcome};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let authority = Authority::new()?;
    let backend = backend().await?;
    let plain = authority.serve(backend, false, &["http/1.1"]).await?;
    let mutual = authority.serve(backend, true, &["http/1.1"]).await?;

    println!("unknown authority: refused, {}", refused(client(plain)).await?);
    let trusting = |address| client(address).add_root_certificate(&authority.root);
    accepted(trusting(plain)).await?;
    println!("known authority: accepted");

    println!("no certificate: refused, {}", refused(trusting(mutual)).await?);
    let own = authority.identity("backend")?;
    accepted(trusting(mutual).client_certificate(&own.certificate, &own.key)).await?;
    println!("certificate: accepted");
    Ok(())
}

fn client(address: SocketAddr) -> LiveKitBuilder {
    let key = ApiKey::new("devkey", "a-secret-of-at-least-32-characters").expect("a key");
    LiveKit::builder().url(format!("https://{address}")).api_key(key)
}

async fn accepted(client: LiveKitBuilder) -> Outcome {
    let rooms = client.build()?.room().list_rooms(()).await?.rooms;
    if rooms.is_empty() { Ok(()) } else { Err("there are no rooms".into()) }
}

/// Why the connection did not come about: the error has to know.
async fn refused(client: LiveKitBuilder) -> Outcome<String> {
    let Err(error) = client.build()?.room().list_rooms(()).await else {
        return Err("a connection that is not to be trusted came about".into());
    };
    let causes = std::iter::successors(Some(&error as &(dyn Error + 'static)), |cause| (*cause).source());
    let text = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    let says_why = error.is_unreachable() && text.to_ascii_lowercase().contains("certificate");
    if says_why { Ok(text) } else { Err(format!("certificates were to be told of, not {text}").into()) }
}

/// Answers every call with an empty message.
async fn backend() -> Outcome<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream));
        }
    });
    Ok(address)
}

/// The request of an empty message is its head alone, and fits into one read.
async fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut request = [0; 16 * 1024];
    while stream.read(&mut request).await? > 0 {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await?;
    }
    Ok(())
}
