//! `relay`: every station of careplan-relay in one program.
//!
//! `relay ingest`, `validation`, `routing`, `delivery` and `console` run one station each; `relay all` runs every one in
//! one process. Exit status: 0 after a drain, 64 when configuration or the broker's topology do not fit, 1 otherwise.

mod assemble;
mod config;
mod freshness;
mod ground;
mod policy;
mod sandbox;
mod store_watch;
mod suspects;

use std::path::PathBuf;
use std::process::ExitCode;

use chassis::config::{Check, EXIT_USAGE, Environment, load};
use clap::{Parser, Subcommand};

use crate::assemble::Failure;
use crate::config::{Config, DEFAULTS};

/// The relay for care plan data.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Configuration file (TOML); keys not in it keep their defaults.
    #[arg(long, env = "RELAY_CONFIG", global = true)]
    config: Option<PathBuf>,
    /// With `all`: a relay to write care software against. A throw-away CA and offices that answer by rule, in this folder; doors
    /// that fail on demand. Needs a broker of its own.
    #[arg(long, global = true, value_name = "DIR", num_args = 0..=1, default_missing_value = "sandbox")]
    sandbox: Option<PathBuf>,
    #[command(subcommand)]
    station: Command,
}

/// What to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Command {
    /// The door: takes envelopes.
    Ingest,
    /// Opens seals, judges files.
    Validation,
    /// Asks the directory.
    Routing,
    /// Mailbox, ledger and their door.
    Delivery,
    /// The operators' desk.
    Console,
    /// Every station in one process.
    All,
    /// Prints the default configuration, every key with its sentence.
    Defaults,
    /// Checks the configuration and its policy file and ends: status 0, or 64 and the key to change.
    CheckConfig,
}

fn main() -> ExitCode {
    // One TLS provider for the whole process, before anything can build a configuration.
    if rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .is_err()
    {
        return fail(1, "another TLS provider is already installed");
    }
    let arguments = Arguments::parse();
    if arguments.station == Command::Defaults {
        print(DEFAULTS);
        return ExitCode::SUCCESS;
    }
    let config = load::<Config>(DEFAULTS, arguments.config.as_deref(), "RELAY_", &Settings)
        .and_then(|config| config.check().map(|()| config));
    let mut config = match config {
        Ok(config) => config,
        Err(error) => return fail(EXIT_USAGE, &format!("relay: configuration: {error}")),
    };
    let mut sandbox = None;
    if let Some(folder) = &arguments.sandbox {
        if arguments.station != Command::All {
            return fail(EXIT_USAGE, "relay: --sandbox goes with `all` alone");
        }
        sandbox = match sandbox::prepare(folder, &mut config) {
            Ok(folder) => Some(folder),
            Err(error) => return fail(EXIT_USAGE, &format!("relay: --sandbox: {error:#}")),
        };
    }
    if arguments.station == Command::CheckConfig {
        return match policy::rules(&config) {
            Ok(_) => ExitCode::SUCCESS,
            Err(error) => fail(EXIT_USAGE, &format!("relay: configuration: {error:#}")),
        };
    }
    if let Err(error) = chassis::telemetry::init(config.telemetry.format, &config.telemetry.filter) {
        return fail(EXIT_USAGE, &format!("relay: configuration: {error}"));
    }
    // The text of a panic may quote what somebody sent.
    chassis::telemetry::hide_panic_texts();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(1, &format!("relay: start the runtime: {error}")),
    };
    match runtime.block_on(assemble::run(arguments.station, config, sandbox)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(error)) => fail(EXIT_USAGE, &format!("relay: {error:#}")),
        Err(Failure::Other(error)) => fail(1, &format!("relay: {error:#}")),
    }
}

/// The environment without `RELAY_CONFIG`, which names the file and is no key of it.
struct Settings;

impl chassis::config::Strings for Settings {
    fn all(&self) -> Vec<(String, String)> {
        Environment
            .all()
            .into_iter()
            .filter(|(name, _)| name != "RELAY_CONFIG" && name != "RELAY_BIN_DIR")
            .collect()
    }
}

fn print(text: &str) {
    use std::io::Write;
    // A closed pipe is the reader's choice.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn fail(status: i32, message: &str) -> ExitCode {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{message}");
    u8::try_from(status).map_or(ExitCode::FAILURE, ExitCode::from)
}
