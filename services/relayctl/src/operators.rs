//! `operator`: who may do what at the desk.

use clap::Subcommand;
use proto::desk_roles::{OperatorEntry, OperatorList, OperatorPut, OperatorRole};

use crate::exit::Failure;
use crate::requests::{Method, Request, Topic, bare, with_body};

#[derive(Debug, Subcommand)]
pub(crate) enum OperatorCommand {
    /// Add an operator. Then issue a certificate (`pki issue --holder operator:NAME`) and bind it (`certificate bind`).
    Add {
        /// The operator's name ([a-z0-9-], 1 to 32).
        name: String,
        /// What the operator may do: view, operate, administer.
        #[arg(long, default_value = "view")]
        role: OperatorRole,
    },
    /// Change what an operator may do.
    Role {
        /// The operator's name.
        name: String,
        /// view, operate or administer.
        role: OperatorRole,
    },
    /// Everybody who has a role or a certificate.
    List,
}

/// The request of such a command.
pub(crate) fn request(command: &OperatorCommand) -> Result<Request, Failure> {
    match command {
        OperatorCommand::Add { name, role } | OperatorCommand::Role { name, role } => {
            let named = format!("operator:{name}").parse::<proto::Holder>();
            named.map_err(|_| {
                Failure::Usage(format!("{name}: not an operator's name ([a-z0-9-], 1 to 32)"))
            })?;
            let body = OperatorPut { role: *role };
            with_body(
                Method::Put,
                format!("/v1/operators/{name}"),
                &body,
                Topic::Operator,
            )
        }
        OperatorCommand::List => Ok(bare(Method::Get, "/v1/operators".to_owned(), Topic::Operators)),
    }
}

/// A line an operator.
pub(crate) fn list(list: &OperatorList) -> String {
    list.items.iter().map(line).collect()
}

/// One operator.
pub(crate) fn line(entry: &OperatorEntry) -> String {
    let since = entry
        .changed_at
        .map_or(String::new(), |at| format!(" since {at}"));
    let certificates = match entry.certificates {
        0 => "no certificate".to_owned(),
        1 => "1 certificate".to_owned(),
        count => format!("{count} certificates"),
    };
    format!("{:<32} {:<10} {certificates}{since}\n", entry.name, entry.role)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Args, Command};

    #[test]
    fn a_role_becomes_its_request() {
        let request_of = |line: &str| {
            let Command::Operator(command) = Args::try_parse_from(line.split(' ')).unwrap().command else {
                panic!("a command on operators")
            };
            request(&command)
        };
        let put = request_of("relayctl operator role suzuki operate").unwrap();
        assert_eq!(
            (put.method, put.path.as_str()),
            (Method::Put, "/v1/operators/suzuki")
        );
        assert_eq!(put.body.unwrap()["role"], "operate");
        assert_eq!(
            request_of("relayctl operator add ito").unwrap().body.unwrap()["role"],
            "view"
        );
        assert!(request_of("relayctl operator add Ito").is_err());
        assert!(Args::try_parse_from("relayctl operator role ito king".split(' ')).is_err());
    }
}
