//! What the default client makes of HTTP: compressed answers, large ones, connections that stay open.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use livekit_sdk::proto::{ListRoomsResponse, Room};
use livekit_sdk::{ErrorKind, LiveKit};
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server that answers every request alike, once the request's head says `accept-encoding: gzip`.
struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn start(body: Vec<u8>, encoding: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let accepted = Arc::clone(&connections);
        let mut answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        answer.extend(body);
        let answer = Arc::<[u8]>::from(answer);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(answer_all(stream, Arc::clone(&answer)));
            }
        });
        Self { address, connections }
    }

    fn client(&self) -> LiveKit {
        LiveKit::new(&format!("http://{}", self.address), "devkey", "secret").unwrap()
    }
}

/// The request of an empty message is its head alone, and fits into one read.
async fn answer_all(mut stream: TcpStream, answer: Arc<[u8]>) -> std::io::Result<()> {
    let mut request = [0; 16 * 1024];
    loop {
        let read = stream.read(&mut request).await?;
        let head = String::from_utf8_lossy(&request[..read]).to_ascii_lowercase();
        if !head.contains("accept-encoding: gzip") {
            return Ok(());
        }
        stream.write_all(&answer).await?;
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn compressed_answers_are_read() {
    let rooms = vec![Room { name: "daily".to_owned(), ..Default::default() }];
    let server = Server::start(gzip(&ListRoomsResponse { rooms }.encode_to_vec()), "gzip").await;
    let rooms = server.client().room().list_rooms(()).await.unwrap().rooms;
    assert_eq!(rooms[0].name, "daily");
}

#[tokio::test]
async fn a_small_answer_that_grows_beyond_the_limit_is_not_read_to_its_end() {
    let zeros = vec![0; 33 << 20];
    let bomb = gzip(&zeros);
    assert!(bomb.len() < 1 << 20);
    for server in [Server::start(bomb, "gzip").await, Server::start(zeros, "identity").await] {
        let error = server.client().room().list_rooms(()).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::TooLarge, "{error}");
        assert!(error.to_string().contains("32 MiB"), "{error}");
    }
}

#[tokio::test]
async fn connections_are_kept() {
    let server = Server::start(Vec::new(), "identity").await;
    let lk = server.client();
    for _ in 0..5 {
        lk.clone().room().list_rooms(()).await.unwrap();
    }
    assert_eq!(server.connections.load(Ordering::Relaxed), 1);
}
