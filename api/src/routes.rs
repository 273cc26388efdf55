use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::MethodRouter;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use crate::access::{Action, Gate, Scope, stand_before};
use crate::api_description::{self, base, describe_operations};
use crate::handlers::{
    action_items, audit_log, case_exports, cases, certificates, content, control, create, events, exports, holds,
    link_sessions, minutes, minutes_exports, mp4, participants, people, plan, playback, recordings, retention, search,
    session, share_links, sharing, sharing_policy, storage, tracks, transcript, trash, webhooks,
};
use crate::response_headers::{no_referrer, no_store};
use crate::state::App;

/// Where the API lives. Playback sessions live beside it, at `/p`.
pub(crate) const API_PREFIX: &str = "/api/v1";

/// A handler, where it is reached, and what it does. There is no other way into the router.
pub(crate) struct Route {
    pub(crate) action: Action,
    handler: UtoipaMethodRouter<App>,
}

/// Returns every route. A handler cannot be added without saying what it does.
pub(crate) fn route_table() -> Vec<Route> {
    let mut table = control_routes();
    table.extend(reading_routes());
    table.extend(governing_routes());
    table.extend(playback_routes());
    table.extend(sharing_routes());
    table
}

fn control_routes() -> Vec<Route> {
    let route = |action, handler| Route { action, handler };
    vec![
        route(Action::SignIn, routes!(session::sign_in)),
        route(Action::ReadSession, routes!(session::read_session)),
        route(Action::SignOut, routes!(session::sign_out)),
        route(Action::CreateRecording, routes!(create::create_recording)),
        route(Action::ControlRecording, routes!(control::pause_recording)),
        route(Action::ControlRecording, routes!(control::resume_recording)),
        route(Action::ControlRecording, routes!(control::stop_recording)),
        route(Action::ControlRecording, routes!(control::set_layout)),
        route(Action::ManageTracks, routes!(tracks::add_track)),
        route(Action::ManageTracks, routes!(tracks::change_track)),
        route(Action::ManageTracks, routes!(tracks::remove_track)),
        route(Action::ManageParticipants, routes!(participants::join_participant)),
        route(Action::ManageParticipants, routes!(participants::leave_participant)),
        route(Action::ManageWebhooks, routes!(webhooks::add_webhook)),
        route(Action::ManageWebhooks, routes!(webhooks::list_webhooks)),
        route(Action::ManageWebhooks, routes!(webhooks::remove_webhook)),
        route(Action::ManageWebhooks, routes!(webhooks::list_webhook_deliveries)),
    ]
}

fn reading_routes() -> Vec<Route> {
    let route = |action, handler| Route { action, handler };
    vec![
        route(Action::ReadHealth, routes!(plan::read_health)),
        route(Action::ReadApiDescription, routes!(api_description::read_description)),
        route(Action::ReadPlan, routes!(plan::read_plan)),
        route(Action::ListRecordings, routes!(recordings::list_recordings)),
        route(Action::ListRecordings, routes!(events::watch_recordings)),
        route(Action::Search, routes!(search::search_recordings)),
        route(Action::Search, routes!(search::export_search)),
        route(Action::ReadRecording, routes!(recordings::read_recording)),
        route(Action::ReadRecording, routes!(events::watch_recording)),
        route(Action::ReadTimeline, routes!(content::read_timeline)),
        route(Action::ReadJobs, routes!(content::list_jobs)),
        route(Action::ReadTranscript, routes!(content::read_transcript)),
        route(Action::ReadTranscript, routes!(transcript::read_live)),
        route(Action::ReviewTranscript, routes!(transcript::list_versions)),
        route(Action::ReviewTranscript, routes!(transcript::read_version)),
        route(Action::ReviewTranscript, routes!(transcript::compare_versions)),
        route(Action::ReviewTranscript, routes!(transcript::read_suppressed)),
        route(Action::EditTranscript, routes!(transcript::edit_transcript)),
        route(Action::ReadMinutes, routes!(content::read_minutes)),
        route(Action::ReviewMinutes, routes!(minutes::read_options)),
        route(Action::ReviewMinutes, routes!(minutes::list_minutes_versions)),
        route(Action::ReviewMinutes, routes!(minutes::read_minutes_version)),
        route(Action::EditMinutes, routes!(minutes::review_minutes)),
        route(Action::EditMinutes, routes!(minutes::restore_minutes)),
        route(Action::EditMinutes, routes!(minutes::rewrite_minutes)),
        route(Action::ListActionItems, routes!(action_items::list_action_items)),
        route(Action::PlayRecording, routes!(playback::open_playback)),
        route(Action::ExportTranscript, routes!(exports::export_webvtt)),
        route(Action::ExportTranscript, routes!(exports::export_subrip)),
        route(Action::ExportTranscript, routes!(exports::export_transcript_markdown)),
        route(Action::ExportMinutes, routes!(minutes_exports::export_minutes_markdown)),
        route(Action::ExportMinutes, routes!(minutes_exports::export_minutes_json)),
        route(Action::ExportMinutes, routes!(minutes_exports::export_minutes_docx)),
        route(Action::ExportMinutes, routes!(minutes_exports::export_minutes_pdf)),
        route(Action::ExportMinutes, routes!(minutes_exports::export_action_items)),
        route(Action::RequestMp4, routes!(mp4::request_mp4)),
        route(Action::DownloadMp4, routes!(mp4::download_mp4)),
    ]
}

/// What compliance teams and admins work with.
fn governing_routes() -> Vec<Route> {
    let route = |action, handler| Route { action, handler };
    vec![
        route(Action::ManageLabels, routes!(trash::read_labels)),
        route(Action::ManageLabels, routes!(trash::save_labels)),
        route(Action::TrashRecording, routes!(trash::trash_recording)),
        route(Action::RestoreRecording, routes!(trash::restore_recording)),
        route(Action::PurgeRecording, routes!(trash::purge_recording)),
        route(Action::ListTrash, routes!(trash::list_trash)),
        route(Action::ReadHolds, routes!(holds::list_holds)),
        route(Action::PlaceHold, routes!(holds::place_hold)),
        route(Action::ReleaseHold, routes!(holds::request_release)),
        route(Action::ReleaseHold, routes!(holds::withdraw_release)),
        route(Action::ReleaseHold, routes!(holds::release_hold)),
        route(Action::ReadRetention, routes!(retention::read_policy)),
        route(Action::ReadRetention, routes!(retention::simulate_policy)),
        route(Action::ManageRetention, routes!(retention::save_policy)),
        route(Action::ReadCertificates, routes!(certificates::list_certificates)),
        route(Action::ReadCertificates, routes!(certificates::verify_certificate)),
        route(Action::DownloadCertificate, routes!(certificates::download_certificate)),
        route(Action::ReadAudit, routes!(audit_log::list_audit)),
        route(Action::ReadAudit, routes!(audit_log::export_audit)),
        route(Action::ReadAudit, routes!(audit_log::verify_audit_log)),
        route(Action::ReadStorage, routes!(storage::read_storage)),
        route(Action::ListCases, routes!(cases::list_cases)),
        route(Action::OpenCase, routes!(cases::open_case)),
        route(Action::ReadCase, routes!(cases::read_case)),
        route(Action::ChangeCase, routes!(cases::change_case)),
        route(Action::SearchCase, routes!(case_exports::search_case)),
        route(Action::SearchCase, routes!(case_exports::export_case_search)),
        route(Action::ExportCase, routes!(case_exports::request_export)),
        route(Action::DownloadCase, routes!(case_exports::download_export)),
    ]
}

fn playback_routes() -> Vec<Route> {
    let route = |action, handler| Route { action, handler };
    vec![
        route(Action::FetchPlayback, routes!(playback::read_master_playlist)),
        route(Action::FetchTranscript, routes!(playback::read_captions)),
        route(Action::FetchTranscript, routes!(link_sessions::read_shared_transcript)),
        route(Action::FetchMinutes, routes!(link_sessions::read_shared_minutes)),
        route(Action::FetchFile, routes!(link_sessions::request_file)),
        route(Action::FetchFile, routes!(link_sessions::download_file)),
        route(Action::FetchPlayback, routes!(link_sessions::read_standing)),
        route(Action::FetchPlayback, routes!(playback::read_media)),
    ]
}

fn sharing_routes() -> Vec<Route> {
    let route = |action, handler| Route { action, handler };
    vec![
        route(Action::ListPeople, routes!(people::list_people)),
        route(Action::ReadSharingPolicy, routes!(sharing_policy::read_sharing_policy)),
        route(Action::ChangeSharingPolicy, routes!(sharing_policy::change_sharing_policy)),
        route(Action::ReadSharing, routes!(sharing::read_sharing)),
        route(Action::ChangeSharing, routes!(sharing::change_sharing)),
        route(Action::ChangeSharing, routes!(sharing::name_viewer)),
        route(Action::ChangeSharing, routes!(sharing::unname_viewer)),
        route(Action::ChangeSharing, routes!(sharing::answer_access_request)),
        route(Action::RequestAccess, routes!(sharing::request_access)),
        route(Action::ReadViewLog, routes!(sharing::read_view_log)),
        route(Action::ChangeSharing, routes!(share_links::create_link)),
        route(Action::ChangeSharing, routes!(share_links::revoke_link)),
        route(Action::OpenLink, routes!(share_links::open_link)),
    ]
}

/// Builds the router of every route, each behind its gate, and the description that belongs to it.
pub(crate) fn assemble(app: &App) -> (axum::Router<App>, OpenApi) {
    let gated = |action: Action, handler: MethodRouter<App>| {
        let gate = Gate { app: app.clone(), action };
        let handler = handler.route_layer(from_fn_with_state(gate, stand_before));
        match action.scope() {
            Scope::PlaybackSession => handler.layer(from_fn(no_referrer)),
            Scope::Public | Scope::Tenant | Scope::Recording | Scope::Case => handler.layer(from_fn(no_store)),
        }
    };
    mount(gated).split_for_parts()
}

/// Builds the description without a server.
pub(crate) fn description() -> OpenApi {
    mount(|_, handler| handler).into_openapi()
}

fn mount(gated: impl Fn(Action, MethodRouter<App>) -> MethodRouter<App>) -> OpenApiRouter<App> {
    let mut api = OpenApiRouter::new();
    let mut beside = OpenApiRouter::with_openapi(base());
    for Route { action, handler: (schemas, mut paths, methods) } in route_table() {
        describe_operations(&mut paths, action);
        let handler = (schemas, paths, gated(action, methods));
        match action.scope() {
            Scope::PlaybackSession => beside = beside.routes(handler),
            Scope::Public | Scope::Tenant | Scope::Recording | Scope::Case => api = api.routes(handler),
        }
    }
    beside.nest(API_PREFIX, api)
}

/// Where a route is reached and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteEntry {
    /// The HTTP method.
    pub method: &'static str,
    /// The full path, parameters in braces.
    pub path: String,
    /// The name of the action that is decided about, as in the audit log.
    pub action: &'static str,
}

/// Lists every route of the API and of playback sessions.
#[must_use]
pub fn route_entries() -> Vec<RouteEntry> {
    route_table().iter().flat_map(Route::entries).collect()
}

impl Route {
    fn entries(&self) -> Vec<RouteEntry> {
        let prefix = if self.action.scope() == Scope::PlaybackSession { "" } else { API_PREFIX };
        let mut entries = Vec::new();
        for (path, item) in &self.handler.1.paths {
            let methods = [
                ("GET", &item.get),
                ("PUT", &item.put),
                ("POST", &item.post),
                ("DELETE", &item.delete),
                ("PATCH", &item.patch),
            ];
            for (method, _) in methods.into_iter().filter(|(_, operation)| operation.is_some()) {
                entries.push(RouteEntry { method, path: format!("{prefix}{path}"), action: self.action.name() });
            }
        }
        entries
    }
}
