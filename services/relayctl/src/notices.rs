//! `notice`: drafts, publishing, and what was published.

use clap::{Args, Subcommand};
use proto::OfficeNumber;
use proto::desk::{NoticeList, NoticePost};
use proto::desk_notices::{NoticeDraft, NoticeDrafts};

use crate::exit::Failure;
use crate::requests::{Method, Request, Topic, bare, with_body};

#[derive(Debug, Subcommand)]
pub(crate) enum NoticeCommand {
    /// Keep a draft, which no office reads.
    Draft {
        /// Change this draft instead of keeping a new one.
        #[arg(long, value_name = "N")]
        id: Option<i64>,
        #[command(flatten)]
        target: Target,
        /// Its words.
        text: String,
    },
    /// Publish a draft, or words at once.
    Publish {
        /// The number of a draft.
        #[arg(long, value_name = "N", conflicts_with_all = ["office", "prefecture", "service", "text"])]
        draft: Option<i64>,
        #[command(flatten)]
        target: Target,
        /// Its words.
        #[arg(required_unless_present = "draft")]
        text: Option<String>,
    },
    /// Throw a draft away.
    Discard {
        /// Its number.
        draft: i64,
    },
    /// What was published, newest first.
    List,
    /// The drafts, newest first.
    Drafts,
}

/// Whom a notice is for; every office by default.
#[derive(Debug, Default, Args)]
pub(crate) struct Target {
    /// One office.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["prefecture", "service"])]
    office: Option<OfficeNumber>,
    /// The offices of a prefecture: the first two digits of their numbers.
    #[arg(long, value_name = "NN")]
    prefecture: Option<String>,
    /// The offices with this service kind.
    #[arg(long, value_name = "KIND")]
    service: Option<String>,
}

impl Target {
    fn post(self, text: String) -> NoticePost {
        NoticePost {
            office: self.office,
            prefecture: self.prefecture,
            service: self.service,
            text,
        }
    }
}

/// The request of such a command.
pub(crate) fn request(command: NoticeCommand) -> Result<Request, Failure> {
    const NOTICES: &str = "/v1/notices";
    const DRAFTS: &str = "/v1/notices/drafts";
    match command {
        NoticeCommand::Draft { id, target, text } => {
            let (method, path) = match id {
                Some(id) => (Method::Put, format!("{DRAFTS}/{id}")),
                None => (Method::Post, DRAFTS.to_owned()),
            };
            with_body(method, path, &target.post(text), Topic::Draft)
        }
        NoticeCommand::Publish { draft: Some(id), .. } => {
            let path = format!("{DRAFTS}/{id}/publish");
            Ok(bare(Method::Post, path, Topic::Notice))
        }
        NoticeCommand::Publish { target, text, .. } => {
            let body = target.post(text.unwrap_or_default());
            with_body(Method::Post, NOTICES.to_owned(), &body, Topic::Notice)
        }
        NoticeCommand::Discard { draft } => {
            Ok(bare(Method::Delete, format!("{DRAFTS}/{draft}"), Topic::Ended))
        }
        NoticeCommand::List => Ok(bare(Method::Get, NOTICES.to_owned(), Topic::Notices)),
        NoticeCommand::Drafts => Ok(bare(Method::Get, DRAFTS.to_owned(), Topic::Drafts)),
    }
}

/// A draft and its words.
pub(crate) fn draft(draft: &NoticeDraft) -> String {
    format!(
        "draft {} {} by {} for {}\n{}",
        draft.id,
        draft.changed_at,
        draft.changed_by,
        target(
            draft.office,
            draft.prefecture.as_deref(),
            draft.service.as_deref()
        ),
        indented(&draft.text)
    )
}

/// Every draft.
pub(crate) fn drafts(list: &NoticeDrafts) -> String {
    or_none(list.items.iter().map(draft).collect())
}

/// What was published.
pub(crate) fn list(list: &NoticeList) -> String {
    let one = |notice: &proto::desk::PublishedNotice| {
        let target = target(
            notice.office,
            notice.prefecture.as_deref(),
            notice.service.as_deref(),
        );
        let text = indented(&notice.text);
        format!("notice {} {} for {target}\n{text}", notice.id, notice.at)
    };
    or_none(list.items.iter().map(one).collect())
}

fn target(office: Option<OfficeNumber>, prefecture: Option<&str>, service: Option<&str>) -> String {
    match (office, prefecture, service) {
        (Some(office), ..) => office.to_string(),
        (_, None, None) => "every office".to_owned(),
        _ => {
            let prefecture = prefecture.map(|prefecture| format!("prefecture {prefecture}"));
            let service = service.map(|service| format!("service {service}"));
            let both: Vec<_> = prefecture.into_iter().chain(service).collect();
            both.join(", ")
        }
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

fn or_none(words: String) -> String {
    if words.is_empty() {
        "none\n".to_owned()
    } else {
        words
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Args, Command};

    fn parsed(line: &str) -> Result<NoticeCommand, clap::Error> {
        match Args::try_parse_from(line.split(' '))?.command {
            Command::Notice(command) => Ok(command),
            other => panic!("a command on notices: {other:?}"),
        }
    }

    #[test]
    fn a_notice_becomes_its_request() {
        let request = |line| {
            let request = request(parsed(line).unwrap()).unwrap();
            (request.method, request.path, request.body)
        };
        let (method, path, body) = request("relayctl notice publish --prefecture 03 --service 43 x");
        assert_eq!((method, path.as_str()), (Method::Post, "/v1/notices"));
        assert_eq!(body.unwrap()["prefecture"], "03");
        let (method, path, _) = request("relayctl notice draft --id 4 x");
        assert_eq!((method, path.as_str()), (Method::Put, "/v1/notices/drafts/4"));
        let (method, path, body) = request("relayctl notice publish --draft 4");
        assert_eq!(
            (method, path.as_str(), body),
            (Method::Post, "/v1/notices/drafts/4/publish", None)
        );
        for bad in [
            "relayctl notice publish",
            "relayctl notice publish --draft 4 x",
            "relayctl notice publish --draft 4 --service 43",
            "relayctl notice draft --office 0300000100 --prefecture 03 x",
        ] {
            assert!(parsed(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn whom_it_is_for_is_told() {
        assert_eq!(target(None, None, None), "every office");
        assert_eq!(target(None, Some("03"), Some("43")), "prefecture 03, service 43");
        assert_eq!(list(&NoticeList::default()), "none\n");
    }
}
