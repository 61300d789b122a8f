//! Messages that may have killed their handler. The broker's count of deliveries rises at every channel closed over a
//! message and so only makes suspect; tries are counted in the store, each committed before it begins.

use std::time::Duration;

use proto::Message;

use super::attempt::{Attempt, attempt};
use super::stage::{Outcome, Transient};
use super::work::Context;

/// From so many earlier deliveries on a message is suspect.
pub(super) const SUSPECT_AFTER: u64 = 3;

/// After so many tries that ended with the handler's death it is parked.
const TRIES: u32 = 5;

/// Whether a message must be handled alone.
pub(super) fn is_suspect(message: &Message) -> bool {
    SUSPECT_AFTER <= message.delivery_count
}

/// Tries a suspect, each try counted first; one that panics is tried again until its tries are used up.
/// Whatever the outcome, the caller ends the suspicion when it is settled.
pub(super) async fn try_alone(context: &Context, message: &Message) -> Outcome {
    let stage = context.stage.name();
    loop {
        let Ok(tries) = context.suspects.begin(&message.message_id, stage).await else {
            return Outcome::Retry(Transient::new("the store does not count tries of suspects"));
        };
        if TRIES < tries {
            let cause = format!("the handler died {TRIES} times over it");
            return context.park(message, cause);
        }
        match attempt(&*context.stage, vec![message.clone()], context.handler_limit).await {
            Attempt::Outcomes(mut outcomes) => {
                if let Some(outcome) = outcomes.pop() {
                    return outcome;
                }
            }
            Attempt::Overran => return context.park(message, context.overrun_cause()),
            Attempt::Panicked => {}
        }
        tokio::time::sleep(Duration::from_millis(50) * tries).await;
    }
}
