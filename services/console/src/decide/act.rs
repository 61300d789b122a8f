//! What operators do, and which role it takes: the one place where both are said, for the API and the pages alike.

use proto::desk_roles::OperatorRole;

/// Acts of operators, the words of the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Enrol an office or change its entry.
    PutOffice,
    /// Enter the offices of a file.
    ImportDirectory,
    /// Give an office a licence.
    PutLicence,
    /// Say whose a certificate is.
    BindCertificate,
    /// End that.
    EndCertificate,
    /// Let a holder act for an office.
    AddDelegation,
    /// End that.
    RevokeDelegation,
    /// Say what an operator may do.
    PutOperator,
    /// Tell offices something.
    PublishNotice,
    /// Keep a draft of a notice, or change it.
    DraftNotice,
    /// Throw a draft away.
    DiscardDraft,
    /// Make a channel or change it.
    PutChannel,
    /// Give a channel another password.
    RotateChannel,
    /// Take an office out of a channel.
    LeaveChannel,
    /// Remove a channel.
    RemoveChannel,
    /// Make a webhook or change it.
    PutWebhook,
    /// Give a webhook another secret.
    RotateWebhook,
    /// Have a webhook called once.
    TestWebhook,
    /// Let a webhook go on that was given up.
    EnableWebhook,
    /// Take an office out of a webhook.
    LeaveWebhook,
    /// Remove a webhook.
    RemoveWebhook,
    /// Shut the door for a while.
    StartMaintenance,
    /// Open it again.
    EndMaintenance,
    /// Keep a conformance result and register its product.
    AddResult,
    /// Have parked envelopes sent again.
    RedriveParked,
    /// Stop that.
    StopRedrive,
    /// Give parked envelopes back to their senders.
    DiscardParked,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 27] = [
        Self::PutOffice,
        Self::ImportDirectory,
        Self::PutLicence,
        Self::BindCertificate,
        Self::EndCertificate,
        Self::AddDelegation,
        Self::RevokeDelegation,
        Self::PutOperator,
        Self::PutChannel,
        Self::RotateChannel,
        Self::LeaveChannel,
        Self::RemoveChannel,
        Self::PutWebhook,
        Self::RotateWebhook,
        Self::TestWebhook,
        Self::EnableWebhook,
        Self::LeaveWebhook,
        Self::RemoveWebhook,
        Self::DraftNotice,
        Self::DiscardDraft,
        Self::PublishNotice,
        Self::StartMaintenance,
        Self::EndMaintenance,
        Self::AddResult,
        Self::RedriveParked,
        Self::StopRedrive,
        Self::DiscardParked,
    ];

    /// Its word in the audit log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PutOffice => "office.put",
            Self::ImportDirectory => "directory.import",
            Self::PutLicence => "licence.put",
            Self::BindCertificate => "certificate.bind",
            Self::EndCertificate => "certificate.end",
            Self::AddDelegation => "delegation.add",
            Self::RevokeDelegation => "delegation.revoke",
            Self::PutOperator => "operator.put",
            Self::PublishNotice => "notice.publish",
            Self::DraftNotice => "notice.draft",
            Self::DiscardDraft => "notice.discard",
            Self::PutChannel => "channel.put",
            Self::RotateChannel => "channel.rotate",
            Self::LeaveChannel => "channel.leave",
            Self::RemoveChannel => "channel.remove",
            Self::PutWebhook => "webhook.put",
            Self::RotateWebhook => "webhook.rotate",
            Self::TestWebhook => "webhook.test",
            Self::EnableWebhook => "webhook.enable",
            Self::LeaveWebhook => "webhook.leave",
            Self::RemoveWebhook => "webhook.remove",
            Self::StartMaintenance => "maintenance.start",
            Self::EndMaintenance => "maintenance.end",
            Self::AddResult => "product.result",
            Self::RedriveParked => "parked.redrive",
            Self::StopRedrive => "parked.stop",
            Self::DiscardParked => "parked.discard",
        }
    }

    /// The least role that may do it.
    #[must_use]
    pub fn needs(self) -> OperatorRole {
        match self {
            Self::TestWebhook
            | Self::EnableWebhook
            | Self::DraftNotice
            | Self::DiscardDraft
            | Self::PublishNotice
            | Self::StartMaintenance
            | Self::EndMaintenance
            | Self::AddResult
            | Self::RedriveParked
            | Self::StopRedrive
            | Self::DiscardParked => OperatorRole::Operate,
            Self::PutOffice
            | Self::ImportDirectory
            | Self::PutLicence
            | Self::BindCertificate
            | Self::EndCertificate
            | Self::AddDelegation
            | Self::RevokeDelegation
            | Self::PutOperator
            | Self::PutChannel
            | Self::RotateChannel
            | Self::LeaveChannel
            | Self::RemoveChannel
            | Self::PutWebhook
            | Self::RotateWebhook
            | Self::LeaveWebhook
            | Self::RemoveWebhook => OperatorRole::Administer,
        }
    }

    /// Whether this role may do it.
    #[must_use]
    pub fn is_for(self, role: OperatorRole) -> bool {
        self.needs() <= role
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn who_looks_does_nothing_and_who_administers_everything() {
        for act in Act::ALL {
            assert!(!act.is_for(OperatorRole::View), "{act:?}");
            assert!(act.is_for(OperatorRole::Administer), "{act:?}");
        }
        let operate = |act: &&Act| act.is_for(OperatorRole::Operate);
        let operated: Vec<_> = Act::ALL.iter().filter(operate).map(|act| act.as_str()).collect();
        assert_eq!(
            operated,
            [
                "webhook.test",
                "webhook.enable",
                "notice.draft",
                "notice.discard",
                "notice.publish",
                "maintenance.start",
                "maintenance.end",
                "product.result",
                "parked.redrive",
                "parked.stop",
                "parked.discard"
            ]
        );
    }

    #[test]
    fn every_act_has_a_word_of_its_own() {
        let words: BTreeSet<_> = Act::ALL.iter().map(|act| act.as_str()).collect();
        assert_eq!(words.len(), Act::ALL.len());
    }
}
