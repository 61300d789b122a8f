//! `init`: everything a new installation needs, once. A second run finds all of it and changes nothing.

use proto::Holder;
use proto::desk_roles::OperatorRole;
use seal::authority::{KeyKind, Usage};
use seal::trust::Role;
use serde_json::json;
use store::{CertificateFacts, Store, StoreConfig};

use crate::args::InitArgs;
use crate::exit::Failure;
use crate::pki::files::{self, Entry};
use crate::pki::folder::{Folder, Wish, pem_fingerprint};
use crate::pki::now;
use crate::{print, settings};

/// The doors' own certificate, at most as long as clients in the field put up with.
const DOOR_DAYS: u32 = 825;
/// Receipts are evidence for five years; the certificate outlives what it signed in its last year of use.
const RECEIPT_DAYS: u32 = 3_650;
/// Operators renew every year.
const OPERATOR_DAYS: u32 = 365;

/// Makes what is missing.
pub(crate) async fn init(arguments: &InitArgs, json: bool) -> Result<(), Failure> {
    let operator: Holder = (format!("operator:{}", arguments.operator).parse()).map_err(|_| {
        Failure::Usage(format!(
            "{}: not an operator's name ([a-z0-9-], 1 to 32)",
            arguments.operator
        ))
    })?;
    let folder = Folder::open_or_make(&arguments.dir)?;
    let mut made = Vec::new();
    for role in Role::ALL {
        if folder.make_authority(role)? {
            made.push(format!("the {} authority", role.as_str()));
        }
    }
    let station = |name: &str| Holder::Station(name.to_owned());
    let mut server_names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    server_names.extend(arguments.hosts.iter().cloned());
    let doors = Wish {
        holder: station("doors"),
        common_name: "careplan-relay".to_owned(),
        server_names,
        key: KeyKind::P256,
        usage: Usage::Server,
        days: DOOR_DAYS,
    };
    made.extend(make_certificate(&folder, "doors", &doors)?.then_some("the doors' certificate".to_owned()));
    let receipts = Wish {
        holder: station("receipts"),
        common_name: "careplan-relay receipts".to_owned(),
        server_names: Vec::new(),
        key: KeyKind::P256,
        usage: Usage::Sign,
        days: RECEIPT_DAYS,
    };
    made.extend(
        make_certificate(&folder, "receipts", &receipts)?.then_some("the receipts' certificate".to_owned()),
    );
    let admin = Wish {
        holder: operator.clone(),
        common_name: arguments.operator.clone(),
        server_names: Vec::new(),
        key: KeyKind::P256,
        usage: Usage::ClientOnly,
        days: OPERATOR_DAYS,
    };
    let below = format!("operators/{}", arguments.operator);
    made.extend(
        make_certificate(&folder, &below, &admin)?.then_some(format!("a certificate for {operator}")),
    );
    made.extend(
        bind(&folder, &below, &operator, arguments)
            .await?
            .then_some(format!("{operator} in the store")),
    );
    made.extend(write_settings(&folder, &below, arguments)?.then_some(settings::FILE_NAME.to_owned()));
    report(&made, json)
}

/// Issues into a folder that is not there yet; tells whether it did.
fn make_certificate(folder: &Folder, below: &str, wish: &Wish) -> Result<bool, Failure> {
    let path = folder.path(below);
    if path.exists() {
        return Ok(false);
    }
    let issued = folder.issue(wish)?;
    let ca = folder.doors_ca()?;
    let entries = [
        Entry::open("cert.pem", issued.cert_pem.as_ref()),
        Entry::secret("key.pem", issued.key_pem.as_ref()),
        Entry::open("ca.pem", &ca),
    ];
    files::new_folder(&path, &entries)?;
    Ok(true)
}

/// Binds the operator's certificate unless it is bound; tells whether it did.
async fn bind(
    folder: &Folder,
    below: &str,
    operator: &Holder,
    arguments: &InitArgs,
) -> Result<bool, Failure> {
    let path = folder.path(below).join("cert.pem");
    let unknown = || Failure::Cannot(format!("cannot bind {}: it was not issued here", path.display()));
    let fingerprint = pem_fingerprint(&files::read(&path)?).ok_or_else(unknown)?;
    let (_, issued) = folder.find(&fingerprint)?.ok_or_else(unknown)?;
    let config = StoreConfig::at(arguments.store.clone());
    let store = (Store::open(&config).await).map_err(|error| Failure::cannot("open the store", &error))?;
    let cannot = |error: store::StoreError| Failure::cannot("bind the operator's certificate", &error);
    // Whoever holds the store may always give itself a desk again, also after a backup of before there were roles.
    let name = &arguments.operator;
    let role = store.operator_role(name).await.map_err(cannot)?;
    if role != OperatorRole::Administer {
        let subject = format!("{name} {}", OperatorRole::Administer);
        (store
            .audit("relayctl init", "operator.put", &subject, now())
            .await)
            .map_err(cannot)?;
        (store
            .put_operator_role(name, OperatorRole::Administer, now())
            .await)
            .map_err(cannot)?;
    }
    if store.certificate(&fingerprint).await.map_err(cannot)?.is_some() {
        return Ok(role != OperatorRole::Administer);
    }
    let facts = CertificateFacts {
        fingerprint: fingerprint.clone(),
        holder: operator.clone(),
        not_before: issued.not_before,
        not_after: issued.not_after,
        bound_at: now(),
        revoked_at: None,
    };
    store.bind_certificate(&facts).await.map_err(cannot)?;
    store
        .audit("relayctl init", "certificate.bind", &fingerprint, now())
        .await
        .map_err(cannot)?;
    Ok(true)
}

/// Writes relayctl.toml unless it is there; tells whether it did.
fn write_settings(folder: &Folder, below: &str, arguments: &InitArgs) -> Result<bool, Failure> {
    if folder.path(settings::FILE_NAME).exists() {
        return Ok(false);
    }
    let file = settings::File {
        console_url: Some(arguments.url.clone()),
        cert: Some(format!("{below}/cert.pem").into()),
        key: Some(format!("{below}/key.pem").into()),
        ca: Some(format!("{below}/ca.pem").into()),
    };
    let text = toml::to_string(&file).map_err(|error| Failure::cannot("write relayctl.toml", &error))?;
    files::replace(
        &folder.path(""),
        &Entry::open(settings::FILE_NAME, text.as_bytes()),
    )?;
    Ok(true)
}

fn report(made: &[String], json: bool) -> Result<(), Failure> {
    if json {
        return print::json(&json!({ "made": made }));
    }
    if made.is_empty() {
        return print::text("everything was there already\n");
    }
    print::text(
        &made
            .iter()
            .map(|what| format!("made {what}\n"))
            .collect::<String>(),
    )
}
