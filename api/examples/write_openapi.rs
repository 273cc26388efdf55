//! Writes the description of the API to standard output: `cargo run -p api --example write_openapi > api/openapi.json`.

use std::io::Write as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    std::io::stdout().lock().write_all(api::openapi_json()?.as_bytes())?;
    Ok(())
}
