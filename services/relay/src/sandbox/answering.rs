//! The offices of the sandbox that answer by rule.

use std::time::Duration;

use chassis::process;
use chassis::shutdown::Shutdown;
use proto::api::{ImportResult, Imported, InboxItem};
use proto::{OfficeNumber, Problem, Severity, Time};
use store::{Cursor, InboxState, Store, StoreError};

use super::{OFFICES, Rule};

/// Between two looks into the inboxes.
const LOOK: Duration = Duration::from_millis(200);

/// Seconds after which the slow one collects.
const SLOW: f64 = 30.0;

/// Who did it, in the history.
const BY: &str = "sandbox";

/// Lets every office answer until shutdown begins.
pub(crate) async fn answer(store: Store, shutdown: Shutdown) {
    let mut clock = tokio::time::interval(LOOK);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shutdown.wait() => return,
            _ = clock.tick() => {}
        }
        for (number, _, rule, _) in OFFICES {
            let Ok(office) = number.parse() else { continue };
            if let Err(error) = look(&store, office, rule).await {
                tracing::warn!(%error, office = number, "the sandbox's office could not answer; it tries again");
            }
        }
    }
}

async fn look(store: &Store, office: OfficeNumber, rule: Rule) -> Result<(), StoreError> {
    if matches!(rule, Rule::Yours | Rule::NeverCollects) {
        return Ok(());
    }
    let (items, _) = store
        .inbox(office, &Cursor::default(), 100, InboxState::New)
        .await?;
    for item in items {
        let now = process::now();
        let Some(imported) = reply(rule, &item, now) else {
            continue;
        };
        store.hand_out(office, item.id, now).await?;
        store.collected(office, item.id, BY, now).await?;
        store.imported(office, item.id, &imported, BY, now).await?;
    }
    Ok(())
}

/// What such an office says of an item now; nothing: not yet.
fn reply(rule: Rule, item: &InboxItem, now: Time) -> Option<Imported> {
    let taken_in = || Imported {
        result: ImportResult::Ok,
        problems: Vec::new(),
        software: Some("sandbox 1".to_owned()),
    };
    match rule {
        Rule::Yours | Rule::NeverCollects => None,
        Rule::Ok => Some(taken_in()),
        Rule::Slow => (SLOW <= now.seconds_since(item.arrived_at)).then(taken_in),
        Rule::ImportFails => Some(Imported {
            result: ImportResult::Failed,
            problems: vec![unknown_person()],
            ..taken_in()
        }),
    }
}

fn unknown_person() -> Problem {
    Problem {
        code: "sandbox.user_unknown".to_owned(),
        severity: Severity::Error,
        file: None,
        line: None,
        field_no: None,
        field: None,
        value: None,
        message: "利用者が登録されていません。（検証用の事業所の応答です。）".to_owned(),
        message_en: "The person is not registered here. (An answer of the sandbox's office.)".to_owned(),
    }
}
