//! `relay all --sandbox DIR`: a relay of one's own to write care software against. A throw-away CA, offices that answer by rule,
//! faults on demand, and a way back to the beginning.
//!
//! It has two shards, so that the broker of a real installation, which holds another number, turns it away (exit status 64)
//! before it takes a single message.

mod answering;
mod faults;
mod folder;
mod reset;

use std::path::{Path, PathBuf};

use anyhow::Context;
use axum::Router;
use proto::{Holder, OfficeNumber};
use store::{CertificateFacts, OfficeFacts, OfficeState, Store};

use crate::config::Config;
use crate::ground::Ground;

pub(crate) use answering::answer;

/// How an office of the sandbox behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// The developer's own: it does what the developer does with its certificate.
    Yours,
    /// Collects at once, and takes everything in.
    Ok,
    /// Never collects.
    NeverCollects,
    /// Collects at once, and cannot take it in.
    ImportFails,
    /// As `Ok`, after half a minute.
    Slow,
}

/// Number, service kind, rule, name.
const OFFICES: [(&str, &str, Rule, &str); 6] = [
    ("0300000100", "43", Rule::Yours, "自社居宅介護支援（検証用）"),
    ("0300000062", "11", Rule::Yours, "自社訪問介護（検証用）"),
    ("0300000005", "11", Rule::Ok, "正常に取り込む訪問介護（検証用）"),
    (
        "0300000013",
        "15",
        Rule::NeverCollects,
        "受け取らない通所介護（検証用）",
    ),
    (
        "1300000021",
        "17",
        Rule::ImportFails,
        "取込に失敗する福祉用具貸与（検証用）",
    ),
    ("0300000070", "13", Rule::Slow, "受け取りの遅い訪問看護（検証用）"),
];

const DAY: i64 = 86_400;

/// Makes the sandbox's folder if it is not there, and turns the configuration to it; the folder's whole path.
///
/// # Errors
/// When the folder cannot be made or read.
pub(crate) fn prepare(folder: &Path, config: &mut Config) -> anyhow::Result<PathBuf> {
    folder::make(folder).with_context(|| format!("make {}", folder.display()))?;
    // What is written down must be true wherever it is read from.
    let folder = folder.canonicalize()?;
    let below = |name: &str| folder.join(name);
    config.trust.folder = below("trust");
    (config.receipts.certificate, config.receipts.key) = (below("receipts.pem"), below("receipts.key"));
    for door in [
        &mut config.ingest.door,
        &mut config.delivery.door,
        &mut config.console.door,
    ] {
        (door.certificate, door.key) = (below("door.pem"), below("door.key"));
    }
    config.store = store::StoreConfig::at(format!("sqlite:{}", below("relay.db").display()));
    config.broker.shards = 2;
    folder::write_env(&folder, config)?;
    Ok(folder)
}

/// Writes the sandbox's offices into the directory.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn enrol(folder: &Path, store: &Store) -> anyhow::Result<()> {
    let now = chassis::process::now();
    for (number, kind, _, name) in OFFICES {
        let number: OfficeNumber = number.parse().context("a number of the sandbox")?;
        let facts = OfficeFacts {
            number,
            name: name.to_owned(),
            state: OfficeState::Open,
            services: vec![kind.to_owned()],
            licence_until: None,
            grace_days: 0,
            max_bytes: None,
            versions: Vec::new(),
        };
        store.put_office(&facts).await?;
        store
            .put_licence(number, now, now.plus_seconds(365 * DAY))
            .await?;
        bind(
            store,
            &folder::certificate(folder, number)?,
            Holder::Office(number),
        )
        .await?;
    }
    bind(
        store,
        &folder::operator(folder)?,
        Holder::Operator("admin".to_owned()),
    )
    .await
}

async fn bind(store: &Store, certificate: &[u8], holder: Holder) -> anyhow::Result<()> {
    let now = chassis::process::now();
    let facts = CertificateFacts {
        fingerprint: seal::trust::fingerprint(certificate),
        holder,
        not_before: now.plus_seconds(-DAY),
        not_after: now.plus_seconds(365 * DAY),
        bound_at: now,
        revoked_at: None,
    };
    if store.certificate(&facts.fingerprint).await?.is_none() {
        store.bind_certificate(&facts).await?;
    }
    Ok(())
}

/// A door of the sandbox: the real one, hurt on demand, with the way back to the beginning.
pub(crate) fn door(router: Router, ground: &Ground) -> Router {
    let reset = reset::router(ground.store.clone());
    router.merge(reset).layer(axum::middleware::from_fn(faults::hurt))
}
