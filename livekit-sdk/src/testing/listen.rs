//! A router on a TCP port.

use std::io;
use std::net::SocketAddr;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::server::Router;

/// A port that answers until this is dropped.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    accepting: tokio::task::JoinHandle<()>,
}

impl Listener {
    pub(super) async fn bind(address: &str, router: Router) -> io::Result<Self> {
        let socket = TcpListener::bind(address).await?;
        let address = socket.local_addr()?;
        Ok(Self { address, accepting: tokio::spawn(accept(socket, router)) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL for clients.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Accepts until aborted; the connections are in a set, so they end with it.
async fn accept(socket: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = socket.accept() => {
                // Refused connections are the client's to report; the port stays open.
                let Ok((stream, _)) = accepted else { continue };
                // Answers are small: waiting to fill a packet would only delay them.
                let _ = stream.set_nodelay(true);
                let service = TowerToHyperService::new(router.clone());
                connections.spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}
