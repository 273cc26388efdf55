//! The `huiji` program: configuration, wiring, roles, shutdown and the command line.
//!
//! [`run`] turns parsed [`Arguments`] into one of the commands. `serve` opens the store, takes up unfinished recordings,
//! starts the worker and the indexer and serves HTTP; `record` is what `serve` starts for each recording. Decisions live
//! in the packages below; this one only joins them.

mod accounts;
mod application;
mod arguments;
mod commands;
mod compliance;
mod console;
mod demo;
mod doctor;
mod job_worker;
mod logging;
mod minutes_writer;
mod output;
mod picture_marks;
mod recorder_port;
mod retention;
mod speech_engine;
mod speech_models;

pub use arguments::Arguments;
pub use commands::run;
