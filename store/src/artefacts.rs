use bytes::Bytes;
use model::{Minutes, MinutesAuthor, Processing, RecordingId, StageOutcome, TenantId, Timestamp, Transcript, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::changes::ChangeKind;
use crate::database::{Transaction, sql};
use crate::fields::Fields;
use crate::objects::{self, SealedObject};
use crate::outbox::{self, OutboxKind};
use crate::{Error, ObjectKey, Store, minutes_rows, recordings};

/// A stage of the durable half that leaves a versioned artefact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Speech to transcript.
    Transcript,
    /// Transcript to minutes.
    Minutes,
}

impl Stage {
    const fn name(self) -> &'static str {
        match self {
            Self::Transcript => "transcript",
            Self::Minutes => "minutes",
        }
    }

    const fn object_key(self, version: u32) -> ObjectKey {
        match self {
            Self::Transcript => ObjectKey::Transcript { version },
            Self::Minutes => ObjectKey::Minutes { version },
        }
    }

    const fn outcome(self, processing: &mut Processing) -> &mut StageOutcome {
        match self {
            Self::Transcript => &mut processing.transcript,
            Self::Minutes => &mut processing.minutes,
        }
    }

    const fn announcement(self) -> (OutboxKind, ChangeKind) {
        match self {
            Self::Transcript => (OutboxKind::Transcript, ChangeKind::Transcript),
            Self::Minutes => (OutboxKind::Minutes, ChangeKind::Minutes),
        }
    }
}

impl Store {
    /// Stores a version of a transcript: its object, then in one transaction its row, the recording's progress and the
    /// note to the search index. Doing so again with the same content is harmless.
    ///
    /// # Errors
    /// [`Error::Conflict`] unless the version is the one after the latest.
    pub async fn save_transcript(
        &self,
        tenant_id: &TenantId,
        transcript: &Transcript,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (recording_id, version) = (&transcript.recording_id, transcript.version);
        let origin = transcript.revision.as_ref().map_or(Origin::ENGINE, |revision| Origin {
            author: Some(&revision.author),
            edit_kind: Some(revision.edit.kind()),
            restored_version: revision.edit.restored_version(),
        });
        let artefact =
            Artefact { stage: Stage::Transcript, recording_id, version, origin, minutes: None, content: transcript };
        self.save_artefact(tenant_id, artefact, now).await
    }

    /// Returns a version of a recording's transcript, the latest when none is named.
    pub async fn load_transcript(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        version: Option<u32>,
    ) -> Result<Option<Transcript>, Error> {
        self.load_artefact(Stage::Transcript, tenant_id, recording_id, version).await
    }

    /// Stores a version of minutes, as [`Store::save_transcript`] does.
    ///
    /// # Errors
    /// [`Error::Conflict`] unless the version is the one after the latest.
    pub async fn save_minutes(&self, tenant_id: &TenantId, minutes: &Minutes, now: Timestamp) -> Result<(), Error> {
        let (recording_id, version) = (&minutes.recording_id, minutes.version);
        let author = match &minutes.revision.author {
            MinutesAuthor::Person { user_id } => Some(user_id),
            MinutesAuthor::Huiji => None,
        };
        let origin = Origin { author, ..Origin::ENGINE };
        let minutes = Some(minutes);
        let artefact = Artefact { stage: Stage::Minutes, recording_id, version, origin, minutes, content: &minutes };
        self.save_artefact(tenant_id, artefact, now).await
    }

    /// Returns a version of a recording's minutes, the latest when none is named; those of an older schema in today's.
    pub async fn load_minutes(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        version: Option<u32>,
    ) -> Result<Option<Minutes>, Error> {
        let minutes: Option<Minutes> = self.load_artefact(Stage::Minutes, tenant_id, recording_id, version).await?;
        Ok(minutes.map(Minutes::upgraded))
    }

    /// Notes that a stage was given up. `problem` is shown to people and must not hold what was said.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the stage is done.
    pub async fn fail_stage(
        &self,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        stage: Stage,
        problem: &str,
    ) -> Result<(), Error> {
        let mut transaction = self.database().begin("recordings").await?;
        let mut recording = recordings::load_for_update(&mut transaction, tenant_id, recording_id).await?;
        let outcome = stage.outcome(&mut recording.processing);
        if let StageOutcome::Done { version } = outcome {
            let problem = format!("{} version {version} is done and cannot fail", stage.name());
            return Err(Error::Conflict { what: "recording", id: recording_id.to_string(), problem });
        }
        *outcome = StageOutcome::Failed { problem: problem.to_owned() };
        recordings::update(&mut transaction, &recording).await?;
        outbox::append(&mut transaction, tenant_id, recording_id, OutboxKind::Recording).await?;
        transaction.commit().await?;
        self.announce(tenant_id, recording_id, ChangeKind::Recording);
        Ok(())
    }

    async fn save_artefact(
        &self,
        tenant_id: &TenantId,
        artefact: Artefact<'_, impl Serialize + Sync>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let Artefact { stage, recording_id, version, origin, minutes, content } = artefact;
        let json = serde_json::to_vec(content).map_err(|source| Error::Encode { what: stage.name(), source })?;
        let key = stage.object_key(version);
        let SealedObject { object, content: sealed } =
            self.seal_object(tenant_id, recording_id, &key, Bytes::from(json)).await?;
        let _turn = self.turn(&object.path).await;
        // A version that is not the next must not touch the object store.
        let latest = self.latest_version(stage, recording_id).await?;
        if version != latest && version != latest + 1 {
            return Err(version_conflict(stage, recording_id, version, latest));
        }
        let created = self.inner.media.create(&object.path, sealed.clone()).await?;
        let mut transaction = self.database().begin("artefacts").await?;
        let mut recording = recordings::load_for_update(&mut transaction, tenant_id, recording_id).await?;
        if objects::is_listed(&mut transaction, tenant_id, recording_id, &object).await? {
            return Ok(());
        }
        let latest = latest_version_in(&mut transaction, stage, recording_id).await?;
        if version != latest + 1 {
            return Err(version_conflict(stage, recording_id, version, latest));
        }
        if !created {
            // What a crash left behind; the row lock keeps other writers away while it is replaced.
            self.inner.media.put(&object.path, sealed).await?;
        }
        objects::list(&mut transaction, tenant_id, recording_id, &object, now).await?;
        insert_row(&mut transaction, (stage, recording_id, version), &key, &origin, now).await?;
        if let Some(minutes) = minutes {
            minutes_rows::insert(&mut transaction, minutes).await?;
        }
        advance(&mut recording.processing, version, minutes);
        recordings::update(&mut transaction, &recording).await?;
        let (outbox_kind, change_kind) = stage.announcement();
        outbox::append(&mut transaction, tenant_id, recording_id, outbox_kind).await?;
        transaction.commit().await?;
        self.announce(tenant_id, recording_id, change_kind);
        self.announce(tenant_id, recording_id, ChangeKind::Recording);
        Ok(())
    }

    async fn load_artefact<T: DeserializeOwned>(
        &self,
        stage: Stage,
        tenant_id: &TenantId,
        recording_id: &RecordingId,
        version: Option<u32>,
    ) -> Result<Option<T>, Error> {
        let statement = sql("SELECT artefacts.recording_id, artefacts.stage, artefacts.version, artefacts.object_key \
             FROM artefacts JOIN recordings ON recordings.id = artefacts.recording_id \
             WHERE artefacts.recording_id = $1 AND recordings.tenant_id = $2 AND artefacts.stage = $3 \
             AND ($4 IS NULL OR artefacts.version = $4) ORDER BY artefacts.version DESC LIMIT 1");
        let statement = statement
            .bind(recording_id.as_str())
            .bind(tenant_id.as_str())
            .bind(stage.name())
            .bind(version.map(i64::from));
        let Some(row) = self.database().read_optional("artefacts", statement).await? else { return Ok(None) };
        let fields = Fields::of(&row, "artefacts", &["recording_id", "stage", "version"]);
        let key = stage.object_key(fields.number("version")?);
        let stored: ObjectKey = fields.parsed("object_key")?;
        if stored != key {
            return Err(fields.corrupt("object_key", format_args!("{stored} belongs to another version")));
        }
        let content = self.read_object(tenant_id, recording_id, &key).await?;
        let artefact = serde_json::from_slice(&content).map_err(|error| Error::ObjectDamaged {
            key: key.text(tenant_id, recording_id),
            problem: format!("is not a {}: {error}", stage.name()),
        })?;
        Ok(Some(artefact))
    }

    async fn latest_version(&self, stage: Stage, recording_id: &RecordingId) -> Result<u32, Error> {
        let statement = sql(LATEST_VERSION).bind(recording_id.as_str()).bind(stage.name());
        let row = self.database().read_optional("artefacts", statement).await?;
        row.map_or(Ok(0), |row| Fields::of(&row, "artefacts", &[]).number("version"))
    }
}

/// A version of an artefact on its way into the store.
struct Artefact<'a, T> {
    stage: Stage,
    recording_id: &'a RecordingId,
    version: u32,
    origin: Origin<'a>,
    /// The content, when it is minutes.
    minutes: Option<&'a Minutes>,
    content: &'a T,
}

/// Notes in a recording's progress that a version is stored, and of minutes which transcript they are checked against.
fn advance(processing: &mut Processing, version: u32, minutes: Option<&Minutes>) {
    let done = StageOutcome::Done { version };
    match minutes {
        None => processing.transcript = done,
        Some(minutes) => {
            processing.minutes = done;
            processing.minutes_transcript_version = Some(minutes.transcript_version);
        }
    }
}

/// Who made a version, and how.
struct Origin<'a> {
    author: Option<&'a UserId>,
    edit_kind: Option<&'static str>,
    restored_version: Option<u32>,
}

impl Origin<'_> {
    /// It was made by an engine.
    const ENGINE: Self = Self { author: None, edit_kind: None, restored_version: None };
}

async fn insert_row(
    transaction: &mut Transaction,
    (stage, recording_id, version): (Stage, &RecordingId, u32),
    key: &ObjectKey,
    origin: &Origin<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql("INSERT INTO artefacts \
         (recording_id, stage, version, object_key, created_at, author, edit_kind, restored_version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
    let statement = statement
        .bind(recording_id.as_str())
        .bind(stage.name())
        .bind(i64::from(version))
        .bind(key.to_string())
        .bind(now.as_micros())
        .bind(origin.author.map(UserId::as_str))
        .bind(origin.edit_kind)
        .bind(origin.restored_version.map(i64::from));
    transaction.execute(statement).await.map(drop)
}

const LATEST_VERSION: &str =
    "SELECT COALESCE(MAX(version), 0) AS version FROM artefacts WHERE recording_id = $1 AND stage = $2";

async fn latest_version_in(
    transaction: &mut Transaction,
    stage: Stage,
    recording_id: &RecordingId,
) -> Result<u32, Error> {
    let statement = sql(LATEST_VERSION).bind(recording_id.as_str()).bind(stage.name());
    let row = transaction.fetch_optional(statement).await?;
    row.map_or(Ok(0), |row| Fields::of(&row, "artefacts", &[]).number("version"))
}

fn version_conflict(stage: Stage, recording_id: &RecordingId, version: u32, latest: u32) -> Error {
    Error::Conflict {
        what: stage.name(),
        id: format!("{recording_id}/v{version}"),
        problem: format!("version {latest} is the latest, so the next is {}", latest + 1),
    }
}
