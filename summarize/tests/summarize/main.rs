//! The minutes of real and made-up meetings, from the outside.

mod chat_server;
mod corrections;
mod demo_meeting;
mod hostile_text;
mod injections;
mod job;
mod labelled_passages;
mod misbehaving_server;
mod properties;
mod published_schema;
mod risks_and_numbers;
mod rules;
mod scenes;
mod scripted_model;
