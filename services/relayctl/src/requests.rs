//! From a command to the one request that does it. Reads the certificate file that is to be bound; nothing else.

use proto::desk::{CertificatePost, DelegationPost, LicencePut, OfficePut, OfficeStanding};
use serde::Serialize;
use serde_json::Value;

use crate::args::{CertificateCommand, Command, DelegationCommand, OfficeCommand};
use crate::exit::Failure;
use crate::{maintenance, notices, operators, search};

/// The methods of the console's door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Put,
    Post,
    Delete,
}

/// What the answer is about, for the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    Office,
    Certificate,
    Ended,
    Delegation,
    Notice,
    Notices,
    Draft,
    Drafts,
    Books,
    Way,
    Found,
    Trace,
    Operator,
    Operators,
    Maintenance,
    Audit,
    Parked,
    ParkedOne,
    Stopped,
}

/// One request.
#[derive(Debug, PartialEq)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Below the door's URL, beginning with `/`.
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
    pub(crate) topic: Topic,
}

/// The request of a command that asks the console.
pub(crate) fn of(command: Command) -> Result<Request, Failure> {
    match command {
        Command::Init(_)
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Missing { .. }
        | Command::Broker(_)
        | Command::Directory(_)
        | Command::Licences { .. }
        | Command::Certificate(CertificateCommand::List { .. })
        | Command::Delegation(DelegationCommand::List { .. })
        | Command::Pki(_)
        | Command::Vendor(_)
        | Command::Webhook(_)
        | Command::Vendors(_)
        | Command::Parked(_) => Err(Failure::Usage("this command is not one request".to_owned())),
        Command::Office(command) => office(command),
        Command::Licence {
            office,
            applied,
            until,
        } => {
            let applied_on = applied.unwrap_or_else(today_in_japan);
            let path = format!("/v1/offices/{office}/licence");
            with_body(
                Method::Put,
                path,
                &LicencePut { applied_on, until },
                Topic::Office,
            )
        }
        Command::Certificate(CertificateCommand::Bind { holder, file }) => {
            let certificate_pem = std::fs::read_to_string(&file)
                .map_err(|error| Failure::cannot(&format!("read {}", file.display()), &error))?;
            if certificate_pem.contains("PRIVATE KEY") {
                // A key must never leave the machine, not even by mistake.
                return Err(Failure::Usage(format!(
                    "{}: holds a private key; give the certificate alone",
                    file.display()
                )));
            }
            let body = CertificatePost {
                holder: holder.to_string(),
                certificate_pem,
            };
            with_body(
                Method::Post,
                "/v1/certificates".to_owned(),
                &body,
                Topic::Certificate,
            )
        }
        Command::Certificate(CertificateCommand::End { fingerprint }) => {
            let fingerprint = fingerprint.replace(':', "").to_ascii_lowercase();
            if fingerprint.len() != 64 || !fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(Failure::Usage(
                    "a fingerprint is 64 hexadecimal digits (SHA-256)".to_owned(),
                ));
            }
            Ok(bare(
                Method::Delete,
                format!("/v1/certificates/{fingerprint}"),
                Topic::Ended,
            ))
        }
        Command::Delegation(DelegationCommand::Add {
            office,
            delegate,
            rights,
            from,
            until,
        }) => {
            let body = DelegationPost {
                office,
                delegate: delegate.to_string(),
                rights,
                from,
                until,
            };
            with_body(
                Method::Post,
                "/v1/delegations".to_owned(),
                &body,
                Topic::Delegation,
            )
        }
        Command::Delegation(DelegationCommand::Revoke {
            office,
            delegate,
            right,
        }) => Ok(bare(
            Method::Delete,
            format!("/v1/delegations/{office}/{delegate}/{right}"),
            Topic::Ended,
        )),
        Command::Notice(command) => notices::request(command),
        Command::Books => Ok(bare(Method::Get, "/v1/books".to_owned(), Topic::Books)),
        Command::Way => Ok(bare(Method::Get, "/v1/way".to_owned(), Topic::Way)),
        Command::Search(asked) => Ok(search::search(&asked)),
        Command::Trace { id } => Ok(search::trace(id)),
        Command::Maintenance(command) => maintenance::request(command),
        Command::Operator(command) => operators::request(&command),
        Command::Audit { before, limit } => {
            let before = before.map_or(String::new(), |before| format!("&before={before}"));
            Ok(bare(
                Method::Get,
                format!("/v1/audit?limit={limit}{before}"),
                Topic::Audit,
            ))
        }
    }
}

fn office(command: OfficeCommand) -> Result<Request, Failure> {
    match command {
        OfficeCommand::Show { office } => {
            Ok(bare(Method::Get, format!("/v1/offices/{office}"), Topic::Office))
        }
        OfficeCommand::Put {
            office,
            name,
            services,
            state,
            renumbered_to,
            versions,
            max_bytes,
        } => {
            let state = match state.as_str() {
                "closed" => OfficeStanding::Closed,
                "renumbered" => OfficeStanding::Renumbered,
                _ => OfficeStanding::Open,
            };
            let body = OfficePut {
                name,
                services,
                state,
                renumbered_to,
                versions,
                max_bytes,
            };
            with_body(Method::Put, format!("/v1/offices/{office}"), &body, Topic::Office)
        }
    }
}

/// A page of the list of missing acceptances.
pub(crate) fn missing(minutes: Option<u16>, after: Option<&str>) -> Request {
    let mut path = "/v1/missing?limit=1000".to_owned();
    if let Some(minutes) = minutes {
        path = format!("{path}&seconds={}", u32::from(minutes) * 60);
    }
    if let Some(after) = after {
        path = format!("{path}&after={after}");
    }
    bare(Method::Get, path, Topic::Books)
}

/// A request without a body.
pub(crate) fn bare(method: Method, path: String, topic: Topic) -> Request {
    Request {
        method,
        path,
        body: None,
        topic,
    }
}

/// A request with a JSON body.
pub(crate) fn with_body(
    method: Method,
    path: String,
    body: &impl Serialize,
    topic: Topic,
) -> Result<Request, Failure> {
    let body = serde_json::to_value(body).map_err(|error| Failure::cannot("write the request", &error))?;
    Ok(Request {
        method,
        path,
        body: Some(body),
        topic,
    })
}

/// The date in Japan now; licences are counted in its days.
fn today_in_japan() -> jiff::civil::Date {
    jiff::tz::Offset::constant(9)
        .to_datetime(jiff::Timestamp::now())
        .date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Args;
    use clap::Parser;

    fn request(line: &str) -> Result<Request, Failure> {
        of(Args::try_parse_from(line.split(' ')).unwrap().command)
    }

    #[test]
    fn a_command_becomes_its_request() {
        let put = request("relayctl office put 0300000100 --name A --service 43").unwrap();
        assert_eq!(
            (put.method, put.path.as_str()),
            (Method::Put, "/v1/offices/0300000100")
        );
        let body: OfficePut = serde_json::from_value(put.body.unwrap()).unwrap();
        assert_eq!((body.name.as_str(), body.state), ("A", OfficeStanding::Open));

        let licence = request("relayctl licence 0300000100 --applied 2025-04-01").unwrap();
        assert_eq!(licence.body.unwrap()["applied_on"], "2025-04-01");

        let end = request(&format!("relayctl certificate end {}", "AB:".repeat(31) + "AB")).unwrap();
        assert_eq!(end.path, format!("/v1/certificates/{}", "ab".repeat(32)));
        assert!(request("relayctl certificate end ../books").is_err());
        let revoke = "relayctl delegation revoke --office 0300000100 --delegate vendor:abc --right sign";
        assert_eq!(
            request(revoke).unwrap().path,
            "/v1/delegations/0300000100/vendor:abc/sign"
        );
    }

    #[test]
    fn a_private_key_is_never_sent() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.pem");
        std::fs::write(&file, "-----BEGIN PRIVATE KEY-----\n").unwrap();
        let line = format!(
            "relayctl certificate bind --holder office:0300000100 {}",
            file.display()
        );
        assert!(matches!(request(&line), Err(Failure::Usage(_))));
    }
}
