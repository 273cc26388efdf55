use serde::Serialize;
use utoipa::ToSchema;

/// A playback session that was just opened.
#[derive(Serialize, ToSchema)]
#[schema(as = Playback)]
pub(crate) struct PlaybackView {
    /// The HLS multivariant playlist. It opens for whoever holds it: treat it as a secret.
    #[schema(example = "/p/0123456789abcdef/master.m3u8")]
    pub(crate) master_url: String,
    /// The captions as WebVTT; null until there is a transcript.
    #[schema(required)]
    pub(crate) captions_url: Option<String>,
    pub(crate) expires_at: String,
}
