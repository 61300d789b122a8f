//! What operators may do at the desk.

use std::collections::BTreeMap;

use proto::Time;
use proto::desk_roles::{OperatorEntry, OperatorRole};

use crate::sql::values;
use crate::{Store, StoreError};

impl Store {
    /// What this operator may do; looking, unless somebody said otherwise.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn operator_role(&self, name: &str) -> Result<OperatorRole, StoreError> {
        let sql = "SELECT role FROM operators WHERE name = $1";
        let row = self.pool.row(sql, &values![name]).await?;
        row.map_or(Ok(OperatorRole::default()), |row| row.word(0, "role"))
    }

    /// Says what this operator may do from now on.
    ///
    /// # Errors
    /// When the database does not answer or refuses the data.
    pub async fn put_operator_role(
        &self,
        name: &str,
        role: OperatorRole,
        at: Time,
    ) -> Result<(), StoreError> {
        self.pool
            .run(
                "INSERT INTO operators (name, role, changed_at) VALUES ($1, $2, $3)
                 ON CONFLICT (name) DO UPDATE SET role = excluded.role, changed_at = excluded.changed_at",
                &values![name, role.as_str(), at],
            )
            .await?;
        Ok(())
    }

    /// Everybody who has a role or a certificate, in order of their names.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn operators(&self) -> Result<Vec<OperatorEntry>, StoreError> {
        let entry = |name: &str| OperatorEntry {
            name: name.to_owned(),
            role: OperatorRole::default(),
            changed_at: None,
            certificates: 0,
        };
        let mut all: BTreeMap<String, OperatorEntry> = BTreeMap::new();
        let sql = "SELECT name, role, changed_at FROM operators";
        for row in self.pool.rows(sql, &[]).await? {
            let name = row.text(0)?;
            let known = all.entry(name.clone()).or_insert_with(|| entry(&name));
            (known.role, known.changed_at) = (row.word(1, "role")?, row.maybe_time(2)?);
        }
        // LIKE is an index's matter on neither database, and certificates of operators are few among many.
        let sql = "SELECT holder, COUNT(*) - COUNT(revoked_at) FROM certificates
            WHERE holder >= 'operator:' AND holder < 'operator;' GROUP BY holder";
        for row in self.pool.rows(sql, &[]).await? {
            let holder = row.text(0)?;
            let name = holder.trim_start_matches("operator:");
            let known = all.entry(name.to_owned()).or_insert_with(|| entry(name));
            known.certificates = row.int(1)?;
        }
        Ok(all.into_values().collect())
    }
}
