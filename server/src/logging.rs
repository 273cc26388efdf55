use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Sends logs to standard error; `RUST_LOG` chooses what, otherwise our own INFO and everybody's WARN.
pub(crate) fn start_logging(default: LevelFilter) {
    let filter = EnvFilter::builder().with_default_directive(default.into()).from_env_lossy();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
}
