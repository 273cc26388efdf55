use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use model::{PlaybackSessionId, Rendition};
use store::ObjectKey;
use tokio::sync::OnceCell;

use super::MediaFile;
use crate::access::{RecordingPermit, Subject};
use crate::error::ApiError;
use crate::picture_marking::{MarkText, PictureMarking};
use crate::state::App;
use crate::views::time_text;

/// Pictures with their viewer's name burned in, made when a player asks for them and kept for a while, each for the one
/// session it was made for.
pub(crate) struct MarkedPictures {
    marking: Option<Arc<dyn PictureMarking>>,
    kept: Mutex<VecDeque<Kept>>,
}

struct Kept {
    session_id: PlaybackSessionId,
    file: MediaFile,
    /// Filled once, however many ask at the same time.
    bytes: Arc<OnceCell<Bytes>>,
}

impl MarkedPictures {
    /// At two megabytes a segment, a quarter of a gigabyte.
    const FILES_MAX: usize = 128;
    /// One viewer cannot push the others out.
    const FILES_PER_SESSION_MAX: usize = 16;

    pub(crate) fn new(marking: Option<Arc<dyn PictureMarking>>) -> Self {
        Self { marking, kept: Mutex::default() }
    }

    /// Returns a header or a segment of the picture, marked for the session of the permit.
    pub(crate) async fn file(&self, app: &App, permit: &RecordingPermit, file: &MediaFile) -> Result<Bytes, ApiError> {
        const NO_MARKING: ApiError =
            ApiError::WatermarkRequired { detail: "this server cannot mark pictures, and this recording asks for it" };
        let marking = self.marking.as_ref().ok_or(NO_MARKING)?;
        let session_id = permit.playback_session_id().ok_or_else(|| ApiError::internal("marks without a session"))?;
        let cell = self.cell(session_id, file);
        cell.get_or_try_init(|| make(app, permit, marking.as_ref(), file)).await.cloned()
    }

    fn cell(&self, session_id: &PlaybackSessionId, file: &MediaFile) -> Arc<OnceCell<Bytes>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let position = kept.iter().position(|one| one.session_id == *session_id && one.file == *file);
        let one = position.and_then(|position| kept.remove(position));
        let one =
            one.unwrap_or_else(|| Kept { session_id: session_id.clone(), file: file.clone(), bytes: Arc::default() });
        let bytes = Arc::clone(&one.bytes);
        let of_session = kept.iter().filter(|other| other.session_id == *session_id).count();
        if of_session >= Self::FILES_PER_SESSION_MAX {
            let oldest = kept.iter().position(|other| other.session_id == *session_id);
            oldest.and_then(|oldest| kept.remove(oldest));
        }
        kept.push_back(one);
        if kept.len() > Self::FILES_MAX {
            kept.pop_front();
        }
        bytes
    }
}

async fn make(
    app: &App,
    permit: &RecordingPermit,
    marking: &dyn PictureMarking,
    file: &MediaFile,
) -> Result<Bytes, ApiError> {
    const RENDITION: Rendition = Rendition::Video;
    match *file {
        MediaFile::Playlist => Err(ApiError::internal("a playlist has no pictures")),
        MediaFile::Init { epoch } => {
            let header = app.archive().init_segment(permit, RENDITION, epoch).await?;
            marking.mark_header(header).await.map_err(ApiError::Marking)
        }
        MediaFile::Segment { sequence } => {
            let published = app.archive().published_segments(permit).await?;
            let mut segments = published.into_iter().map(|stored| stored.segment);
            let segment = segments.find(|one| one.rendition == RENDITION && one.sequence == sequence);
            let segment = segment.ok_or(ApiError::NotFound { what: "file" })?;
            let header = app.archive().init_segment(permit, RENDITION, segment.epoch).await?;
            let key = ObjectKey::Segment { rendition: RENDITION, sequence };
            let content = app.archive().whole_object(permit, &key).await?;
            let text = MarkText { line: line(permit), turn: sequence };
            marking.mark_segment(header, content, text).await.map_err(ApiError::Marking)
        }
    }
}

/// What the pictures say: the name, the account or link, and since when the session plays.
fn line(permit: &RecordingPermit) -> String {
    let subject = permit.subject();
    let name = match subject {
        Subject::Account { display_name, .. } => display_name.as_str(),
        Subject::Visitor { name, .. } => name.as_str(),
        Subject::Anonymous | Subject::ApiKey { .. } => "",
    };
    // What is the same for all ids of a kind says nothing; what tells them apart is random.
    let short = |id: &str| id.chars().skip(id.len().saturating_sub(8)).collect::<String>();
    let account = match subject {
        Subject::Visitor { link_id, .. } => {
            let session = permit.playback_session_id().map(|id| short(id.as_str())).unwrap_or_default();
            format!("{} {session}", short(link_id.as_str()))
        }
        _ => subject.actor().to_owned(),
    };
    let opened = permit.opened_at().map(time_text).unwrap_or_default();
    let minute: String = opened.chars().take("2026-03-02T09:00".len()).collect();
    format!("{name} {account} {}", minute.replace('T', " ")).trim().to_owned()
}
