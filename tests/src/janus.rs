use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context;

/// Where the Debian package keeps what Janus loads.
const LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/janus";
/// Everything but the `VideoRoom` and HTTP: the sample configuration of some takes ports.
const PLUGINS_OFF: &str = "libjanus_streaming.so,libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,\
                           libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,\
                           libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so";
const TRANSPORTS_OFF: &str =
    "libjanus_websockets.so,libjanus_pfunix.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_rabbitmq.so";
const READY: &str = "transport plugin initialized";

/// A Janus of the test's own on loopback, ended when dropped.
pub struct JanusServer {
    child: Child,
    url: String,
}

impl JanusServer {
    /// Starts Janus with its configuration in a directory and returns once it answers.
    ///
    /// # Errors
    /// When Janus is not installed or does not start.
    pub fn start(directory: &Path) -> anyhow::Result<Self> {
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).context("find a port")?;
        let port = port.port();
        let general = format!(
            "general: {{\n  configs_folder = \"{}\"\n  plugins_folder = \"{LIBRARY}/plugins\"\n  transports_folder = \
             \"{LIBRARY}/transports\"\n  events_folder = \"{LIBRARY}/events\"\n  loggers_folder = \
             \"{LIBRARY}/loggers\"\n  debug_level = 4\n}}\nnat: {{ ice_enforce_list = \"127.0.0.1\" }}\nmedia: {{ \
             rtp_port_range = \"21000-21999\" }}\nplugins: {{ disable = \"{PLUGINS_OFF}\" }}\ntransports: {{ disable = \
             \"{TRANSPORTS_OFF}\" }}\n",
            directory.display()
        );
        let http = format!(
            "general: {{\n  json = \"compact\"\n  base_path = \"/janus\"\n  http = true\n  port = {port}\n  ip = \
             \"127.0.0.1\"\n  https = false\n}}\nadmin: {{ admin_http = false }}\n"
        );
        for (name, text) in [
            ("janus.jcfg", general.as_str()),
            ("janus.transport.http.jcfg", &http),
            ("janus.plugin.videoroom.jcfg", "general: { }\n"),
        ] {
            std::fs::write(directory.join(name), text).with_context(|| format!("write {name}"))?;
        }
        let mut child = Command::new("janus")
            .arg("-F")
            .arg(directory)
            .stdout(Stdio::piped())
            .spawn()
            .context("run janus: install the Debian package janus")?;
        let stdout = child.stdout.take().context("standard output was asked to be piped")?;
        let mut lines = BufReader::new(stdout).lines();
        lines
            .find(|line| line.as_ref().is_ok_and(|line| line.contains(READY)))
            .context("janus ended as it started")??;
        // It must not run into a pipe that nobody empties.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, url: format!("http://127.0.0.1:{port}/janus") })
    }

    /// Returns where its HTTP interface is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for JanusServer {
    fn drop(&mut self) {
        // Either call fails only when the process is gone already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
