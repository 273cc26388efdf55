//! The recorder process of the tests: what `huiji record SPOOL` is in the product.

use std::error::Error;
use std::path::PathBuf;

use store::SystemClock;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_none_or(|argument| argument != "record") {
        return Err("usage: recorder_child record SPOOL".into());
    }
    let spool = arguments.next().ok_or("name the spool")?;
    recorder::run_child(PathBuf::from(spool), &SystemClock).await?;
    Ok(())
}
