//! Whether a certificate may be bound to a holder.

use proto::{Code, Holder, codes};
use seal::trust::{Role, Subject};

/// The reason against it; none if it may be bound.
///
/// The CA's role must be the holder's kind, and an office's subject must name that very office.
#[must_use]
pub fn objection(holder: &Holder, subject: &Subject) -> Option<&'static Code> {
    let role = match holder {
        Holder::Office(_) => Role::Office,
        Holder::Vendor(_) => Role::Vendor,
        Holder::Station(_) => Role::Station,
        Holder::Operator(_) => Role::Operator,
    };
    if subject.role != role {
        return Some(&codes::AUTH_ROLE);
    }
    if holder.office().is_some() && holder.office() != subject.office {
        return Some(&codes::AUTH_CERTIFICATE_SUBJECT);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objected(holder: &str, role: Role, office: Option<&str>) -> Option<&'static str> {
        let time = "2025-04-01T00:00:00+09:00".parse().unwrap();
        let subject = Subject {
            fingerprint: "00".repeat(32),
            role,
            office: office.map(|number| number.parse().unwrap()),
            common_name: None,
            not_before: time,
            not_after: time,
        };
        objection(&holder.parse().unwrap(), &subject).map(|code| code.code)
    }

    #[test]
    fn role_and_office_must_fit() {
        assert_eq!(
            objected("office:0300000100", Role::Office, Some("0300000100")),
            None
        );
        assert_eq!(objected("operator:sato", Role::Operator, None), None);
        assert_eq!(
            objected("operator:sato", Role::Office, Some("0300000100")),
            Some("auth.role")
        );
        assert_eq!(
            objected("office:0300000100", Role::Office, Some("0300000005")),
            Some("auth.certificate_subject")
        );
        assert_eq!(
            objected("office:0300000100", Role::Office, None),
            Some("auth.certificate_subject")
        );
    }
}
