use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use model::{PlanName, Role, TenantId, UserId};

use super::client::ApiClient;
use super::meeting::{DemoMeeting, hold_meeting};
use super::outcome::await_outcome;
use super::script::{lines_within, read_script};
use crate::accounts::{NewAccount, add_api_key, ensure_account, ensure_tenant};
use crate::application::Application;
use crate::arguments::{DemoArguments, ServeArguments};
use crate::commands::{role_in_words, wait_for_signal};
use crate::output::{print_json, print_line};

const TENANT: &str = "main";
/// The demo listens on this machine only; its accounts are for looking around.
const PASSWORD: &str = "huiji-demo";
const ACCOUNTS: &[(&str, &str, Role)] = &[
    ("alice", "Alice", Role::Member),
    ("bob", "Bob", Role::Member),
    ("lina", "Li Na", Role::Member),
    ("wangwei", "Wang Wei", Role::Member),
    ("carol", "Carol (compliance)", Role::Compliance),
    // The second person it takes to end a legal hold.
    ("dave", "Dave (compliance)", Role::Compliance),
    ("admin", "Administrator", Role::Admin),
];

/// Records the demo meeting, reports, and serves the console until told to end.
pub(crate) async fn run_demo(arguments: DemoArguments) -> anyhow::Result<ExitCode> {
    let fixtures = arguments.fixtures.clone().unwrap_or_else(default_fixtures);
    let audio = fixtures.join("demo-meeting/audio");
    let script = read_script(&audio.join("index.tsv"))?;
    let application = start_server(&arguments, &fixtures).await?;
    let tenant_id = TenantId::new(TENANT).context("name the tenant")?;
    let api_key = add_accounts(&application, &tenant_id).await?;
    let console_url = format!("http://{}", application.address);
    let client = Arc::new(ApiClient::new(console_url.clone(), api_key)?);

    let meeting = DemoMeeting {
        client: Arc::clone(&client),
        clock: Arc::clone(&application.clock),
        ids: Arc::clone(&application.ids),
        lines: lines_within(&script, arguments.seconds),
        audio,
        seconds: arguments.seconds,
    };
    let held = hold_meeting(&meeting).await.context("hold the demo meeting")?;
    let mut report = await_outcome(&client, &meeting.lines, held).await.context("wait for what came of it")?;
    let recording_id = model::RecordingId::new(report.recording_id.clone())?;
    report.segments =
        application.store.list_segments(&recording_id, None).await.context("count segments")?.len() as u64;
    report.console_url = console_url;
    report.data_dir = arguments.deployment.data_dir.display().to_string();
    if arguments.json {
        print_json(&report)?;
    } else {
        report.print();
    }
    if !arguments.exit {
        if !arguments.json {
            print_logins(&report.console_url);
        }
        wait_for_signal().await?;
    }
    application.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Starts the server on embedded defaults; where its address is taken, on a free port.
async fn start_server(arguments: &DemoArguments, fixtures: &Path) -> anyhow::Result<Application> {
    let mut deployment = arguments.deployment.clone();
    deployment.model.get_or_insert_with(|| fixtures.join("speech-model/micro-whisper.ggml.bin"));
    let free = std::net::TcpListener::bind(arguments.listen).is_ok();
    let listen = if free { arguments.listen } else { SocketAddr::new(arguments.listen.ip(), 0) };
    let serve = ServeArguments {
        deployment,
        listen,
        media_address: [127, 0, 0, 1].into(),
        media_ports: None,
        media_from: Vec::new(),
        recordings_max: 4,
        cores: None,
        encoder_threads: 2,
        disk_low_mib: 512,
        spools_max_mib: None,
        whisper_threads: 2,
        webhooks_anywhere: false,
    };
    Application::start(&serve).await
}

async fn add_accounts(application: &Application, tenant_id: &TenantId) -> anyhow::Result<String> {
    let (store, now) = (&application.store, application.clock.now());
    ensure_tenant(store, tenant_id, "Huiji demo", PlanName::Standard, 10, now).await?;
    for (user_name, display_name, role) in ACCOUNTS {
        let account = NewAccount {
            id: UserId::new(*user_name).context("name the account")?,
            user_name: (*user_name).to_owned(),
            display_name: (*display_name).to_owned(),
            role: *role,
            password: PASSWORD.to_owned(),
        };
        ensure_account(store, application.ids.as_ref(), tenant_id, account).await?;
    }
    add_api_key(store, application.ids.as_ref(), tenant_id, "demo meeting platform").await
}

fn print_logins(console_url: &str) {
    print_line(&format!("  console: {console_url}    password of every account: {PASSWORD}"));
    for (user_name, _, role) in ACCOUNTS {
        print_line(&format!("    {user_name:<10}{}", role_in_words(*role)));
    }
    print_line("  Ctrl-C ends the demo; `huiji serve` opens the same data again.");
}

fn default_fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures")
}
