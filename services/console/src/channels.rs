//! Channels: queues of vendors' and offices' own, each with a user of the broker of the same name.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chassis::config::Secret;
use chassis::process;
use proto::desk::{ChannelPassword, ChannelPut, ChannelView, Channels};
use proto::{Channel, Time, codes};

use crate::audit;
use crate::body::{self, Body};
use crate::broker::ManagementError;
use crate::decide::act::Act;
use crate::error::{DeskError, bad};
use crate::operator::Operator;
use crate::state::ConsoleState;

/// A password is at least so many characters.
const PASSWORD: usize = 12;

fn channel(text: &str) -> Result<Channel, DeskError> {
    text.parse().map_err(|_| bad("channel"))
}

fn password(text: &str) -> Result<Secret, DeskError> {
    let fits = (PASSWORD..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| Secret::new(text)).ok_or_else(|| bad("password"))
}

/// `PUT /v1/channels/{name}`: makes what is missing of the channel and adds offices to it. Delivery makes its queue.
pub(crate) async fn put(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(name): Path<String>,
    Body(wish): Body<ChannelPut>,
) -> Result<Json<ChannelView>, DeskError> {
    let permit = operator.permit(&state, Act::PutChannel).await?;
    let channel = channel(&name)?;
    let password = password(&wish.password)?;
    for office in wish.offices.iter().chain(channel.holder().office().as_ref()) {
        if state.store.office(*office).await?.is_none() {
            return Err((&codes::HTTP_NOT_FOUND).into());
        }
    }
    let broker = state.management()?;
    let now = process::now();
    let offices: Vec<_> = wish.offices.iter().map(ToString::to_string).collect();
    let subject = format!("{channel} {}", offices.join(" "));
    audit::write(&state, &permit, subject.trim_end(), now).await?;
    let made = !broker.has_user(&channel).await?;
    if made {
        broker.put_user(&channel, &password).await?;
    }
    broker.permit(&channel).await?;
    broker.declare(&channel).await?;
    state.store.put_channel(&channel, &wish.offices, now).await?;
    let since = since(&state, &channel).await?.unwrap_or(now);
    Ok(Json(view(&state, channel, since, made).await?))
}

/// `PUT /v1/channels/{name}/password`: from the next connection on this one opens it, and the old one no more.
pub(crate) async fn rotate(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(name): Path<String>,
    Body(wish): Body<ChannelPassword>,
) -> Result<Json<ChannelView>, DeskError> {
    let permit = operator.permit(&state, Act::RotateChannel).await?;
    let channel = channel(&name)?;
    let password = password(&wish.password)?;
    let Some(since) = since(&state, &channel).await? else {
        return Err((&codes::HTTP_NOT_FOUND).into());
    };
    let broker = state.management()?;
    audit::write(&state, &permit, &channel.to_string(), process::now()).await?;
    broker.put_user(&channel, &password).await?;
    Ok(Json(view(&state, channel, since, true).await?))
}

/// `DELETE /v1/channels/{name}`: its cursors first, then user and queue. Asked again it ends what was left.
pub(crate) async fn delete(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(name): Path<String>,
) -> Result<StatusCode, DeskError> {
    let permit = operator.permit(&state, Act::RemoveChannel).await?;
    let channel = channel(&name)?;
    let broker = state.management()?;
    audit::write(&state, &permit, &channel.to_string(), process::now()).await?;
    let had = state.store.remove_channel(&channel).await?;
    if broker.remove(&channel).await? || had {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err((&codes::HTTP_NOT_FOUND).into())
    }
}

/// `DELETE /v1/channels/{name}/offices/{office}`: it is served there no more.
pub(crate) async fn leave(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path((name, office)): Path<(String, String)>,
) -> Result<StatusCode, DeskError> {
    let permit = operator.permit(&state, Act::LeaveChannel).await?;
    let (channel, office) = (channel(&name)?, body::office(&office)?);
    let subject = format!("{channel} {office}");
    audit::write(&state, &permit, &subject, process::now()).await?;
    if state.store.leave_channel(&channel, office).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err((&codes::HTTP_NOT_FOUND).into())
    }
}

/// `GET /v1/channels`
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    _: Operator,
) -> Result<Json<Channels>, DeskError> {
    let channels = state.store.channels().await?;
    let told = if channels.is_empty() {
        None
    } else {
        at_broker(&state).await
    };
    let mut items = Vec::new();
    for (channel, since) in channels {
        let mut item = view(&state, channel, since, false).await?;
        if let Some((users, waiting)) = &told {
            item.user = Some(users.contains(&item.name));
            item.waiting = waiting.get(&item.name).copied();
        }
        items.push(item);
    }
    Ok(Json(Channels { items }))
}

/// The broker's users, and what waits in its queues, asked once for all channels.
async fn at_broker(state: &ConsoleState) -> Option<(BTreeSet<String>, BTreeMap<String, u64>)> {
    let broker = state.management().ok()?;
    let told = async { Ok::<_, ManagementError>((broker.users().await?, broker.waiting().await?)) };
    let told = told.await.inspect_err(|error| {
        // The list is about channels, and is shown without the broker too.
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "the broker's management could not tell what waits for channels"
        );
    });
    told.ok()
}

async fn since(state: &ConsoleState, channel: &Channel) -> Result<Option<Time>, DeskError> {
    let channels = state.store.channels().await?;
    let found = channels.into_iter().find(|(other, _)| other == channel);
    Ok(found.map(|(_, since)| since))
}

async fn view(
    state: &ConsoleState,
    channel: Channel,
    since: Time,
    password_set: bool,
) -> Result<ChannelView, DeskError> {
    Ok(ChannelView {
        offices: state.store.channel_offices(&channel).await?,
        name: channel.to_string(),
        since,
        waiting: None,
        user: None,
        password_set,
    })
}
