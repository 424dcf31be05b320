//! `livekit-test-server`: the in-memory LiveKit of `livekit_sdk::testing`, on a port.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use lexopt::prelude::*;
use livekit_sdk::auth::ApiKey;
use livekit_sdk::testing::{DEV_KEY, DEV_SECRET, TestServer};

const HELP: &str = "\
An in-memory LiveKit for tests: every API call with real tokens, grants, errors and webhooks.
No media, no signalling; everything is forgotten when it stops.

Usage: livekit-test-server [options]

  --port PORT        TCP port; 0 takes a free one. Default: 7880, as livekit-server
  --bind ADDRESS     Address to listen on. Default: 127.0.0.1, this machine only
  --keys KEYS        API keys as `key: secret`, several separated by commas.
                     Default: LIVEKIT_KEYS, or else `devkey: secret`
  --webhook-url URL  Post webhooks to this URL, signed with the first key. Repeatable
  --regions N        Serve N regions, at the port and those after it (at free ones for port 0).
                     Their list is at /settings/regions
  --mock             Answer as LiveKit's own mock server does: nothing is kept, answers are made
                     up from the request, and the header X-Lk-Mock says what goes wrong
  --log              Print a line for every call
  --help             Print this
  --version          Print the version

When it answers, it prints `ready: URL`. It stops on SIGINT and SIGTERM.
";

struct Options {
    port: u16,
    bind: String,
    keys: Vec<ApiKey>,
    webhook_urls: Vec<String>,
    regions: u16,
    mock: bool,
    log: bool,
}

/// What the command line asks for.
enum Command {
    Serve(Options),
    Print(String),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let ended = match parse(lexopt::Parser::from_env()) {
        Ok(Command::Serve(options)) => serve(options).await,
        Ok(Command::Print(text)) => say(&text),
        Err(error) => Err(format!("{error}\nTry --help.")),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("livekit-test-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut arguments: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut options = Options {
        port: 7880,
        bind: "127.0.0.1".to_owned(),
        keys: Vec::new(),
        webhook_urls: Vec::new(),
        regions: 0,
        mock: false,
        log: false,
    };
    let mut keys = std::env::var("LIVEKIT_KEYS").unwrap_or_else(|_| format!("{DEV_KEY}: {DEV_SECRET}"));
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("port") => options.port = arguments.value()?.parse()?,
            Long("bind") => options.bind = arguments.value()?.string()?,
            Long("keys") => keys = arguments.value()?.string()?,
            Long("webhook-url") => options.webhook_urls.push(arguments.value()?.string()?),
            Long("regions") => options.regions = arguments.value()?.parse()?,
            Long("mock") => options.mock = true,
            Long("log") => options.log = true,
            Long("help") | Short('h') => return Ok(Command::Print(HELP.to_owned())),
            Long("version") | Short('V') => {
                return Ok(Command::Print(format!("livekit-test-server {}\n", env!("CARGO_PKG_VERSION"))));
            }
            other => return Err(other.unexpected()),
        }
    }
    options.keys = parse_keys(&keys)?;
    Ok(Command::Serve(options))
}

/// Reads `key: secret, key: secret`. Errors do not repeat what may be a secret.
fn parse_keys(text: &str) -> Result<Vec<ApiKey>, lexopt::Error> {
    let pairs = text.split([',', '\n']).filter(|pair| !pair.trim().is_empty());
    let keys = pairs.map(|pair| {
        let (id, secret) = pair.split_once(':').ok_or("an API key is written `key: secret`")?;
        Ok(ApiKey::new(id, secret).map_err(|error| error.to_string())?)
    });
    keys.collect()
}

async fn serve(options: Options) -> Result<(), String> {
    let builder = options.keys.into_iter().fold(TestServer::builder(), |builder, key| builder.api_key(key));
    let builder = options.webhook_urls.into_iter().fold(builder, |builder, url| builder.webhook_url(url));
    let builder = if options.mock { builder.control_header() } else { builder };
    let server = builder.build();
    // Nobody is there to play the workers.
    server.run_egress_automatically(true);
    if options.log {
        server.on_call(|call| println!("{call:?}"));
    }
    let addresses = addresses(&options.bind, options.port, options.regions.max(1))?;
    let addresses: Vec<_> = addresses.iter().map(String::as_str).collect();
    let listening = match &*addresses {
        [address] if options.regions == 0 => server.listen(address).await.map(|listener| vec![listener]),
        addresses => server.listen_regions(addresses).await,
    };
    let listeners = listening.map_err(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        format!("cannot listen on {}: {cause}", addresses.join(", "))
    })?;
    let urls: Vec<_> = listeners.iter().map(|listener| listener.url()).collect();
    say(&format!("ready: {}\n", urls.join(" ")))?;
    tokio::select! {
        () = keep_time(&server) => Ok(()),
        stopped = stop() => stopped.map_err(|error| format!("signals cannot be received: {error}")),
    }
}

/// One address for each region, on consecutive ports.
fn addresses(bind: &str, port: u16, count: u16) -> Result<Vec<String>, String> {
    let at =
        |port: u16| if bind.contains(':') { format!("[{bind}]:{port}") } else { format!("{bind}:{port}") };
    let ports = (0..count).map(|index| if port == 0 { Some(0) } else { port.checked_add(index) });
    let ports: Option<Vec<_>> = ports.collect();
    let ports = ports.ok_or_else(|| format!("there are no {count} ports from {port} on"))?;
    Ok(ports.into_iter().map(at).collect())
}

/// Rooms that are empty for too long close within a second.
async fn keep_time(server: &TestServer) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        server.advance(Duration::ZERO);
    }
}

#[cfg(unix)]
async fn stop() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn stop() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// Prints at once: whoever waits for the ready line reads from a pipe.
fn say(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| format!("cannot print: {error}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Command, lexopt::Error> {
        parse(lexopt::Parser::from_args(arguments))
    }

    #[test]
    fn options_are_read() {
        let arguments = [
            "--port=0",
            "--bind",
            "::1",
            "--keys",
            "a: b,c:d",
            "--webhook-url",
            "http://x",
            "--log",
            "--regions",
            "3",
            "--mock",
        ];
        let Command::Serve(options) = parsed(&arguments).unwrap() else { panic!("no server is asked for") };
        assert_eq!((options.port, options.bind.as_str(), options.log), (0, "::1", true));
        assert_eq!(options.keys.iter().map(ApiKey::id).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(options.webhook_urls, ["http://x"]);
        assert_eq!((options.regions, options.mock), (3, true));
    }

    #[test]
    fn regions_follow_the_port() {
        assert_eq!(addresses("127.0.0.1", 9999, 2).unwrap(), ["127.0.0.1:9999", "127.0.0.1:10000"]);
        assert_eq!(addresses("::1", 0, 2).unwrap(), ["[::1]:0", "[::1]:0"]);
        assert!(addresses("127.0.0.1", 65535, 2).unwrap_err().contains("65535"));
    }

    #[test]
    fn help_tells_of_every_option() {
        let Command::Print(help) = parsed(&["--help"]).unwrap() else { panic!("help is not printed") };
        for option in [
            "--port",
            "--bind",
            "--keys",
            "--webhook-url",
            "--regions",
            "--mock",
            "--log",
            "--help",
            "--version",
        ] {
            assert!(help.contains(option), "{option}");
        }
    }

    #[test]
    fn mistakes_are_named_and_secrets_are_not() {
        for (arguments, told) in [
            (["--port", "none"], "none"),
            (["--prot", "1"], "--prot"),
            (["--keys", "planted"], "key: secret"),
            (["--keys", "key:"], "secret is empty"),
        ] {
            let error = parsed(&arguments).err().unwrap().to_string();
            assert!(error.contains(told) && !error.contains("planted"), "{error}");
        }
    }
}
