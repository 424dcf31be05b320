//! Credentials as they are shown to callers.

/// How many characters of a stream key are shown at most, on either side.
const SHOWN: usize = 3;

/// Hides a credential behind the name of its kind; what is not set stays so.
pub(super) fn value(value: &mut String, placeholder: &str) {
    if !value.is_empty() {
        placeholder.clone_into(value);
    }
}

/// The URL of a stream with its key hidden. Where the key is not the end of the path, it is somewhere in
/// the query.
pub(super) fn url(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    match scheme {
        "mux" | "twitch" => format!("{scheme}://{}", identifier(rest)),
        "rtmp" | "rtmps" => match rest.rsplit_once('/') {
            Some((place, key)) => format!("{scheme}://{place}/{}", identifier(key)),
            None => url.to_owned(),
        },
        _ => match url.split_once('?') {
            Some((place, values)) => format!("{place}?{}", query(values)),
            None => url.to_owned(),
        },
    }
}

fn query(values: &str) -> String {
    let masked = values.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", identifier(value)),
        None => pair.to_owned(),
    });
    masked.collect::<Vec<_>>().join("&")
}

/// The two ends of an identifier, as long as they are a small part of it.
fn identifier(text: &str) -> String {
    let letters: Vec<_> = text.chars().collect();
    let shown = SHOWN.min(letters.len() / 3);
    let start: String = letters.iter().take(shown).collect();
    let end: String = letters.iter().skip(letters.len() - shown).collect();
    format!("{{{start}...{end}}}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn stream_keys_and_query_values_are_hidden() {
        for (url, masked) in [
            ("rtmp://a.example.com/live/abcdefxyz", "rtmp://a.example.com/live/{abc...xyz}"),
            ("rtmps://a.example.com/x/y/abcdef", "rtmps://a.example.com/x/y/{ab...ef}"),
            ("rtmp://a.example.com/live/ab", "rtmp://a.example.com/live/{...}"),
            ("mux://äbcdefghijöü", "mux://{äbc...jöü}"),
            ("twitch://", "twitch://{...}"),
            ("srt://a.example.com:1?streamid=abcdefghi&x", "srt://a.example.com:1?streamid={abc...ghi}&x"),
            ("wss://a.example.com/in", "wss://a.example.com/in"),
            ("nothing", "nothing"),
            ("", ""),
        ] {
            assert_eq!(super::url(url), masked);
        }
    }
}
