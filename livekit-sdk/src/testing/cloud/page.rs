//! Lists that are answered page by page.

use crate::error::Refusal;
use crate::proto::TokenPagination;
use crate::testing::refusals::invalid;

/// Items of a page whose length the request leaves open.
const DEFAULT: usize = 50;

/// The items of the page that begins at the token, and the token of the next page if there is one.
///
/// A token is the index of the page's first item.
pub(super) fn page<T>(
    items: Vec<T>,
    token: Option<&TokenPagination>,
    limit: Option<i32>,
) -> Result<(Vec<T>, Option<TokenPagination>), Refusal> {
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit > 0);
    let limit = limit.unwrap_or(DEFAULT);
    let first = match token.map_or("", |token| &token.token) {
        "" => 0,
        token => token.parse().map_err(|_| invalid("page token is not one of this list"))?,
    };
    let next = limit.saturating_add(first);
    let token =
        (next < items.len()).then(|| TokenPagination { token: next.to_string(), ..Default::default() });
    Ok((items.into_iter().skip(first).take(limit).collect(), token))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

    use super::page;
    use crate::proto::TokenPagination;

    #[test]
    fn pages_hold_every_item_once() {
        let mut token = None;
        let mut seen = Vec::new();
        loop {
            let (items, next) = page((0..7).collect(), token.as_ref(), Some(3)).unwrap();
            seen.push(items);
            token = next;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
    }

    #[test]
    fn odd_limits_and_tokens_do_no_harm() {
        let of = |token: &str, limit| {
            page((0..60).collect(), Some(&TokenPagination { token: token.to_owned() }), limit)
        };
        assert_eq!(of("", None).unwrap().0.len(), 50);
        assert_eq!(of("", Some(-1)).unwrap().0.len(), 50);
        assert_eq!(of("50", Some(10)).unwrap(), ((50..60).collect(), None));
        assert_eq!(of(&usize::MAX.to_string(), Some(i32::MAX)).unwrap(), (Vec::new(), None));
        assert!(of("next", None).is_err());
    }
}
