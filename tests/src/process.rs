//! What this process holds; Linux tells it.

/// The memory that is held now.
pub fn memory_kib() -> Option<usize> {
    status_kib("VmRSS:")
}

/// The most memory that was held.
pub fn peak_memory_kib() -> Option<usize> {
    status_kib("VmHWM:")
}

fn status_kib(name: &str) -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
