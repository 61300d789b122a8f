//! The misdirection guard: a person who has nothing to do with the destination must not be sent there.

use super::{Checked, offices};
use crate::codes;
use crate::finding::Sink;
use crate::kind::FileKind;

/// Each person of tables 6/7, or of tables 1/2, has a service of the destination office.
pub(crate) fn check(files: &[&Checked<'_>], sink: &mut Sink) {
    let services = files
        .iter()
        .find(|file| matches!(file.name.kind, FileKind::UpPlan | FileKind::Up2Kyo));
    let Some(services) = services else { return };
    // An office that plans is no provider: a commissioned office sends its plans to the support centre.
    if offices::plans(services.name.destination_kind.as_ref()) {
        return;
    }
    let destination = &services.name.destination;
    for key in services.facts.keys.iter().filter(|key| !key.served) {
        sink.add(&codes::UNIT_MISDIRECTED, services.file, |draft| {
            let draft = draft.line(key.line).detail(
                format!("送信先は{destination}"),
                format!("the destination is {destination}"),
            );
            // Table 2 may leave the offices out; then nothing is certain.
            draft.likely(!key.offices_named)
        });
    }
}
