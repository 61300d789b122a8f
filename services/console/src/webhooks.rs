//! Webhooks: URLs of vendors and offices that delivery calls. The desk keeps them; it calls none itself.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chassis::process;
use proto::desk_webhooks::{WebhookPut, WebhookTested, WebhookView, Webhooks};
use proto::webhook::{SECRET_BYTES, WebhookSecret};
use proto::webhook_url::WebhookUrl;
use proto::{Channel, OfficeNumber, Time, codes};
use store::WebhookFacts;
use tokio::time::{Instant, sleep};

use crate::audit;
use crate::body::{self, Body};
use crate::decide::act::Act;
use crate::error::{DeskError, mend};
use crate::operator::Operator;
use crate::state::ConsoleState;

/// Seconds calls are signed with the secret before, too: a day to change it at the other end.
const OLD_SECRET: i64 = 86_400;

/// How long a test is waited for: a call's own limit and a look of delivery's, within an operator's patience.
const TEST: Duration = Duration::from_secs(25);

/// Between two looks at what came of it.
const LOOK: Duration = Duration::from_millis(200);

fn webhook(text: &str) -> Result<Channel, DeskError> {
    let (japanese, english) = (
        "Webhook の名前は office.<10桁の事業所番号> か vendor.<名前>（a-z、0-9、-。32文字まで）です。",
        "A webhook is named office.<number of 10 digits> or vendor.<name> (a-z, 0-9, -; at most 32).",
    );
    let refused = |_| mend(&codes::HTTP_BAD_REQUEST, "webhook", japanese, english);
    text.parse().map_err(refused)
}

fn url(text: &str) -> Result<WebhookUrl, DeskError> {
    let (japanese, english) = (
        "URL は https://ホスト/パス の形で、利用者名と # 以下のない、2,000バイトまでの半角文字です。",
        "The URL is https://host/path, without a user or a fragment, at most 2,000 bytes of printable ASCII.",
    );
    let refused = |_| mend(&codes::HTTP_BAD_REQUEST, "url", japanese, english);
    text.parse().map_err(refused)
}

/// Which offices it may be set to tell of: an office's own of that office, a vendor's of those that let it read.
async fn check_offices(
    state: &ConsoleState,
    name: &Channel,
    offices: &[OfficeNumber],
) -> Result<(), DeskError> {
    let own = name.holder().office();
    if own.is_some() && !offices.is_empty() {
        let (japanese, english) = (
            "事業所自身の Webhook はその事業所のことだけを伝えます。事業所の欄は空にしてください。",
            "An office's own webhook tells of that office alone. Leave the offices empty.",
        );
        return Err(mend(&codes::HTTP_BAD_REQUEST, "offices", japanese, english));
    }
    for office in offices.iter().chain(own.as_ref()) {
        if state.store.office(*office).await?.is_none() {
            let japanese =
                format!("事業所 {office} は台帳にありません。番号を確かめるか、先に登録してください。");
            let english =
                format!("Office {office} is not in the directory. Check the number, or enrol it first.");
            let field = if own.is_some() { "webhook" } else { "offices" };
            return Err(mend(&codes::HTTP_NOT_FOUND, field, &japanese, &english));
        }
    }
    Ok(())
}

fn not_found() -> DeskError {
    (&codes::HTTP_NOT_FOUND).into()
}

fn new_secret() -> Result<WebhookSecret, DeskError> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "the system gives no random bytes");
        DeskError::from(&codes::HTTP_INTERNAL)
    })?;
    Ok(WebhookSecret::of(bytes))
}

/// `PUT /v1/webhooks/{name}`: makes it with a new secret, or changes its URL, and adds offices to it.
pub(crate) async fn put(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(name): Path<String>,
    Body(wish): Body<WebhookPut>,
) -> Result<Json<WebhookView>, DeskError> {
    let permit = operator.permit(&state, Act::PutWebhook).await?;
    let name = webhook(&name)?;
    let url = url(&wish.url)?;
    check_offices(&state, &name, &wish.offices).await?;
    let now = process::now();
    let offices: Vec<_> = wish.offices.iter().map(ToString::to_string).collect();
    // Without the URL: a vendor may have put a token into it.
    let subject = format!("{name} {}", offices.join(" "));
    audit::write(&state, &permit, subject.trim_end(), now).await?;
    let secret = new_secret()?;
    let made = state
        .store
        .put_webhook(&name, url.as_str(), &wish.offices, &secret, now)
        .await?;
    let facts = facts(&state, &name).await?;
    Ok(Json(view(&state, facts, made.then_some(secret)).await?))
}

/// `POST /v1/webhooks/{name}/rotate`: a new secret; the one before signs for a day more.
pub(crate) async fn rotate(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(name): Path<String>,
) -> Result<Json<WebhookView>, DeskError> {
    change_secret(&state, &operator, &name, None).await.map(Json)
}

/// A new secret, unless it was changed after the page with this [`stamp`] was shown: a form that is sent twice is one wish.
pub(crate) async fn change_secret(
    state: &ConsoleState,
    operator: &Operator,
    name: &str,
    shown: Option<&str>,
) -> Result<WebhookView, DeskError> {
    let permit = operator.permit(state, Act::RotateWebhook).await?;
    let name = webhook(name)?;
    let now = process::now();
    let seen = facts(state, &name).await?.old_secret_until;
    let seen = seen.filter(|until| now < *until);
    if shown.is_some_and(|shown| shown != stamp(seen)) {
        return Err((&codes::DESK_STALE).into());
    }
    audit::write(state, &permit, &name.to_string(), now).await?;
    let secret = new_secret()?;
    let until = now.plus_seconds(OLD_SECRET);
    let store = &state.store;
    if !store.rotate_webhook(&name, &secret, until, seen, now).await? {
        return Err((&codes::DESK_STALE).into());
    }
    view(state, facts(state, &name).await?, Some(secret)).await
}

/// Which secret it is, without telling anything of it: until when the one before signs.
pub(crate) fn stamp(old_secret_until: Option<Time>) -> String {
    old_secret_until.map_or_else(|| "-".to_owned(), |until| until.to_string())
}

/// `POST /v1/webhooks/{name}/enable`: goes on where it stopped, at once.
pub(crate) async fn enable(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(name): Path<String>,
) -> Result<Json<WebhookView>, DeskError> {
    let permit = operator.permit(&state, Act::EnableWebhook).await?;
    let name = webhook(&name)?;
    let facts = facts(&state, &name).await?;
    audit::write(&state, &permit, &name.to_string(), process::now()).await?;
    state.store.enable_webhook(&name).await?;
    Ok(Json(view(&state, facts, None).await?))
}

/// `POST /v1/webhooks/{name}/test`: delivery calls it once, and this says what came back.
pub(crate) async fn test(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(name): Path<String>,
) -> Result<Json<WebhookTested>, DeskError> {
    let permit = operator.permit(&state, Act::TestWebhook).await?;
    let name = webhook(&name)?;
    audit::write(&state, &permit, &name.to_string(), process::now()).await?;
    let asked = state.store.ask_webhook_test(&name).await?;
    let number = asked.ok_or_else(not_found)?;
    let end = Instant::now() + TEST;
    loop {
        let answer = state.store.webhook_test_answer(&name, number).await?;
        if let Some(tested) = answer.and_then(|answer| serde_json::from_str(&answer).ok()) {
            return Ok(Json(tested));
        }
        if end <= Instant::now() {
            return Ok(Json(WebhookTested {
                outcome: None,
                status: None,
                milliseconds: 0,
                words: "no delivery station took the test up in time: see whether one runs".to_owned(),
            }));
        }
        sleep(LOOK).await;
    }
}

/// `DELETE /v1/webhooks/{name}`: with its secrets and marks.
pub(crate) async fn delete(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(name): Path<String>,
) -> Result<StatusCode, DeskError> {
    let permit = operator.permit(&state, Act::RemoveWebhook).await?;
    let name = webhook(&name)?;
    audit::write(&state, &permit, &name.to_string(), process::now()).await?;
    ended(state.store.remove_webhook(&name).await?)
}

/// `DELETE /v1/webhooks/{name}/offices/{office}`: it tells of that office no more.
pub(crate) async fn leave(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path((name, office)): Path<(String, String)>,
) -> Result<StatusCode, DeskError> {
    let permit = operator.permit(&state, Act::LeaveWebhook).await?;
    let (name, office) = (webhook(&name)?, body::office(&office)?);
    let subject = format!("{name} {office}");
    audit::write(&state, &permit, &subject, process::now()).await?;
    ended(state.store.leave_webhook(&name, office).await?)
}

fn ended(was_there: bool) -> Result<StatusCode, DeskError> {
    if was_there {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(not_found())
    }
}

/// `GET /v1/webhooks`
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    _: Operator,
) -> Result<Json<Webhooks>, DeskError> {
    let mut items = Vec::new();
    for facts in state.store.webhooks().await? {
        items.push(view(&state, facts, None).await?);
    }
    Ok(Json(Webhooks { items }))
}

/// `GET /v1/webhooks/{name}`
pub(crate) async fn show(
    State(state): State<ConsoleState>,
    _: Operator,
    Path(name): Path<String>,
) -> Result<Json<WebhookView>, DeskError> {
    let facts = facts(&state, &webhook(&name)?).await?;
    Ok(Json(view(&state, facts, None).await?))
}

/// Whether there is one of this name.
pub(crate) async fn is_there(state: &ConsoleState, name: &str) -> Result<bool, DeskError> {
    let name = webhook(name)?;
    let webhooks = state.store.webhooks().await?;
    Ok(webhooks.iter().any(|facts| facts.name == name))
}

async fn facts(state: &ConsoleState, name: &Channel) -> Result<WebhookFacts, DeskError> {
    let webhooks = state.store.webhooks().await?;
    let found = webhooks.into_iter().find(|facts| facts.name == *name);
    found.ok_or_else(not_found)
}

async fn view(
    state: &ConsoleState,
    facts: WebhookFacts,
    secret: Option<WebhookSecret>,
) -> Result<WebhookView, DeskError> {
    let now = process::now();
    Ok(WebhookView {
        offices: state.store.webhook_lines(&facts.name, now).await?,
        name: facts.name.to_string(),
        url: facts.url,
        since: facts.since,
        secret: secret.map(|secret| secret.expose()),
        old_secret_until: facts.old_secret_until.filter(|until| now < *until),
    })
}
