//! Every act is written down before it is done: an act nobody can find again must not happen.

use proto::Time;

use crate::error::DeskError;
use crate::operator::Operator;
use crate::state::ConsoleState;

/// Acts of operators, the words of the audit log.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    PutOffice,
    PutLicence,
    BindCertificate,
    EndCertificate,
    AddDelegation,
    RevokeDelegation,
    PublishNotice,
    RedriveParked,
    StopRedrive,
    DiscardParked,
}

impl Act {
    fn as_str(self) -> &'static str {
        match self {
            Self::PutOffice => "office.put",
            Self::PutLicence => "licence.put",
            Self::BindCertificate => "certificate.bind",
            Self::EndCertificate => "certificate.end",
            Self::AddDelegation => "delegation.add",
            Self::RevokeDelegation => "delegation.revoke",
            Self::PublishNotice => "notice.publish",
            Self::RedriveParked => "parked.redrive",
            Self::StopRedrive => "parked.stop",
            Self::DiscardParked => "parked.discard",
        }
    }
}

/// Writes the act into the store's audit log.
pub(crate) async fn write(
    state: &ConsoleState,
    operator: &Operator,
    act: Act,
    subject: &str,
    at: Time,
) -> Result<(), DeskError> {
    write_each(state, operator, act, &[subject.to_owned()], at).await
}

/// The same act on several subjects, an entry each.
pub(crate) async fn write_each(
    state: &ConsoleState,
    operator: &Operator,
    act: Act,
    subjects: &[String],
    at: Time,
) -> Result<(), DeskError> {
    let actor = operator.0.to_string();
    state.store.audit_all(&actor, act.as_str(), subjects, at).await?;
    for subject in subjects {
        tracing::info!(operator = %operator.0, act = act.as_str(), subject, "act at the desk");
    }
    Ok(())
}
