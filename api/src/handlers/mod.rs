//! What each route does once its permit is given: read the request, call, render.

pub(crate) mod audit_log;
pub(crate) mod certificates;
pub(crate) mod content;
pub(crate) mod control;
pub(crate) mod create;
pub(crate) mod events;
pub(crate) mod exports;
pub(crate) mod holds;
pub(crate) mod link_sessions;
pub(crate) mod mp4;
pub(crate) mod participants;
pub(crate) mod people;
pub(crate) mod plan;
pub(crate) mod playback;
pub(crate) mod recordings;
pub(crate) mod retention;
pub(crate) mod search;
pub(crate) mod session;
pub(crate) mod share_links;
pub(crate) mod sharing;
pub(crate) mod sharing_policy;
pub(crate) mod storage;
pub(crate) mod tracks;
pub(crate) mod transcript;
pub(crate) mod trash;
pub(crate) mod webhooks;
