use crate::closed_set::closed_set;

closed_set! {
    /// How the mixed picture is arranged.
    pub enum Layout as "layout" {
        /// Chooses among the others by what is happening in the meeting.
        Auto = "auto",
        /// Equal tiles.
        Grid = "grid",
        /// The active speaker large, the others in a strip.
        Speaker = "speaker",
        /// The shared screen large, the active speaker inset.
        Screen = "screen",
        /// Only the active speaker.
        Single = "single",
        /// No picture at all; no video is encoded.
        Audio = "audio",
    }
}
