use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{JobPayload, LineReview, LineVerdict, Minutes, MinutesOrder, MinutesTemplate, MinutesWish, UserId};
use serde::Deserialize;

use super::content;
use crate::access::RecordingPermit;
use crate::error::ApiError;
use crate::request::{JsonBody, PathParts};
use crate::state::App;
use crate::views::{
    JobRequestView, JobView, MinutesOptionsView, MinutesTemplateView, MinutesVersionListView, MinutesVersionView,
    MinutesView, NewMinutesRestoration, NewMinutesReview, NewMinutesRewrite,
};

const NO_SUCH_VERSION: ApiError = ApiError::NotFound { what: "version" };
/// The longest wish in words, in characters.
const INSTRUCTIONS_MAX: usize = 1_000;

#[derive(Deserialize)]
pub(crate) struct VersionPath {
    version: u32,
}

/// Confirms, rewords, rejects, reassigns, reschedules and ticks off lines: answers with the next version. When somebody
/// else made a version since the one that was reviewed, nothing is changed and the answer is `stale_version`.
#[utoipa::path(post, path = "/recordings/{recording_id}/minutes/reviews", tag = "content",
    params(("recording_id" = String, Path)), request_body = NewMinutesReview,
    responses((status = 200, body = MinutesView)))]
pub(crate) async fn review_minutes(
    State(app): State<App>,
    permit: RecordingPermit,
    JsonBody(new): JsonBody<NewMinutesReview>,
) -> Result<Json<MinutesView>, ApiError> {
    let author = person(&permit)?;
    let current = latest(&app, &permit, new.base_version).await?;
    let reviews = new.reviews.into_iter().map(LineReview::try_from).collect::<Result<Vec<_>, _>>()?;
    let roster = app.archive().participants(permit.recording()).await?;
    for review in &reviews {
        if let LineVerdict::Reassign { owner: Some(owner) } = &review.verdict
            && !roster.iter().any(|participant| participant.id == *owner)
        {
            return Err(ApiError::invalid(format!("owner: {owner} is nobody of this meeting")));
        }
    }
    let next = current.reviewed(&reviews, author, app.now())?;
    app.archive().save_minutes(&permit, &next).await?;
    Ok(Json(next.into()))
}

/// Takes an earlier version of the minutes again, as their next version.
#[utoipa::path(post, path = "/recordings/{recording_id}/minutes/restorations", tag = "content",
    params(("recording_id" = String, Path)), request_body = NewMinutesRestoration,
    responses((status = 200, body = MinutesView)))]
pub(crate) async fn restore_minutes(
    State(app): State<App>,
    permit: RecordingPermit,
    JsonBody(new): JsonBody<NewMinutesRestoration>,
) -> Result<Json<MinutesView>, ApiError> {
    let author = person(&permit)?;
    let current = latest(&app, &permit, new.base_version).await?;
    let earlier = app.archive().minutes_version(&permit, new.version).await?.ok_or(NO_SUCH_VERSION)?;
    let next = current.restored(earlier, author, app.now());
    app.archive().save_minutes(&permit, &next).await?;
    Ok(Json(next.into()))
}

/// Has the minutes, or one section of them, written again by another template, or in another language where a language
/// model is configured. Lines that a person confirmed, reworded or rejected stay. Follow the job to see how far it is.
#[utoipa::path(post, path = "/recordings/{recording_id}/minutes/rewrites", tag = "content",
    params(("recording_id" = String, Path)), request_body = NewMinutesRewrite,
    responses((status = 202, body = JobRequestView)))]
pub(crate) async fn rewrite_minutes(
    State(app): State<App>,
    permit: RecordingPermit,
    JsonBody(new): JsonBody<NewMinutesRewrite>,
) -> Result<(StatusCode, Json<JobRequestView>), ApiError> {
    let user_id = person(&permit)?;
    let wish = wish(&app, &permit, new)?;
    // There must be a transcript to write from.
    content::transcript(&app, &permit).await?;
    let recording_id = permit.recording().id.clone();
    let payload = JobPayload::RewriteMinutes { recording_id, order: MinutesOrder { wish, user_id } };
    let job_id = app.ids().job_id();
    let job = app.archive().enqueue(&permit, job_id.clone(), &payload, app.now()).await?;
    if job.id != job_id {
        let detail = "the minutes are being written again already; wait until that is done".to_owned();
        return Err(ApiError::Conflict { detail });
    }
    Ok((StatusCode::ACCEPTED, Json(JobRequestView { job: JobView::from(job) })))
}

/// Says what minutes can be written here: the templates, and whether a language model is there to translate.
#[utoipa::path(get, path = "/recordings/{recording_id}/minutes/options", tag = "content",
    params(("recording_id" = String, Path)), responses((status = 200, body = MinutesOptionsView)))]
pub(crate) async fn read_options(State(app): State<App>, _permit: RecordingPermit) -> Json<MinutesOptionsView> {
    let templates = MinutesTemplate::ALL
        .iter()
        .map(|template| MinutesTemplateView { template: *template, sections: template.sections().to_vec() });
    let language_model = app.settings().language_model.clone();
    Json(MinutesOptionsView { language_model, templates: templates.collect() })
}

/// Lists the versions of the minutes with who made them, when and how.
#[utoipa::path(get, path = "/recordings/{recording_id}/minutes/versions", tag = "content",
    params(("recording_id" = String, Path)), responses((status = 200, body = MinutesVersionListView)))]
pub(crate) async fn list_minutes_versions(
    State(app): State<App>,
    permit: RecordingPermit,
) -> Result<Json<MinutesVersionListView>, ApiError> {
    let mut versions: Vec<MinutesVersionView> = Vec::new();
    for version in app.archive().minutes_versions(&permit).await? {
        let mut view = MinutesVersionView::new(version, None);
        if let Some(author) = view.author() {
            let known = versions.iter().find(|other| other.author() == Some(author));
            view.author_name = match (known, UserId::new(author)) {
                (Some(known), _) => known.author_name.clone(),
                (None, Ok(user_id)) => app.archive().account_name(&permit, &user_id).await?,
                (None, Err(_)) => None,
            };
        }
        versions.push(view);
    }
    Ok(Json(MinutesVersionListView { versions }))
}

/// Returns the minutes as they were in one of their versions.
#[utoipa::path(get, path = "/recordings/{recording_id}/minutes/versions/{version}", tag = "content",
    params(("recording_id" = String, Path), ("version" = u32, Path)),
    responses((status = 200, body = MinutesView)))]
pub(crate) async fn read_minutes_version(
    State(app): State<App>,
    permit: RecordingPermit,
    PathParts(path): PathParts<VersionPath>,
) -> Result<Json<MinutesView>, ApiError> {
    if let Some(minutes) = app.archive().minutes_version(&permit, path.version).await? {
        return Ok(Json(minutes.into()));
    }
    // Without any minutes the reason is told instead.
    content::minutes(&app, &permit).await?;
    Err(NO_SUCH_VERSION)
}

fn person(permit: &RecordingPermit) -> Result<UserId, ApiError> {
    const NO_PERSON: ApiError = ApiError::Forbidden { reason: "an API key cannot review minutes" };
    Ok(permit.subject().user_id().ok_or(NO_PERSON)?.clone())
}

/// Returns the latest minutes when they are those the caller saw.
async fn latest(app: &App, permit: &RecordingPermit, base_version: u32) -> Result<Minutes, ApiError> {
    let current = content::minutes(app, permit).await?;
    if current.version == base_version {
        return Ok(current);
    }
    let author = match &current.revision.author {
        model::MinutesAuthor::Person { user_id } => {
            app.archive().account_name(permit, user_id).await?.unwrap_or_else(|| user_id.to_string())
        }
        model::MinutesAuthor::Huiji => "Huiji".to_owned(),
    };
    let detail = format!(
        "you reviewed version {base_version} of the minutes, but version {} by {author} is the latest: read it and review \
         again",
        current.version
    );
    Err(ApiError::StaleVersion { detail })
}

fn wish(app: &App, permit: &RecordingPermit, new: NewMinutesRewrite) -> Result<MinutesWish, ApiError> {
    let meeting_language = permit.recording().language;
    let mut wish = MinutesWish::new(new.template, new.language.unwrap_or(meeting_language));
    wish.section = new.section;
    wish.instructions = new.instructions.map(|wishes| wishes.trim().to_owned()).filter(|wishes| !wishes.is_empty());
    if let Some(sections) = new.sections {
        let is_double =
            sections.iter().enumerate().any(|(at, section)| sections.iter().skip(at + 1).any(|other| other == section));
        if new.template != MinutesTemplate::Custom || sections.is_empty() || is_double {
            return Err(ApiError::invalid(
                "sections: choose each once, at least one, and only with the template custom",
            ));
        }
        wish.sections = sections;
    }
    let is_long = |wishes: &String| wishes.chars().count() > INSTRUCTIONS_MAX;
    if wish.instructions.as_ref().is_some_and(is_long) {
        return Err(ApiError::invalid(format!("instructions: at most {INSTRUCTIONS_MAX} characters")));
    }
    if app.settings().language_model.is_none() {
        if wish.language != meeting_language {
            let detail = format!(
                "language: without a language model minutes are made of what was said, in the meeting's language \
                 ({meeting_language}); configure a language model to have them translated"
            );
            return Err(ApiError::invalid(detail));
        }
        if wish.instructions.is_some() {
            let detail = "instructions: without a language model nobody can follow them; choose sections instead";
            return Err(ApiError::invalid(detail));
        }
    }
    Ok(wish)
}
