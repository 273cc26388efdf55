//! The minutes of real and made-up meetings, from the outside.

mod chat_server;
mod demo_meeting;
mod hostile_text;
mod job;
mod properties;
mod rules;
mod scenes;
mod scripted_model;
