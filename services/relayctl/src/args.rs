//! The command line as data.

use std::path::PathBuf;

use clap::{ArgAction, Parser, Subcommand};
use proto::{EnvelopeId, Holder, OfficeNumber};

use crate::broker::BrokerCommand;
use crate::directory::DirectoryCommand;
use crate::maintenance::MaintenanceCommand;
use crate::notices::NoticeCommand;
use crate::operators::OperatorCommand;
use crate::parked::ParkedCommand;
use crate::search::SearchArgs;
use crate::vendor::VendorCommand;
use crate::vendors::VendorsArgs;
use crate::webhook::WebhookCommand;

const EXIT_CODES: &str = "\
Exit codes:
  0   done
  1   the relay refused, or a check found something to mend; it is printed
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
    /// Write a copy of the store into a file, while the relay works.
    Backup(BackupArgs),
    /// Make the store what a backup says. Stop every station of the relay first.
    Restore(RestoreArgs),
    /// The installation's own certificate authorities.
    #[command(subcommand)]
    Pki(PkiCommand),
    /// Offices of the directory.
    #[command(subcommand)]
    Office(OfficeCommand),
    /// The directory as a CSV file, out and in.
    #[command(subcommand)]
    Directory(DirectoryCommand),
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
    /// Licences of offices that take part, the first end first.
    Licences {
        /// Only those that end within so many days, or are over.
        #[arg(long, value_name = "DAYS")]
        within: Option<u16>,
    },
    /// Which certificate belongs to whom.
    #[command(subcommand)]
    Certificate(CertificateCommand),
    /// What one may do for another office.
    #[command(subcommand)]
    Delegation(DelegationCommand),
    /// Queues of vendors' and offices' own, each with a user of the broker.
    #[command(subcommand)]
    Vendor(VendorCommand),
    /// Products with their conformance results, and the matrix of imports between them.
    Vendors(VendorsArgs),
    /// URLs of vendors' and offices' own that are told what happens.
    #[command(subcommand)]
    Webhook(WebhookCommand),
    /// Notices to offices: drafts, publishing, what was published.
    #[command(subcommand)]
    Notice(NoticeCommand),
    /// The books: how many envelopes were accepted and where they stand.
    Books,
    /// List acceptances whose envelope has not reached delivery; their senders can send them again.
    Missing {
        /// Minutes since acceptance; the console's own measure by default.
        #[arg(long, value_name = "N")]
        minutes: Option<u16>,
    },
    /// The way and what waits on it: depths, rates, oldest ages, the broker.
    Way,
    /// Find envelopes by office, sequence and time, newest first.
    Search(SearchArgs),
    /// Everything known of one envelope but its contents.
    Trace {
        /// The envelope's id, 64 hexadecimal digits.
        id: EnvelopeId,
    },
    /// Who may do what at the desk.
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// Maintenance: the door takes nothing for a while and says until when.
    #[command(subcommand)]
    Maintenance(MaintenanceCommand),
    /// What operators did, newest first.
    Audit {
        /// Entries older than this number.
        #[arg(long, value_name = "N")]
        before: Option<i64>,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Envelopes set aside for an operator: look, send again, discard.
    #[command(subcommand)]
    Parked(ParkedCommand),
    /// The broker: whether anything there could lose a message or show it to others.
    #[command(subcommand)]
    Broker(BrokerCommand),
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

/// Which store.
#[derive(Debug, clap::Args)]
pub(crate) struct StoreArgs {
    /// The store: `sqlite:/path/file.db` or `postgres://…`.
    #[arg(long, env = "RELAYCTL_STORE", hide_env_values = true)]
    pub(crate) store: String,
    /// PostgreSQL: the schema of the tables (`store.schema` of the relay's configuration).
    #[arg(long, value_name = "NAME")]
    pub(crate) schema: Option<String>,
    /// PostgreSQL: the file that holds the password, if the URL has none.
    #[arg(long = "store-password-file", value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct BackupArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// The file to write; it must not be there yet. It holds personal data: encrypt what leaves the machine.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RestoreArgs {
    /// The backup. It is read to its end before anything is changed.
    #[arg(long, value_name = "FILE")]
    pub(crate) from: PathBuf,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Throw away what the store holds.
    #[arg(long)]
    pub(crate) replace: bool,
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
    /// Where to write cert.pem, key.pem, ca.pem and, for an office or an operator, a .p12; DIR/issued/HOLDER by default.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// The file that holds the password of the .p12; without it one is made up and written beside it.
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
    /// Certificates that are bound, the first end first.
    List {
        /// Of this holder, or of a kind of holders (`office:`).
        #[arg(long)]
        holder: Option<String>,
        /// Only those that end within so many days, or are over.
        #[arg(long, value_name = "DAYS")]
        within: Option<u16>,
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
    /// Delegations that have not ended.
    List {
        /// Of this office.
        #[arg(long)]
        office: Option<OfficeNumber>,
        /// To this holder.
        #[arg(long)]
        delegate: Option<String>,
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
mod tests;
