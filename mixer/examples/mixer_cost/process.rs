//! What this process has used, as the kernel counts it.

use std::fs;

use crate::Failure;

/// The kernel's unit for process times, fixed in its interface.
const TICKS_PER_SECOND: f64 = 100.0;

#[derive(Clone, Copy)]
pub(crate) enum Whose {
    Own,
    Children,
}

/// Returns user and system time from `/proc/self/stat`; children count once they have ended.
pub(crate) fn cpu_seconds(whose: Whose) -> Result<f64, Failure> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, after_name) = stat.rsplit_once(')').ok_or("no process name")?;
    let first = if matches!(whose, Whose::Own) { 11 } else { 13 };
    let mut ticks = 0.0;
    for field in after_name.split_whitespace().skip(first).take(2) {
        ticks += field.parse::<f64>()?;
    }
    Ok(ticks / TICKS_PER_SECOND)
}

/// Returns what of the process is in memory, in millions of bytes.
pub(crate) fn resident_mb() -> Result<f64, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no resident size")?;
    let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes * 1024.0 / 1e6)
}
