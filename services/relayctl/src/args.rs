//! The command line as data.

use std::path::PathBuf;

use clap::{ArgAction, Parser, Subcommand};
use proto::{Holder, OfficeNumber};

use crate::parked::ParkedCommand;

const EXIT_CODES: &str = "\
Exit codes:
  0   done
  1   the relay refused; its problem is printed
  2   a file, the network or the door stood in the way
  64  the command line or the configuration is wrong

The desk is found by --console-url, --cert, --key and --ca, each from its option, its environment variable or
relayctl.toml (--config), in that order. `relayctl init` writes a relayctl.toml.";

/// The operators' command line of the relay.
#[derive(Debug, Parser)]
#[command(name = "relayctl", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) connection: Connection,
    /// Print JSON instead of words.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where the console's door is and who asks.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Connection {
    /// The configuration written by `relayctl init`; paths in it are relative to it.
    #[arg(long, global = true, env = "RELAYCTL_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The console's door.
    #[arg(long, global = true, env = "CONSOLE_URL", value_name = "URL")]
    pub(crate) console_url: Option<String>,
    /// The operator's certificate (PEM).
    #[arg(long, global = true, env = "RELAYCTL_CERT", value_name = "FILE")]
    pub(crate) cert: Option<PathBuf>,
    /// The operator's private key (PEM).
    #[arg(long, global = true, env = "RELAYCTL_KEY", value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// The CA of the doors' own certificates (PEM).
    #[arg(long, global = true, env = "CA_FILE", value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make what a new installation needs, once: authorities, trust folder, certificates, the first operator.
    Init(InitArgs),
    /// The installation's own certificate authorities.
    #[command(subcommand)]
    Pki(PkiCommand),
    /// Offices of the directory.
    #[command(subcommand)]
    Office(OfficeCommand),
    /// Give an office a licence: one year from the day of application unless --until says otherwise.
    Licence {
        /// The office number.
        office: OfficeNumber,
        /// Day of application in Japan; today by default.
        #[arg(long, value_name = "YYYY-MM-DD")]
        applied: Option<jiff::civil::Date>,
        /// Last day of the licence.
        #[arg(long, value_name = "YYYY-MM-DD")]
        until: Option<jiff::civil::Date>,
    },
    /// Which certificate belongs to whom.
    #[command(subcommand)]
    Certificate(CertificateCommand),
    /// What one may do for another office.
    #[command(subcommand)]
    Delegation(DelegationCommand),
    /// Publish a notice to every office, or to one.
    Notice {
        /// The office it is for; every one by default.
        #[arg(long)]
        office: Option<OfficeNumber>,
        /// Its words.
        text: String,
    },
    /// The books: how many envelopes were accepted and where they stand.
    Books,
    /// Envelopes set aside for an operator: look, send again, discard.
    #[command(subcommand)]
    Parked(ParkedCommand),
}

#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// The folder; made if it is not there. What it already holds is kept as it is.
    #[arg(long)]
    pub(crate) dir: PathBuf,
    /// The store: `sqlite:/path/file.db` or `postgres://…`.
    #[arg(long, env = "RELAYCTL_STORE", hide_env_values = true)]
    pub(crate) store: String,
    /// The first operator's name.
    #[arg(long, default_value = "admin")]
    pub(crate) operator: String,
    /// The console's door, for relayctl.toml.
    #[arg(long, default_value = "https://localhost:8445", value_name = "URL")]
    pub(crate) url: String,
    /// Further host names or addresses of the doors, beside localhost and 127.0.0.1.
    #[arg(long = "host", value_name = "NAME", action = ArgAction::Append)]
    pub(crate) hosts: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PkiCommand {
    /// Issue a certificate from the installation's own authority.
    Issue(IssueArgs),
    /// Revoke a certificate that was issued here, and write the new revocation list.
    Revoke(RevokeArgs),
    /// Write every revocation list anew, good for 30 days.
    Crl(CrlArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct IssueArgs {
    /// The folder of `relayctl init`.
    #[arg(long)]
    pub(crate) dir: PathBuf,
    /// For this office.
    #[arg(long, required_unless_present = "holder", conflicts_with = "holder")]
    pub(crate) office: Option<OfficeNumber>,
    /// For this holder: `office:…`, `vendor:…`, `station:…` or `operator:…`.
    #[arg(long)]
    pub(crate) holder: Option<Holder>,
    /// Where to write cert.pem, key.pem, ca.pem and, for an office, office.p12; DIR/issued/HOLDER by default.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// The file that holds the password of office.p12; without it one is made up and written beside it.
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Days of validity.
    #[arg(long, default_value_t = 1_095, value_parser = clap::value_parser!(u32).range(1..=3_650))]
    pub(crate) days: u32,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RevokeArgs {
    /// The folder of `relayctl init`.
    #[arg(long)]
    pub(crate) dir: PathBuf,
    /// SHA-256 fingerprint, serial number or PEM file of the certificate.
    pub(crate) certificate: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CrlArgs {
    /// The folder of `relayctl init`.
    #[arg(long)]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OfficeCommand {
    /// Enrol an office, or change its entry as a whole.
    Put {
        /// The office number.
        office: OfficeNumber,
        /// Its name.
        #[arg(long)]
        name: String,
        /// A service kind (two characters), once for each.
        #[arg(long = "service", value_name = "KIND", action = ArgAction::Append)]
        services: Vec<String>,
        /// Whether it takes part.
        #[arg(long, default_value = "open", value_parser = ["open", "closed", "renumbered"])]
        state: String,
        /// Its new number, with --state renumbered.
        #[arg(long, value_name = "NUMBER", required_if_eq("state", "renumbered"))]
        renumbered_to: Option<OfficeNumber>,
        /// A version of the standard it can read (`202407`, `202208`), once for each; every version by default.
        #[arg(long = "version-of-standard", value_name = "VERSION", action = ArgAction::Append)]
        versions: Vec<String>,
        /// The largest envelope it can take, in bytes.
        #[arg(long)]
        max_bytes: Option<u64>,
    },
    /// Show an office with its licence and certificates.
    Show {
        /// The office number.
        office: OfficeNumber,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum CertificateCommand {
    /// Bind a certificate to its holder.
    Bind {
        /// `office:…`, `vendor:…`, `station:…` or `operator:…`.
        #[arg(long)]
        holder: Holder,
        /// The certificate (PEM).
        file: PathBuf,
    },
    /// End a binding; the certificate opens no door from now on.
    End {
        /// SHA-256 of the certificate, hexadecimal.
        fingerprint: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum DelegationCommand {
    /// Let a holder act for an office.
    Add {
        /// The office.
        #[arg(long)]
        office: OfficeNumber,
        /// Who may act for it.
        #[arg(long)]
        delegate: Holder,
        /// What: `send`, `sign`, `read`; once for each.
        #[arg(long = "right", value_name = "RIGHT", required = true, action = ArgAction::Append,
              value_parser = ["send", "sign", "read"])]
        rights: Vec<String>,
        /// From when (RFC 3339); now by default.
        #[arg(long)]
        from: Option<proto::Time>,
        /// Until when (RFC 3339); without end by default.
        #[arg(long)]
        until: Option<proto::Time>,
    },
    /// Take a right back now.
    Revoke {
        /// The office.
        #[arg(long)]
        office: OfficeNumber,
        /// Who may no longer act for it.
        #[arg(long)]
        delegate: Holder,
        /// Which right.
        #[arg(long, value_parser = ["send", "sign", "read"])]
        right: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(line: &str) -> Result<Args, clap::Error> {
        Args::try_parse_from(line.split(' '))
    }

    #[test]
    fn the_command_line_is_sound_and_tells_its_exit_codes() {
        Args::command().debug_assert();
        let help = Args::command().render_help().to_string();
        assert!(help.contains("Exit codes:") && help.contains("64"), "{help}");
    }

    #[test]
    fn wrong_lines_are_refused() {
        for line in [
            "relayctl",
            "relayctl office put 030000010 --name x",
            "relayctl office put 0300000100",
            "relayctl office put 0300000100 --name x --state sleeping",
            "relayctl office put 0300000100 --name x --state renumbered",
            "relayctl licence 0300000100 --applied 2025-02-30",
            "relayctl certificate bind --holder queen:x cert.pem",
            "relayctl delegation add --office 0300000100 --delegate vendor:abc --right rule",
            "relayctl delegation add --office 0300000100 --delegate vendor:abc",
            "relayctl pki issue --dir d",
            "relayctl pki issue --dir d --office 0300000100 --holder operator:x",
            "relayctl pki issue --dir d --office 0300000100 --days 0",
            "relayctl parked redrive",
            "relayctl parked redrive --all --station routing",
            "relayctl parked redrive abc --rate 0",
            "relayctl parked discard abc",
            "relayctl parked list --station kitchen",
            "relayctl parked list --older-than 3x",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn options_stand_before_or_after_the_command() {
        let args = parse("relayctl books --json --console-url https://localhost:1").unwrap();
        assert!(args.json && matches!(args.command, Command::Books));
        assert_eq!(
            args.connection.console_url.as_deref(),
            Some("https://localhost:1")
        );
        let args =
            parse("relayctl --json office put 0300000100 --name 支援 --service 43 --service 46").unwrap();
        let Command::Office(OfficeCommand::Put { services, state, .. }) = args.command else {
            panic!("an office put")
        };
        assert_eq!(
            (services, state.as_str()),
            (vec!["43".to_owned(), "46".to_owned()], "open")
        );
    }
}
