//! Identifiers as LiveKit makes them: a prefix and twelve characters that are not mistaken for others.

const ALPHABET: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const LENGTH: usize = 12;

/// An id that no other call returns, such as `RM_` and twelve characters.
pub(super) fn new(prefix: &str) -> String {
    // A UUID has 122 random bits; twelve of the characters need 70.
    let mut random = uuid::Uuid::new_v4().as_u128();
    let mut id = prefix.to_owned();
    let base = ALPHABET.len() as u128;
    for _ in 0..LENGTH {
        let digit = usize::try_from(random % base).unwrap_or_default();
        id.extend(ALPHABET.get(digit).map(|letter| char::from(*letter)));
        random /= base;
    }
    id
}

/// Text that nobody guesses, such as a TURN password.
pub(super) fn secret() -> String {
    [new(""), new(""), new("")].concat()
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_have_their_prefix_their_length_and_do_not_repeat() {
        let ids: std::collections::HashSet<_> = (0..1000).map(|_| super::new("RM_")).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.starts_with("RM_") && id.len() == 15), "{ids:?}");
    }
}
