use std::path::PathBuf;

/// Returns the `huiji` binary of the profile the tests were built in.
///
/// # Panics
/// When it is not there, saying how to build it.
#[must_use]
pub fn huiji_binary() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own file");
    let profile = test.ancestors().nth(2).expect("tests are in target/PROFILE/deps");
    let binary = profile.join("huiji");
    assert!(binary.is_file(), "{} is missing: run `cargo build --workspace --bins` first", binary.display());
    binary
}
