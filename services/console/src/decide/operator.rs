//! Whether an operator's role may be changed so.

use proto::desk_roles::{OperatorEntry, OperatorRole};

/// Whether the change leaves nobody with a certificate who may give roles: such a desk could never be changed again.
#[must_use]
pub fn leaves_nobody(operators: &[OperatorEntry], name: &str, role: OperatorRole) -> bool {
    let administers =
        |operator: &&OperatorEntry| operator.role == OperatorRole::Administer && 0 < operator.certificates;
    let is_named = |operator: &&OperatorEntry| operator.name == name;
    let remaining = operators
        .iter()
        .filter(|operator| !is_named(operator))
        .any(|operator| administers(&operator));
    let loses = operators
        .iter()
        .filter(is_named)
        .any(|operator| administers(&operator));
    loses && role != OperatorRole::Administer && !remaining
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operator(name: &str, role: OperatorRole, certificates: i64) -> OperatorEntry {
        OperatorEntry {
            name: name.to_owned(),
            role,
            changed_at: None,
            certificates,
        }
    }

    #[test]
    fn the_last_administrator_stays() {
        use OperatorRole::{Administer, Operate, View};
        let one = [operator("a", Administer, 1), operator("b", Operate, 1)];
        assert!(leaves_nobody(&one, "a", View) && leaves_nobody(&one, "a", Operate));
        assert!(!leaves_nobody(&one, "a", Administer) && !leaves_nobody(&one, "b", View));
        assert!(!leaves_nobody(&one, "new", View));
        let two = [operator("a", Administer, 1), operator("b", Administer, 1)];
        assert!(!leaves_nobody(&two, "a", View));
        // Who has no certificate cannot come in.
        let gone = [operator("a", Administer, 1), operator("b", Administer, 0)];
        assert!(leaves_nobody(&gone, "a", View));
    }
}
