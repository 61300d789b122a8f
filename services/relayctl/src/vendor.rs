//! `vendor`: queues of vendors' and offices' own. Passwords are made here, shown once or written for the owner alone, and
//! kept nowhere.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::{ArgAction, Subcommand};
use proto::desk::{ChannelPassword, ChannelPut, ChannelView, Channels};
use proto::{Channel, Holder, OfficeNumber};
use serde_json::json;

use crate::desk::Desk;
use crate::exit::Failure;
use crate::pki::issue::random_password;
use crate::print;
use crate::requests::{Method, Topic, bare, with_body};

#[derive(Debug, Subcommand)]
pub(crate) enum VendorCommand {
    /// Make the queue and its user, or let one that is there serve more offices.
    Add {
        /// `vendor.<name>`, `office.<10 digits>`, or a vendor's name alone.
        #[arg(value_parser = channel)]
        channel: Channel,
        /// An office it serves, once for each; its envelopes come once the office lets the vendor read (`delegation add`).
        #[arg(long = "office", value_name = "NUMBER", action = ArgAction::Append)]
        offices: Vec<OfficeNumber>,
        /// Where to write the password, for the owner alone; it must not be there yet. Printed once by default.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Give the user a new password; the old one opens no new connection.
    Rotate {
        /// As with `add`.
        #[arg(value_parser = channel)]
        channel: Channel,
        /// As with `add`.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Remove queue and user, or take offices from it.
    Remove {
        /// As with `add`.
        #[arg(value_parser = channel)]
        channel: Channel,
        /// An office it serves no more, once for each; without any the whole is removed.
        #[arg(long = "office", value_name = "NUMBER", action = ArgAction::Append)]
        offices: Vec<OfficeNumber>,
    },
    /// List the queues and the offices they serve.
    List,
}

/// A channel as operators write it.
pub(crate) fn channel(text: &str) -> Result<Channel, String> {
    if text.parse::<OfficeNumber>().is_ok() {
        return Err(format!("ten digits are an office: write office.{text}"));
    }
    if text.contains('.') {
        return text.parse::<Channel>().map_err(|error| error.to_string());
    }
    let holder: Option<Holder> = format!("vendor:{text}").parse().ok();
    let channel = holder.as_ref().and_then(Channel::of);
    channel.ok_or_else(|| proto::channel::NotAChannel.to_string())
}

/// Does what was asked.
pub(crate) async fn run(desk: &Desk, command: VendorCommand, as_json: bool) -> Result<(), Failure> {
    match command {
        VendorCommand::Add {
            channel,
            offices,
            password_file,
        } => {
            let path = format!("/v1/channels/{channel}");
            let wish = |password| ChannelPut { offices, password };
            set(desk, path, password_file.as_deref(), wish, as_json).await
        }
        VendorCommand::Rotate {
            channel,
            password_file,
        } => {
            let path = format!("/v1/channels/{channel}/password");
            let wish = |password| ChannelPassword { password };
            set(desk, path, password_file.as_deref(), wish, as_json).await
        }
        VendorCommand::Remove { channel, offices } => {
            remove(desk, &format!("/v1/channels/{channel}"), &offices, as_json).await
        }
        VendorCommand::List => {
            let request = bare(Method::Get, "/v1/channels".to_owned(), Topic::Ended);
            let answer = desk.ask(&request).await?;
            if as_json {
                return print::json(&answer);
            }
            let channels: Channels = print::shaped(&answer)?;
            let words: String = channels.items.iter().map(words).collect();
            print::text(if words.is_empty() { "none\n" } else { &words })
        }
    }
}

/// Removes what is at this path, or takes these offices from it.
pub(crate) async fn remove(
    desk: &Desk,
    path: &str,
    offices: &[OfficeNumber],
    as_json: bool,
) -> Result<(), Failure> {
    let of_office = |office: &OfficeNumber| format!("{path}/offices/{office}");
    let mut paths: Vec<String> = offices.iter().map(of_office).collect();
    if paths.is_empty() {
        paths.push(path.to_owned());
    }
    for path in paths {
        desk.ask(&bare(Method::Delete, path, Topic::Ended)).await?;
    }
    if as_json {
        return print::json(&serde_json::Value::Null);
    }
    print::text("ended\n")
}

/// Asks for something that may set a password, and hands that over.
async fn set<W: serde::Serialize>(
    desk: &Desk,
    path: String,
    file: Option<&Path>,
    wish: impl FnOnce(String) -> W,
    as_json: bool,
) -> Result<(), Failure> {
    let password = random_password()?;
    // Before the act: a password nobody could write down would be lost.
    let open = file.map(secret_file).transpose()?;
    let request = with_body(Method::Put, path, &wish(password.clone()), Topic::Ended)?;
    let answer = desk.ask(&request).await;
    let view: Result<ChannelView, Failure> = answer.and_then(|answer| print::shaped(&answer));
    let told = view.as_ref().is_ok_and(|view| view.password_set);
    if let (Some(path), Some(mut open)) = (file, open) {
        if told {
            writeln!(open, "{password}")
                .and_then(|()| open.sync_all())
                .map_err(|error| Failure::cannot(&format!("write {}", path.display()), &error))?;
        } else {
            drop(std::fs::remove_file(path));
        }
    }
    let view = view?;
    let shown = (told && file.is_none()).then_some(password);
    if as_json {
        return print::json(&json!({ "channel": view, "password": shown }));
    }
    let password = match shown {
        Some(password) => format!("  password {password}\n"),
        None if told => String::new(),
        None => "  the user was there and keeps its password\n".to_owned(),
    };
    print::text(&format!("{}{password}", words(&view)))
}

/// A new file that only its owner may read.
pub(crate) fn secret_file(path: &Path) -> Result<File, Failure> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| Failure::cannot(&format!("make {}", path.display()), &error))
}

fn words(view: &ChannelView) -> String {
    let waiting = view
        .waiting
        .map_or(String::new(), |count| format!(", {count} waiting"));
    let user = if view.user == Some(false) { ", no user" } else { "" };
    let mut words = format!("{} since {}{waiting}{user}\n", view.name, view.since);
    for office in &view.offices {
        words = format!("{words}  office   {office}\n");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendor_s_name_is_enough_and_ten_digits_are_not() {
        assert_eq!(channel("abc").unwrap().to_string(), "vendor.abc");
        assert_eq!(
            channel("office.0300000100").unwrap().to_string(),
            "office.0300000100"
        );
        let refused = channel("0300000100").unwrap_err();
        assert!(refused.contains("office.0300000100"), "{refused}");
        assert!(channel("a.b").is_err());
    }
}
