//! Many offices at once: what a file says of them, and all of them for a file.

use std::collections::{HashMap, HashSet};

use proto::desk_directory::ImportCounts;
use proto::{OfficeNumber, Time};

use crate::directory::{INSERT_OFFICE, OFFICE, office_facts, office_texts, office_values};
use crate::sql::{Row, Transaction, Value, values};
use crate::{OfficeFacts, OfficeState, Store, StoreError};

/// What is said of an office; of what is none it keeps what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeWish {
    /// Its number.
    pub number: OfficeNumber,
    /// Its name.
    pub name: String,
    /// Service kinds.
    pub services: Option<Vec<String>>,
    /// Whether it takes part.
    pub state: Option<OfficeState>,
    /// CSV versions it takes; empty takes all.
    pub versions: Option<Vec<String>>,
    /// Largest envelope it takes, in bytes.
    pub max_bytes: Option<Option<u64>>,
    /// A licence: applied for on this day, and until when it runs.
    pub licence: Option<(Time, Time)>,
}

/// An office, and the day of application and the end of the last of its licences.
pub type LicensedOffice = (OfficeFacts, Option<(Time, Time)>);

impl OfficeWish {
    /// The office's entry when this is said of it. The end of its licence follows from its licences and stays here.
    #[must_use]
    pub fn over(&self, before: Option<&OfficeFacts>) -> OfficeFacts {
        let mut facts = before
            .cloned()
            .unwrap_or_else(|| OfficeFacts::open(self.number, "", &[]));
        facts.name.clone_from(&self.name);
        if let Some(services) = &self.services {
            facts.services.clone_from(services);
        }
        if let Some(state) = self.state {
            facts.state = state;
        }
        if let Some(versions) = &self.versions {
            facts.versions.clone_from(versions);
        }
        if let Some(max_bytes) = self.max_bytes {
            facts.max_bytes = max_bytes;
        }
        facts
    }
}

/// What entering some offices changes.
#[derive(Default)]
struct Change {
    offices: Vec<OfficeFacts>,
    licences: Vec<(OfficeNumber, Time, Time)>,
    counts: ImportCounts,
}

impl Store {
    /// What entering these offices would change, without `absent`. No office may stand among them twice.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn compare_offices(&self, wishes: &[OfficeWish]) -> Result<ImportCounts, StoreError> {
        let mut open = self.pool.snapshot().await?;
        let change = open.change_of(wishes, "ORDER BY number").await?;
        open.rollback().await?;
        Ok(change.counts)
    }

    /// Enters these offices in one transaction; what that changed, without `absent`. What is so already is not written.
    /// No office may stand among them twice.
    ///
    /// # Errors
    /// When the database does not answer or refuses the data; nothing is entered then.
    pub async fn enter_offices(&self, wishes: &[OfficeWish]) -> Result<ImportCounts, StoreError> {
        let mut open = self.pool.begin().await?;
        let locked = format!("ORDER BY number{}", open.for_update());
        let change = open.change_of(wishes, &locked).await?;
        open.write_offices(&change).await?;
        open.commit().await?;
        Ok(change.counts)
    }

    /// How many offices the directory has, closed and renumbered ones too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_offices(&self) -> Result<u64, StoreError> {
        let row = self.pool.row("SELECT COUNT(*) FROM offices", &[]).await?;
        let count = row.map_or(Ok(0), |row| row.int(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Offices behind this number with their last licences, in order of their numbers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn offices_after(
        &self,
        after: Option<OfficeNumber>,
        limit: u32,
    ) -> Result<Vec<LicensedOffice>, StoreError> {
        let after = after.map_or_else(String::new, |number| number.to_string());
        let sql = format!("{OFFICE} WHERE number > $1 ORDER BY number LIMIT $2");
        let rows = self.pool.rows(&sql, &values![&after, i64::from(limit)]).await?;
        let offices: Vec<OfficeFacts> = rows.iter().map(office_facts).collect::<Result<_, _>>()?;
        let keys: Vec<Value<'_>> = offices.iter().map(|facts| (&facts.number).into()).collect();
        let mut last: HashMap<OfficeNumber, (Time, Time)> = HashMap::new();
        for row in self.pool.select_in(LICENCES, &keys, "").await? {
            let (office, licence) = licence(&row)?;
            let known = last.entry(office).or_insert(licence);
            if (known.1, known.0) < (licence.1, licence.0) {
                *known = licence;
            }
        }
        let one = |facts: OfficeFacts| {
            let licence = last.get(&facts.number).copied();
            (facts, licence)
        };
        Ok(offices.into_iter().map(one).collect())
    }
}

const LICENCES: &str = "SELECT office, applied_on, until FROM licences WHERE office";

fn licence(row: &Row) -> Result<(OfficeNumber, (Time, Time)), StoreError> {
    Ok((row.word(0, "office number")?, (row.time(1)?, row.time(2)?)))
}

/// First and last day of a licence in Japan, counted from 1970: a file tells days, whatever hour a licence begins and ends.
fn days((applied_on, until): (Time, Time)) -> (i64, i64) {
    const HOUR: i64 = 3_600 * 1_000_000;
    let day = |at: Time| at.micros().saturating_add(9 * HOUR).div_euclid(24 * HOUR);
    (day(applied_on), day(until.plus_seconds(-1)))
}

impl Transaction {
    /// Compares; `locked` ends the reading of the offices, which are locked in ascending order.
    async fn change_of(&mut self, wishes: &[OfficeWish], locked: &str) -> Result<Change, StoreError> {
        let mut wishes: Vec<&OfficeWish> = wishes.iter().collect();
        wishes.sort_by_key(|wish| wish.number);
        let keys: Vec<Value<'_>> = wishes.iter().map(|wish| (&wish.number).into()).collect();
        let mut known = HashMap::new();
        let offices = format!("{OFFICE} WHERE number");
        for row in self.select_in(&offices, &keys, locked).await? {
            let facts = office_facts(&row)?;
            known.insert(facts.number, facts);
        }
        let licensed = wishes.iter().filter(|wish| wish.licence.is_some());
        let keys: Vec<Value<'_>> = licensed.map(|wish| (&wish.number).into()).collect();
        let mut licences = HashSet::new();
        for row in self.select_in(LICENCES, &keys, "").await? {
            let (office, period) = licence(&row)?;
            licences.insert((office, days(period)));
        }
        let mut change = Change::default();
        for wish in wishes {
            let before = known.get(&wish.number);
            let facts = wish.over(before);
            let licence = wish
                .licence
                .filter(|period| !licences.contains(&(wish.number, days(*period))));
            if let Some((applied_on, until)) = licence {
                change.licences.push((wish.number, applied_on, until));
            }
            let same = before == Some(&facts);
            match before {
                None => change.counts.new += 1,
                Some(_) if same && licence.is_none() => change.counts.unchanged += 1,
                Some(before) => {
                    change.counts.changed += 1;
                    let leaves = before.state == OfficeState::Open && facts.state != OfficeState::Open;
                    change.counts.closed += u64::from(leaves);
                }
            }
            if !same {
                change.offices.push(facts);
            }
        }
        Ok(change)
    }

    async fn write_offices(&mut self, change: &Change) -> Result<(), StoreError> {
        let texts: Vec<_> = change.offices.iter().map(office_texts).collect();
        let rows: Vec<Vec<Value<'_>>> = change
            .offices
            .iter()
            .zip(&texts)
            .map(|(facts, texts)| office_values(facts, texts).to_vec())
            .collect();
        self.insert(
            INSERT_OFFICE,
            &rows,
            "ON CONFLICT (number) DO UPDATE SET name = excluded.name, state = excluded.state,
                 renumbered_to = excluded.renumbered_to, services = excluded.services,
                 max_bytes = excluded.max_bytes, versions = excluded.versions",
        )
        .await?;
        let rows: Vec<Vec<Value<'_>>> = change
            .licences
            .iter()
            .map(|(office, applied_on, until)| values![office, *applied_on, *until].to_vec())
            .collect();
        self.insert(
            "INSERT INTO licences (office, applied_on, until)",
            &rows,
            "ON CONFLICT (office, applied_on) DO UPDATE SET until = excluded.until",
        )
        .await?;
        let keys: Vec<Value<'_>> = change.licences.iter().map(|(office, ..)| office.into()).collect();
        let last = "UPDATE offices SET licence_until = (SELECT MAX(until) FROM licences WHERE office = number) WHERE number";
        self.select_in(last, &keys, "RETURNING 1").await?;
        Ok(())
    }
}
