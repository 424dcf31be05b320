//! Changes of lists and of optional fields.

use crate::error::Refusal;
use crate::proto::ListUpdate;
use crate::testing::refusals::invalid;

/// Refuses what does nothing, and what says two things at once.
pub(super) fn check(update: Option<&ListUpdate>) -> Result<(), Refusal> {
    let Some(ListUpdate { set, add, remove, clear, .. }) = update else { return Ok(()) };
    let sets = !set.is_empty();
    let amends = !add.is_empty() || !remove.is_empty();
    match (sets, amends, *clear) {
        (false, false, false) => return Err(invalid("unsupported list update: it is empty")),
        (true, _, true) | (_, true, true) => {
            return Err(invalid("unsupported list update: `clear` stands alone"));
        }
        (true, true, _) => return Err(invalid("unsupported list update: `set` stands alone")),
        _ => {}
    }
    match [set, add, remove].into_iter().flatten().any(String::is_empty) {
        true => Err(invalid("unsupported list update: an empty string")),
        false => Ok(()),
    }
}

/// Applies an update that was checked.
pub(super) fn apply(list: &mut Vec<String>, update: Option<ListUpdate>) {
    let Some(ListUpdate { set, add, remove, clear, .. }) = update else { return };
    if clear || !set.is_empty() {
        *list = set;
    }
    list.retain(|item| !remove.contains(item));
    for item in add {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}

/// Sets a field if there is something to set.
pub(super) fn overwrite<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}
