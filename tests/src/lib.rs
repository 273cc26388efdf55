//! Harness for end-to-end tests: runs the real binary and speaks to it from outside.

mod binary;
mod demo_run;
mod janus;
mod platform_client;
mod server_process;

pub use binary::huiji_binary;
pub use demo_run::{Backend, DemoRun, PrivateServers};
pub use janus::JanusServer;
pub use platform_client::PlatformClient;
pub use server_process::ServerProcess;
