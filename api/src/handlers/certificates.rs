use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::RecordingId;
use serde::Deserialize;
use store::{DeletionCertificate, SignedCertificate};

use crate::access::TenantPermit;
use crate::error::ApiError;
use crate::people::People;
use crate::request::{JsonBody, PathParts};
use crate::state::App;
use crate::views::{
    CertificateCheckView, CertificateListView, CertificateSummaryView, SignedCertificateView, reason_parts, time_text,
};

const LISTED_MAX: u32 = 500;
const NO_CERTIFICATE: ApiError = ApiError::NotFound { what: "deletion certificate" };

#[derive(Deserialize)]
pub(crate) struct CertificatePath {
    recording_id: String,
}

/// Lists what was destroyed, the newest first, at most 500.
#[utoipa::path(get, path = "/certificates", tag = "certificates",
    responses((status = 200, body = CertificateListView)))]
pub(crate) async fn list_certificates(
    State(app): State<App>,
    permit: TenantPermit,
) -> Result<Json<CertificateListView>, ApiError> {
    let people = People::load(&app, permit.tenant_id()).await?;
    let public_key = app.archive().public_key();
    let signed = app.archive().certificates(&permit, LISTED_MAX).await?;
    let certificates = signed.iter().map(|signed| Ok(summary(&people, &signed.verify(&signed.public_key)?)));
    let certificates = certificates.collect::<Result<_, ApiError>>()?;
    Ok(Json(CertificateListView { certificates, public_key }))
}

/// Returns the certificate of a recording as a file that can be checked without this server.
#[utoipa::path(get, path = "/certificates/{recording_id}", tag = "certificates",
    params(("recording_id" = String, Path)), responses((status = 200, body = SignedCertificateView)))]
pub(crate) async fn download_certificate(
    State(app): State<App>,
    permit: TenantPermit,
    PathParts(path): PathParts<CertificatePath>,
) -> Result<Response, ApiError> {
    let recording_id = RecordingId::new(path.recording_id).map_err(|_| NO_CERTIFICATE)?;
    let signed = app.archive().certificate(&permit, &recording_id).await?.ok_or(NO_CERTIFICATE)?;
    let SignedCertificate { body, public_key, signature } = signed;
    let mut response = Json(SignedCertificateView { body, public_key, signature }).into_response();
    let disposition = format!("attachment; filename=\"certificate-{recording_id}.json\"");
    let disposition = HeaderValue::try_from(disposition).map_err(|_| ApiError::internal("an id is not a header"))?;
    response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    Ok(response)
}

/// Checks a certificate against the key of this server.
#[utoipa::path(post, path = "/certificates/verify", tag = "certificates", request_body = SignedCertificateView,
    responses((status = 200, body = CertificateCheckView)))]
pub(crate) async fn verify_certificate(
    State(app): State<App>,
    _permit: TenantPermit,
    JsonBody(certificate): JsonBody<SignedCertificateView>,
) -> Result<Json<CertificateCheckView>, ApiError> {
    let SignedCertificateView { body, public_key, signature } = certificate;
    let signed = SignedCertificate { body, public_key, signature };
    Ok(Json(match signed.verify(&app.archive().public_key()) {
        Ok(certificate) => CertificateCheckView {
            valid: true,
            problem: None,
            recording_id: Some(certificate.recording_id.to_string()),
        },
        Err(error) => CertificateCheckView { valid: false, problem: Some(error.to_string()), recording_id: None },
    }))
}

fn summary(people: &People, certificate: &DeletionCertificate) -> CertificateSummaryView {
    let (rule_id, _) = reason_parts(certificate.trashed_for.as_ref());
    let (_, by) = reason_parts(Some(&certificate.purged_for));
    let trashed_by = reason_parts(certificate.trashed_for.as_ref()).1;
    CertificateSummaryView {
        id: certificate.id.clone(),
        recording_id: certificate.recording_id.to_string(),
        meeting_id: certificate.meeting_id.to_string(),
        recorded_at: time_text(certificate.recorded_at),
        trashed_at: certificate.trashed_at.map(time_text),
        begun_at: time_text(certificate.begun_at),
        finished_at: time_text(certificate.finished_at),
        by: by.or(trashed_by).map(|user_id| people.person(user_id)),
        rule_id,
        objects: certificate.objects.len() as u64,
        stored_bytes: certificate.objects.iter().map(|object| object.stored_bytes).sum(),
        rows: certificate.rows.values().sum(),
        index_files: certificate.index.removed_files.len() as u64,
    }
}
