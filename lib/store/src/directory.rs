//! The directory: offices, licences, certificates.

use proto::api::OfficeEntry;
use proto::{Holder, OfficeNumber, Time};

use crate::sql::{Row, Value, values};
use crate::{Store, StoreError};

/// Whether an office takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfficeState {
    /// It does.
    Open,
    /// It has closed for good.
    Closed,
    /// It goes on under another number; mail is never forwarded to it.
    Renumbered(OfficeNumber),
}

/// What the directory knows of an office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeFacts {
    /// Its number.
    pub number: OfficeNumber,
    /// Its name.
    pub name: String,
    /// Whether it takes part.
    pub state: OfficeState,
    /// Service kinds, two digits or letters each.
    pub services: Vec<String>,
    /// The end of the licence; none: it never applied for one.
    pub licence_until: Option<Time>,
    /// Days after the licence's end in which mail still arrives.
    pub grace_days: u32,
    /// Largest envelope it takes, in bytes; none: the relay's limit.
    pub max_bytes: Option<u64>,
    /// CSV versions it takes (`202407`); empty takes all.
    pub versions: Vec<String>,
}

/// What the directory knows of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// SHA-256 of its DER, 64 lower-case hexadecimal digits.
    pub fingerprint: String,
    /// Whom it is bound to.
    pub holder: Holder,
    /// Begin of its validity.
    pub not_before: Time,
    /// End of its validity.
    pub not_after: Time,
    /// When it was bound.
    pub bound_at: Time,
    /// When the binding was ended, if it was.
    pub revoked_at: Option<Time>,
}

impl OfficeFacts {
    /// An open office without licence that takes everything.
    #[must_use]
    pub fn open(number: OfficeNumber, name: impl Into<String>, services: &[&str]) -> Self {
        Self {
            number,
            name: name.into(),
            state: OfficeState::Open,
            services: services.iter().map(|&kind| kind.to_owned()).collect(),
            licence_until: None,
            grace_days: 0,
            max_bytes: None,
            versions: Vec::new(),
        }
    }

    /// How other offices see it.
    #[must_use]
    pub fn entry(&self) -> OfficeEntry {
        OfficeEntry {
            number: self.number,
            name: self.name.clone(),
            prefecture: self.number.as_str().chars().take(2).collect(),
            services: self.services.clone(),
        }
    }
}

/// What offices are looked for by; empty texts ask for nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct OfficeSearch<'a> {
    /// A part of the name, or the beginning of the number.
    pub words: &'a str,
    /// Prefecture, two digits.
    pub prefecture: &'a str,
    /// Service kind.
    pub service: &'a str,
    /// Only numbers behind this one.
    pub after: &'a str,
}

pub(crate) const OFFICE: &str =
    "SELECT number, name, state, renumbered_to, services, licence_until, grace_days, max_bytes, versions
    FROM offices";

/// Writes rows of [`office_values`].
pub(crate) const INSERT_OFFICE: &str =
    "INSERT INTO offices (number, name, state, renumbered_to, services, licence_until,
    grace_days, max_bytes, versions)";

const CERTIFICATE: &str =
    "SELECT fingerprint, holder, not_before, not_after, bound_at, revoked_at FROM certificates";

impl Store {
    /// The office of this number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn office(&self, number: OfficeNumber) -> Result<Option<OfficeFacts>, StoreError> {
        let row = self
            .pool
            .row(&format!("{OFFICE} WHERE number = $1"), &values![&number])
            .await?;
        row.map(|row| office_facts(&row)).transpose()
    }

    /// Enters an office, or what has changed of it.
    ///
    /// # Errors
    /// When the database does not answer or refuses the data.
    pub async fn put_office(&self, facts: &OfficeFacts) -> Result<(), StoreError> {
        let sql = format!(
            "{INSERT_OFFICE} VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (number) DO UPDATE SET name = excluded.name, state = excluded.state,
                 renumbered_to = excluded.renumbered_to, services = excluded.services,
                 licence_until = excluded.licence_until, grace_days = excluded.grace_days,
                 max_bytes = excluded.max_bytes, versions = excluded.versions"
        );
        let texts = office_texts(facts);
        self.pool.run(&sql, &office_values(facts, &texts)).await?;
        Ok(())
    }

    /// Enters a licence of an office applied for on that day; it runs until `until`. Whether the office is known.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_licence(
        &self,
        office: OfficeNumber,
        applied_on: Time,
        until: Time,
    ) -> Result<bool, StoreError> {
        let mut open = self.pool.begin().await?;
        open.run(
            "INSERT INTO licences (office, applied_on, until) VALUES ($1, $2, $3)
             ON CONFLICT (office, applied_on) DO UPDATE SET until = excluded.until",
            &values![&office, applied_on, until],
        )
        .await?;
        let known = open
            .run(
                "UPDATE offices SET licence_until = (SELECT MAX(until) FROM licences WHERE office = $1) WHERE number = $1",
                &values![&office],
            )
            .await?;
        if known == 0 {
            open.rollback().await?;
            return Ok(false);
        }
        open.commit().await?;
        Ok(true)
    }

    /// The certificate with this fingerprint, bound or with its binding ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn certificate(&self, fingerprint: &str) -> Result<Option<CertificateFacts>, StoreError> {
        let sql = format!("{CERTIFICATE} WHERE fingerprint = $1");
        let row = self.pool.row(&sql, &values![fingerprint]).await?;
        row.map(|row| certificate_facts(&row)).transpose()
    }

    /// Every certificate ever bound to this holder, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn certificates_of(&self, holder: &Holder) -> Result<Vec<CertificateFacts>, StoreError> {
        let sql = format!("{CERTIFICATE} WHERE holder = $1 ORDER BY bound_at DESC, fingerprint");
        let rows = self.pool.rows(&sql, &values![&holder.to_string()]).await?;
        rows.iter().map(certificate_facts).collect()
    }

    /// Binds a certificate to its holder. Binding the same one again to the same holder changes its dates and opens the
    /// binding again; to another holder it changes nothing and answers false.
    ///
    /// # Errors
    /// When the database does not answer or refuses the data.
    pub async fn bind_certificate(&self, facts: &CertificateFacts) -> Result<bool, StoreError> {
        let changed = self
            .pool
            .run(
                "INSERT INTO certificates (fingerprint, holder, not_before, not_after, bound_at, revoked_at)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (fingerprint) DO UPDATE SET not_before = excluded.not_before,
                     not_after = excluded.not_after, bound_at = excluded.bound_at, revoked_at = excluded.revoked_at
                 WHERE certificates.holder = excluded.holder",
                &values![
                    &facts.fingerprint,
                    &facts.holder.to_string(),
                    facts.not_before,
                    facts.not_after,
                    facts.bound_at,
                    facts.revoked_at,
                ],
            )
            .await?;
        Ok(changed == 1)
    }

    /// Ends a binding; whether there was one to end.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_binding(&self, fingerprint: &str, at: Time) -> Result<bool, StoreError> {
        let changed = self
            .pool
            .run(
                "UPDATE certificates SET revoked_at = $2 WHERE fingerprint = $1 AND revoked_at IS NULL",
                &values![fingerprint, at],
            )
            .await?;
        Ok(changed == 1)
    }

    /// Open offices that fit a search, in order of their numbers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn search_offices(
        &self,
        search: &OfficeSearch<'_>,
        limit: u32,
    ) -> Result<Vec<OfficeEntry>, StoreError> {
        let words = escaped(search.words);
        let sql = format!(
            "{OFFICE} WHERE state = 'open' AND (name LIKE $1 ESCAPE '\\' OR number LIKE $2 ESCAPE '\\')
             AND number LIKE $3 ESCAPE '\\' AND services LIKE $4 ESCAPE '\\' AND number > $5 ORDER BY number LIMIT $6"
        );
        let service = match search.service {
            "" => "%".to_owned(),
            kind => format!("% {} %", escaped(kind)),
        };
        let rows = self
            .pool
            .rows(
                &sql,
                &values![
                    &format!("%{words}%"),
                    &format!("{words}%"),
                    &format!("{}%", escaped(search.prefecture)),
                    &service,
                    search.after,
                    i64::from(limit),
                ],
            )
            .await?;
        rows.iter().map(|row| Ok(office_facts(row)?.entry())).collect()
    }
}

/// Service kinds and versions as they stand in an office's row.
pub(crate) fn office_texts(facts: &OfficeFacts) -> (String, String) {
    (spaced(&facts.services), spaced(&facts.versions))
}

/// An office's row for [`INSERT_OFFICE`]; `texts` are its [`office_texts`].
pub(crate) fn office_values<'a>(facts: &'a OfficeFacts, texts: &'a (String, String)) -> [Value<'a>; 9] {
    let (state, renumbered_to) = match &facts.state {
        OfficeState::Open => ("open", None),
        OfficeState::Closed => ("closed", None),
        OfficeState::Renumbered(to) => ("renumbered", Some(to.as_str())),
    };
    let max_bytes = facts
        .max_bytes
        .map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
    values![
        &facts.number,
        &facts.name,
        state,
        Value::Text(renumbered_to),
        &texts.0,
        facts.licence_until,
        i64::from(facts.grace_days),
        max_bytes,
        &texts.1,
    ]
}

pub(crate) fn office_facts(row: &Row) -> Result<OfficeFacts, StoreError> {
    let state = match (row.text(2)?.as_str(), row.maybe_word(3, "office number")?) {
        ("open", _) => OfficeState::Open,
        ("renumbered", Some(to)) => OfficeState::Renumbered(to),
        _ => OfficeState::Closed,
    };
    Ok(OfficeFacts {
        number: row.word(0, "office number")?,
        name: row.text(1)?,
        state,
        services: words(&row.text(4)?),
        licence_until: row.maybe_time(5)?,
        grace_days: u32::try_from(row.int(6)?).unwrap_or(0),
        max_bytes: row.maybe_int(7)?.and_then(|bytes| u64::try_from(bytes).ok()),
        versions: words(&row.text(8)?),
    })
}

fn certificate_facts(row: &Row) -> Result<CertificateFacts, StoreError> {
    Ok(CertificateFacts {
        fingerprint: row.text(0)?,
        holder: row.word(1, "holder")?,
        not_before: row.time(2)?,
        not_after: row.time(3)?,
        bound_at: row.time(4)?,
        revoked_at: row.maybe_time(5)?,
    })
}

/// ` 11 15 `, so that one LIKE finds a whole word.
fn spaced(words: &[String]) -> String {
    if words.is_empty() {
        return " ".to_owned();
    }
    format!(" {} ", words.join(" "))
}

pub(crate) fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The text without meaning for LIKE.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
