use crate::closed_set::closed_set;

closed_set! {
    /// A language Huiji transcribes, as an ISO 639 code.
    pub enum Language as "language" {
        /// English.
        English = "en",
        /// Mandarin Chinese.
        Mandarin = "zh",
    }
}
