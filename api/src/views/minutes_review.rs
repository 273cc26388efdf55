use model::{ActionStatus, Language, LineId, LineReview, LineVerdict, MinutesSection, MinutesTemplate};
use serde::{Deserialize, Serialize};
use store::MinutesVersion;
use utoipa::{IntoParams, ToSchema};

use super::closed_set_schemas as schemas;
use super::minutes::ActionItemView;
use super::minutes_revision::{MinutesAuthorView, MinutesRevisionView};
use super::time_text::time_text;

/// What a reviewer does with lines, and the version it was done with.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMinutesReview {
    /// The version the reviewer saw. When it is no longer the latest, nothing is changed and the answer is `stale_version`.
    pub(crate) base_version: u32,
    #[schema(value_type = Vec<LineReviewView>)]
    pub(crate) reviews: Vec<LineReviewView>,
}

/// What a reviewer does with one line.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = LineReview)]
pub(crate) struct LineReviewView {
    pub(crate) line_id: u32,
    #[serde(flatten)]
    pub(crate) verdict: LineVerdictView,
}

/// What a reviewer may do with a line.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = LineVerdict)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub(crate) enum LineVerdictView {
    /// It is right.
    Confirm,
    /// It is to say this.
    Edit { text: String },
    /// It is not to be in the minutes.
    Reject,
    /// Nothing was said of it after all.
    Reopen,
    /// Of an action item: somebody of the roster is to do it, or nobody in particular.
    Reassign { owner: Option<String> },
    /// Of an action item: when it is due, `YYYY-MM-DD`, or at no time.
    Reschedule { due_date: Option<String> },
    /// Of an action item: whether it is done.
    SetStatus {
        #[schema(value_type = schemas::ActionStatus)]
        status: ActionStatus,
    },
}

/// The earlier version to take again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMinutesRestoration {
    /// The version the reviewer saw; as for reviews.
    pub(crate) base_version: u32,
    pub(crate) version: u32,
}

/// What minutes are to be written.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMinutesRewrite {
    #[schema(value_type = schemas::MinutesTemplate)]
    pub(crate) template: MinutesTemplate,
    /// The sections to show, in order; only with the template `custom`, and those of the template otherwise.
    #[schema(value_type = Option<Vec<schemas::MinutesSection>>)]
    pub(crate) sections: Option<Vec<MinutesSection>>,
    /// What else a language model is to look for; needs one.
    pub(crate) instructions: Option<String>,
    /// The language to write in, the meeting's when left out; another one needs a language model.
    #[schema(value_type = Option<schemas::Language>)]
    pub(crate) language: Option<Language>,
    /// The one section to write again; all when left out.
    #[schema(value_type = Option<schemas::MinutesSection>)]
    pub(crate) section: Option<MinutesSection>,
}

/// What minutes can be written here.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MinutesOptions)]
pub(crate) struct MinutesOptionsView {
    /// The language model that writes; null when there is none, and then other languages and wishes in words are out of reach.
    #[schema(required)]
    pub(crate) language_model: Option<String>,
    pub(crate) templates: Vec<MinutesTemplateView>,
}

/// A kind of minutes.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MinutesTemplateSections)]
pub(crate) struct MinutesTemplateView {
    #[schema(value_type = schemas::MinutesTemplate)]
    pub(crate) template: MinutesTemplate,
    #[schema(value_type = Vec<schemas::MinutesSection>)]
    pub(crate) sections: Vec<MinutesSection>,
}

/// The versions of minutes, the latest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MinutesVersionList)]
pub(crate) struct MinutesVersionListView {
    pub(crate) versions: Vec<MinutesVersionView>,
}

/// A version of minutes, without its content.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MinutesVersion)]
pub(crate) struct MinutesVersionView {
    pub(crate) version: u32,
    pub(crate) created_at: String,
    pub(crate) revision: MinutesRevisionView,
    /// The name of the person who made it; null when it was Huiji itself or the account is gone.
    #[schema(required)]
    pub(crate) author_name: Option<String>,
}

/// Which of the caller's action items to list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ActionItemQuery {
    #[param(value_type = Option<schemas::ActionStatus>)]
    pub(crate) status: Option<ActionStatus>,
}

/// The caller's action items, those due first at the top.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OwnActionItemList)]
pub(crate) struct OwnActionItemListView {
    pub(crate) items: Vec<OwnActionItemView>,
    /// Whether there are more than were listed.
    pub(crate) more: bool,
}

/// An action item of the caller's, and where it comes from.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OwnActionItem)]
pub(crate) struct OwnActionItemView {
    pub(crate) recording_id: String,
    pub(crate) recording_title: String,
    pub(crate) recorded_at: String,
    /// The version of the minutes, for a review.
    pub(crate) minutes_version: u32,
    /// Whether the caller may review it.
    pub(crate) can_edit: bool,
    pub(crate) item: ActionItemView,
}

impl MinutesVersionView {
    pub(crate) fn new(version: MinutesVersion, author_name: Option<String>) -> Self {
        Self {
            version: version.version,
            created_at: time_text(version.created_at),
            revision: version.revision.into(),
            author_name,
        }
    }

    /// Returns the account that made it.
    pub(crate) fn author(&self) -> Option<&str> {
        match &self.revision.author {
            MinutesAuthorView::Person { user_id } => Some(user_id),
            MinutesAuthorView::Huiji => None,
        }
    }
}

impl TryFrom<LineReviewView> for LineReview {
    type Error = model::Error;

    fn try_from(view: LineReviewView) -> Result<Self, model::Error> {
        let verdict = match view.verdict {
            LineVerdictView::Confirm => LineVerdict::Confirm,
            LineVerdictView::Edit { text } => LineVerdict::Edit { text },
            LineVerdictView::Reject => LineVerdict::Reject,
            LineVerdictView::Reopen => LineVerdict::Reopen,
            LineVerdictView::Reassign { owner } => {
                LineVerdict::Reassign { owner: owner.map(|owner| owner.parse()).transpose()? }
            }
            LineVerdictView::Reschedule { due_date } => LineVerdict::Reschedule { due_date },
            LineVerdictView::SetStatus { status } => LineVerdict::SetStatus { status },
        };
        Ok(Self { line_id: LineId(view.line_id), verdict })
    }
}
