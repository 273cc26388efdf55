use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use model::{PlanName, RecordingId, Role, TenantId, UserId};
use recorder::{PortRange, SourceNetwork};

use crate::compliance::{AuditCommand, RetentionCommand};

/// Records meetings and writes their minutes.
#[derive(Debug, Parser)]
#[command(name = "huiji", version, about, long_about = None)]
pub struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves the API and the console, records, transcribes, writes minutes and indexes them.
    Serve(ServeArguments),
    /// Records a scripted four-person meeting over real RTP and shows what came of it.
    Demo(DemoArguments),
    /// Lists every missing piece on this machine at once.
    Doctor(DeploymentArguments),
    /// Works on stored recordings.
    Recordings {
        #[command(flatten)]
        deployment: DeploymentArguments,
        #[command(subcommand)]
        command: RecordingsCommand,
    },
    /// Rebuilds the search index of a tenant from the store.
    Reindex {
        #[command(flatten)]
        deployment: DeploymentArguments,
        /// The tenant.
        #[arg(long, default_value = "main")]
        tenant: TenantId,
    },
    /// Adds tenants, accounts and API keys.
    User {
        #[command(flatten)]
        deployment: DeploymentArguments,
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Says how long recordings stay, and destroys what has had its time.
    Retention {
        #[command(flatten)]
        deployment: DeploymentArguments,
        #[command(subcommand)]
        command: RetentionCommand,
    },
    /// Checks and exports the audit log.
    Audit {
        #[command(flatten)]
        deployment: DeploymentArguments,
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Prints the settings in force, without secrets.
    Config(ServeArguments),
    /// Lists, fetches and verifies speech models.
    Models {
        /// The directory that they are kept in.
        #[arg(long, env = "HUIJI_MODEL_DIR", default_value = "huiji-data/models")]
        directory: PathBuf,
        #[command(subcommand)]
        command: ModelsCommand,
    },
    /// Transcribes windows of speech; started by `serve`.
    #[command(hide = true)]
    TranscriptionWorker {
        /// The Whisper model.
        model: PathBuf,
        /// Threads for each window.
        #[arg(long, default_value_t = 1)]
        threads: u32,
    },
    /// Carries one recording; started by `serve`.
    #[command(hide = true)]
    Record {
        /// The spool of the recording.
        spool: PathBuf,
    },
}

/// Where a deployment keeps its things.
#[derive(Debug, Clone, Args)]
pub(crate) struct DeploymentArguments {
    /// The directory for the spool, the index, the keys, and by default the database and the media.
    #[arg(long, env = "HUIJI_DATA_DIR", default_value = "huiji-data")]
    pub(crate) data_dir: PathBuf,
    /// The database: `sqlite:PATH` or `postgres://…`. Default: a SQLite file in the data directory.
    #[arg(long, env = "HUIJI_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
    /// The directory for media objects. Default: `media` in the data directory.
    #[arg(long, env = "HUIJI_MEDIA_DIR", conflicts_with = "s3_bucket")]
    pub(crate) media_dir: Option<PathBuf>,
    /// The S3 bucket for media objects, instead of a directory.
    #[arg(long, env = "HUIJI_S3_BUCKET", requires = "s3_access_key_id")]
    pub(crate) s3_bucket: Option<String>,
    /// The S3 endpoint, for stores other than AWS.
    #[arg(long, env = "HUIJI_S3_ENDPOINT")]
    pub(crate) s3_endpoint: Option<String>,
    /// The S3 region.
    #[arg(long, env = "HUIJI_S3_REGION", default_value = "us-east-1")]
    pub(crate) s3_region: String,
    /// A prefix for every object key in the bucket.
    #[arg(long, env = "HUIJI_S3_PREFIX", default_value = "")]
    pub(crate) s3_prefix: String,
    /// The S3 access key id.
    #[arg(long, env = "HUIJI_S3_ACCESS_KEY_ID", hide_env_values = true, requires = "s3_secret_access_key")]
    pub(crate) s3_access_key_id: Option<String>,
    /// The S3 secret access key.
    #[arg(long, env = "HUIJI_S3_SECRET_ACCESS_KEY", hide_env_values = true)]
    pub(crate) s3_secret_access_key: Option<String>,
    /// The master key, 64 hexadecimal digits. Default: `keys/master.key` in the data directory, made when missing.
    #[arg(long, env = "HUIJI_MASTER_KEY", hide_env_values = true)]
    pub(crate) master_key: Option<String>,
    /// The Whisper model (ggml). Without it recordings wait for their transcript.
    #[arg(long, env = "HUIJI_MODEL")]
    pub(crate) model: Option<PathBuf>,
    /// A transcription server that speaks the OpenAI protocol, such as `https://speech.example.com/v1`. The model above,
    /// if there is one, takes over while it is away.
    #[arg(long, env = "HUIJI_TRANSCRIPTION_URL")]
    pub(crate) transcription_url: Option<String>,
    /// The model's name on the transcription server.
    #[arg(long, env = "HUIJI_TRANSCRIPTION_MODEL", default_value = "whisper-1")]
    pub(crate) transcription_model: String,
    /// The key for the transcription server.
    #[arg(long, env = "HUIJI_TRANSCRIPTION_KEY", hide_env_values = true)]
    pub(crate) transcription_key: Option<String>,
    /// A language model's server that speaks the OpenAI protocol, such as `https://llm.example.com/v1`. What it claims for
    /// minutes is checked against the transcript; without it minutes are made of what was said.
    #[arg(long, env = "HUIJI_LANGUAGE_MODEL_URL", requires = "language_model")]
    pub(crate) language_model_url: Option<String>,
    /// The language model's name on its server.
    #[arg(long, env = "HUIJI_LANGUAGE_MODEL", requires = "language_model_url")]
    pub(crate) language_model: Option<String>,
    /// The key for the language model's server.
    #[arg(long, env = "HUIJI_LANGUAGE_MODEL_KEY", hide_env_values = true)]
    pub(crate) language_model_key: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ServeArguments {
    #[command(flatten)]
    pub(crate) deployment: DeploymentArguments,
    /// The address the API and the console listen on.
    #[arg(long, env = "HUIJI_LISTEN", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// The local address media is received on, told to the SFU.
    #[arg(long, env = "HUIJI_MEDIA_ADDRESS", default_value = "127.0.0.1")]
    pub(crate) media_address: IpAddr,
    /// The UDP ports for media, such as 20000-20999. Default: chosen by the system.
    #[arg(long, env = "HUIJI_MEDIA_PORTS", value_parser = parse_port_range)]
    pub(crate) media_ports: Option<PortRange>,
    /// The networks media may come from, such as 10.0.0.0/8,192.0.2.7. Default: anywhere.
    #[arg(long, env = "HUIJI_MEDIA_FROM", value_delimiter = ',')]
    pub(crate) media_from: Vec<SourceNetwork>,
    /// How many recordings may run at once on this machine, whatever they take.
    #[arg(long, env = "HUIJI_RECORDINGS_MAX", default_value_t = 64)]
    pub(crate) recordings_max: usize,
    /// How many cores recordings are admitted for; four fifths of them are used. Default: what the machine has.
    #[arg(long, env = "HUIJI_CORES")]
    pub(crate) cores: Option<f64>,
    /// With less than this free for spools, in MiB, the picture is left out to keep the sound; it comes back with twice
    /// as much.
    #[arg(long, env = "HUIJI_DISK_LOW_MIB", default_value_t = 512, value_parser = clap::value_parser!(u64).range(..=1 << 30))]
    pub(crate) disk_low_mib: u64,
    /// How much all spools together may hold, in MiB. Default: what the disk has.
    #[arg(long, env = "HUIJI_SPOOLS_MAX_MIB", value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    pub(crate) spools_max_mib: Option<u64>,
    /// Threads for each video encoder.
    #[arg(long, env = "HUIJI_ENCODER_THREADS", default_value_t = 2)]
    pub(crate) encoder_threads: u32,
    /// Sends webhooks anywhere, also to addresses of this network and without TLS. Default: public addresses over TLS.
    #[arg(long, env = "HUIJI_WEBHOOKS_ANYWHERE")]
    pub(crate) webhooks_anywhere: bool,
    /// Threads for each Whisper decoder; there is a decoder for each core.
    #[arg(long, env = "HUIJI_WHISPER_THREADS", default_value_t = 1)]
    pub(crate) whisper_threads: u32,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct DemoArguments {
    #[command(flatten)]
    pub(crate) deployment: DeploymentArguments,
    /// Where the demo meeting and the fixture model are. Default: beside the program's source.
    #[arg(long, env = "HUIJI_FIXTURES")]
    pub(crate) fixtures: Option<PathBuf>,
    /// How much of the meeting to hold, in seconds.
    #[arg(long, default_value_t = 176, value_parser = clap::value_parser!(u64).range(15..=176))]
    pub(crate) seconds: u64,
    /// The address the console listens on; a free port is taken when this one is not.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Prints one JSON object instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
    /// Ends when the report is printed instead of serving the console.
    #[arg(long)]
    pub(crate) exit: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RecordingsCommand {
    /// Lists the newest recordings.
    List {
        /// The tenant.
        #[arg(long, default_value = "main")]
        tenant: TenantId,
    },
    /// Re-reads and decodes everything a recording's manifest lists.
    Verify {
        /// The recording.
        recording_id: RecordingId,
        /// The tenant.
        #[arg(long, default_value = "main")]
        tenant: TenantId,
        /// Prints the report as JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Adds a tenant with a plan.
    AddTenant {
        /// The tenant's id.
        tenant: TenantId,
        /// The name shown to people.
        #[arg(long)]
        name: String,
        /// What it has bought.
        #[arg(long, default_value = "free")]
        plan: PlanName,
        /// How many seats it has.
        #[arg(long, default_value_t = 1)]
        seats: u32,
    },
    /// Adds an account; its password is read from standard input.
    Add {
        /// The tenant.
        #[arg(long, default_value = "main")]
        tenant: TenantId,
        /// The account's id, as the meeting platform writes it. Default: the sign-in name.
        #[arg(long)]
        id: Option<UserId>,
        /// The name to sign in with.
        user_name: String,
        /// The name shown to people.
        #[arg(long)]
        display_name: Option<String>,
        /// What the account is in its tenant.
        #[arg(long, default_value = "member")]
        role: Role,
    },
    /// Adds an API key for a service and prints its secret, once.
    AddKey {
        /// The tenant.
        #[arg(long, default_value = "main")]
        tenant: TenantId,
        /// What the key is for.
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// Lists the models Huiji knows, and which are here.
    List,
    /// Reads a model, or every one that is here, and compares its hash.
    Verify {
        /// The model's name.
        name: Option<String>,
    },
    /// Fetches a model, going on where an earlier call broke off, and verifies it.
    Pull {
        /// The model's name.
        name: String,
        /// The address of a mirror of whisper.cpp's published models.
        #[arg(long, env = "HUIJI_MODEL_MIRROR")]
        from: Option<String>,
        /// A file to take it from instead, on a machine without a way out.
        #[arg(long)]
        file: Option<PathBuf>,
    },
}

fn parse_port_range(text: &str) -> Result<PortRange, String> {
    let range = text.split_once('-').and_then(|(first, last)| {
        Some(PortRange { first: first.trim().parse().ok()?, last: last.trim().parse().ok()? })
    });
    range
        .filter(|range| range.first > 0 && range.first < range.last)
        .ok_or_else(|| "write it as FIRST-LAST, such as 20000-20999".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::{Arguments, parse_port_range};

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn port_ranges_are_checked() {
        assert!(parse_port_range("20000-20999").is_ok());
        for wrong in ["", "20000", "20999-20000", "0-10", "a-b", "1-70000"] {
            assert!(parse_port_range(wrong).is_err(), "{wrong}");
        }
    }
}
