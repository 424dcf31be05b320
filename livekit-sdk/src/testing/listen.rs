//! The server on a TCP port.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::serve::Service;

/// A port that answers until this is dropped.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    accepting: tokio::task::JoinHandle<()>,
}

impl Listener {
    pub(super) fn start(socket: TcpListener, service: Arc<Service>, region: usize) -> io::Result<Self> {
        let address = socket.local_addr()?;
        Ok(Self { address, accepting: tokio::spawn(accept(socket, service, region)) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL for clients.
    pub fn url(&self) -> String {
        url(self.address)
    }
}

/// The URL at which clients on this machine reach an address.
pub(super) fn url(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    format!("http://{address}")
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Accepts until aborted; the connections are in a set, so they end with it.
async fn accept(socket: TcpListener, service: Arc<Service>, region: usize) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = socket.accept() => {
                // Refused connections are the client's to report; the port stays open.
                let Ok((stream, _)) = accepted else { continue };
                // Answers are small: waiting to fill a packet would only delay them.
                let _ = stream.set_nodelay(true);
                let service = Arc::clone(&service);
                let answer = service_fn(move |request| {
                    let service = Arc::clone(&service);
                    async move { service.answer(region, request).await }
                });
                let http = auto::Builder::new(TokioExecutor::new());
                connections.spawn(async move { http.serve_connection(TokioIo::new(stream), answer).await });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}
