//! Products of vendors: their conformance results, and who takes in what whose software has made.

use std::collections::BTreeMap;

use proto::api::{ImportResult, Imported};
use proto::conformance::{ConformanceResult, Outcome};
use proto::desk_products::{
    ImportMatrix, ImportPair, OTHER_REASON, ProductEntry, ProductList, ResultEntry, UNNAMED, UNREGISTERED,
};
use proto::{EnvelopeId, Time, software};

use crate::sql::{Row, Transaction, Value, values};
use crate::{Store, StoreError};

/// Most products; far more than there are vendors, and few enough for a page.
const MOST_PRODUCTS: i64 = 500;

/// Rows one pair is spread over.
const SLOTS: u8 = 16;

/// Most codes kept of one row's pair; receivers' codes are their own words.
const MOST_CODES: i64 = 32;

/// Longest code of a reason, bytes.
const CODE_BYTES: usize = 60;

const RESULTS: &str = "SELECT r.id, p.name, r.version, r.tool, r.signer, r.relay, r.ended_at, r.added_at, r.passed,
    r.failed, r.not_run, r.failed_cases FROM conformance_results AS r JOIN products AS p ON p.name_key = r.name_key";

impl Store {
    /// Keeps a result and registers its product; again the same file changes nothing. None: there are too many products.
    ///
    /// # Errors
    /// When the database does not answer or refuses the data.
    pub async fn add_result(
        &self,
        id: &str,
        result: &ConformanceResult,
        signer: &str,
        signed: &[u8],
        now: Time,
    ) -> Result<Option<ResultEntry>, StoreError> {
        let key = software::key(&result.product);
        let mut open = self.pool.begin().await?;
        let known = open
            .row("SELECT 1 FROM products WHERE name_key = $1", &values![&key])
            .await?;
        if known.is_none() {
            let count = open.row("SELECT COUNT(*) FROM products", &[]).await?;
            if MOST_PRODUCTS <= count.map_or(Ok(0), |row| row.int(0))? {
                open.rollback().await?;
                return Ok(None);
            }
        }
        open.run(
            "INSERT INTO products (name_key, name, registered_at) VALUES ($1, $2, $3) ON CONFLICT (name_key) DO NOTHING",
            &values![&key, &result.product, now],
        )
        .await?;
        let count = |outcome| i64::try_from(result.count(outcome)).unwrap_or(i64::MAX);
        let failed_cases = result.failed().collect::<Vec<_>>().join(" ");
        open.run(
            "INSERT INTO conformance_results (id, name_key, version, tool, signer, relay, ended_at, added_at, passed,
                 failed, not_run, failed_cases, signed)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO NOTHING",
            &values![
                id,
                &key,
                &result.version,
                &result.tool,
                signer,
                &result.relay,
                result.ended_at,
                now,
                count(Outcome::Passed),
                count(Outcome::Failed),
                count(Outcome::NotRun),
                &failed_cases,
                signed
            ],
        )
        .await?;
        let row = open
            .row(&format!("{RESULTS} WHERE r.id = $1"), &values![id])
            .await?;
        let entry = row.as_ref().map(entry).transpose()?;
        open.commit().await?;
        Ok(entry)
    }

    /// Every product with its newest result, by name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn products(&self) -> Result<ProductList, StoreError> {
        let mut all: BTreeMap<String, ProductEntry> = BTreeMap::new();
        let sql = "SELECT p.name_key, p.name, COUNT(r.id) FROM products AS p
            LEFT JOIN conformance_results AS r ON r.name_key = p.name_key GROUP BY p.name_key, p.name";
        for row in self.pool.rows(sql, &[]).await? {
            let product = ProductEntry {
                name: row.text(1)?,
                newest: None,
                results: row.int(2)?,
            };
            all.insert(row.text(0)?, product);
        }
        let newest = format!(
            "{RESULTS} WHERE r.id = (SELECT n.id FROM conformance_results AS n WHERE n.name_key = r.name_key
                 ORDER BY n.ended_at DESC, n.added_at DESC, n.id LIMIT 1)"
        );
        for row in self.pool.rows(&newest, &[]).await? {
            let result = entry(&row)?;
            if let Some(product) = all.get_mut(&software::key(&result.product)) {
                product.newest = Some(result);
            }
        }
        Ok(ProductList {
            items: all.into_values().collect(),
        })
    }

    /// Who took in what whose software had made, and who could not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn import_matrix(&self) -> Result<ImportMatrix, StoreError> {
        let sql = "SELECT COALESCE(m.name, c.made_with), COALESCE(t.name, c.taken_by), c.code,
                CAST(SUM(c.count) AS BIGINT), MAX(c.last_at)
            FROM import_counts AS c LEFT JOIN products AS m ON m.name_key = c.made_with
                LEFT JOIN products AS t ON t.name_key = c.taken_by
            GROUP BY COALESCE(m.name, c.made_with), COALESCE(t.name, c.taken_by), c.code";
        let mut pairs: BTreeMap<(String, String), ImportPair> = BTreeMap::new();
        for row in self.pool.rows(sql, &[]).await? {
            let (made_with, taken_by, code) = (row.text(0)?, row.text(1)?, row.text(2)?);
            let (count, last_at) = (row.int(3)?, row.time(4)?);
            let key = (made_with.clone(), taken_by.clone());
            let pair = pairs.entry(key).or_insert_with(|| ImportPair {
                made_with,
                taken_by,
                ok: 0,
                failed: 0,
                last_at,
                reason: None,
                reason_count: 0,
            });
            pair.last_at = pair.last_at.max(last_at);
            if code.is_empty() {
                pair.ok += count;
                continue;
            }
            pair.failed += count;
            // Of equally frequent ones the first in the alphabet, whatever order the rows come in.
            let first = pair.reason.as_ref().is_none_or(|reason| code < *reason);
            if pair.reason_count < count || (pair.reason_count == count && first) {
                (pair.reason, pair.reason_count) = (Some(code), count);
            }
        }
        Ok(ImportMatrix {
            items: pairs.into_values().collect(),
        })
    }
}

impl Transaction {
    /// Counts a report. Whoever holds the row holds its sender's counter and waits for nobody else's rows afterwards.
    pub(crate) async fn count_import(
        &mut self,
        id: &EnvelopeId,
        made_with: Option<&str>,
        imported: &Imported,
        now: Time,
    ) -> Result<(), StoreError> {
        let [made_with, taken_by] = self
            .products_of([made_with, imported.software.as_deref()])
            .await?;
        let slot = i64::from(id.as_bytes().first().copied().unwrap_or(0) % SLOTS);
        let mut code = code(imported);
        if code != OTHER_REASON && !code.is_empty() {
            let sql = "SELECT COUNT(*), COUNT(CASE WHEN code = $4 THEN 1 END) FROM import_counts
                WHERE made_with = $1 AND taken_by = $2 AND slot = $3";
            let row = self.row(sql, &values![&made_with, &taken_by, slot, code]).await?;
            let (codes, known) =
                row.map_or(Ok((0, 0)), |row| Ok::<_, StoreError>((row.int(0)?, row.int(1)?)))?;
            if MOST_CODES <= codes && known == 0 {
                code = OTHER_REASON;
            }
        }
        self.run(
            "INSERT INTO import_counts (made_with, taken_by, slot, code, count, last_at) VALUES ($1, $2, $3, $4, 1, $5)
             ON CONFLICT (made_with, taken_by, slot, code)
             DO UPDATE SET count = import_counts.count + 1, last_at = excluded.last_at",
            &values![&made_with, &taken_by, slot, code, now],
        )
        .await?;
        Ok(())
    }

    /// Keys of the registered products such texts name, or a word for none. No free text becomes one.
    async fn products_of(&mut self, texts: [Option<&str>; 2]) -> Result<[String; 2], StoreError> {
        let keys = texts.map(|text| software::keys(text.unwrap_or_default()));
        let asked: Vec<Value<'_>> = keys.iter().flatten().map(Value::from).collect();
        let rows = self
            .select_in("SELECT name_key FROM products WHERE name_key", &asked, "")
            .await?;
        let found: Vec<String> = rows.iter().map(|row| row.text(0)).collect::<Result<_, _>>()?;
        let product = |keys: Vec<String>| {
            if keys.is_empty() {
                return UNNAMED.to_owned();
            }
            let likeliest = keys.into_iter().find(|key| found.contains(key));
            likeliest.unwrap_or_else(|| UNREGISTERED.to_owned())
        };
        Ok(keys.map(product))
    }
}

/// Why it failed: the first error's code, if it looks like one; empty when it went well.
fn code(imported: &Imported) -> &str {
    if imported.result == ImportResult::Ok {
        return "";
    }
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    let first = imported
        .problems
        .first()
        .map_or("", |problem| problem.code.as_str());
    if (1..=CODE_BYTES).contains(&first.len()) && first.bytes().all(fits) {
        first
    } else {
        OTHER_REASON
    }
}

fn entry(row: &Row) -> Result<ResultEntry, StoreError> {
    Ok(ResultEntry {
        id: row.text(0)?,
        product: row.text(1)?,
        version: row.text(2)?,
        tool: row.text(3)?,
        signer: row.text(4)?,
        relay: row.text(5)?,
        ended_at: row.time(6)?,
        added_at: row.time(7)?,
        passed: row.int(8)?,
        failed: row.int(9)?,
        not_run: row.int(10)?,
        failed_cases: row.text(11)?.split_whitespace().map(str::to_owned).collect(),
    })
}
