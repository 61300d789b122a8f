//! What receipts are made from, and the ones made.

use proto::{EnvelopeId, OfficeNumber, Receipt, Step};

use crate::sent::{standing, status_of};
use crate::sql::values;
use crate::{Store, StoreError};

impl Store {
    /// The facts of a step's receipt: the first time the ledger has it in the standing attempt. Its sender may have every one, its destination those
    /// from delivered on. None: no such step, or not this office's.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn receipt_facts(
        &self,
        office: OfficeNumber,
        id: EnvelopeId,
        step: Step,
    ) -> Result<Option<Receipt>, StoreError> {
        let Some(row) = self.ledger_row(id).await? else {
            return Ok(None);
        };
        let of_destination = row.destination == office
            && row.arrived_at.is_some()
            && !matches!(step, Step::Accepted | Step::Validated);
        if row.sender != office && !of_destination {
            return Ok(None);
        }
        let history = self.history(id).await?;
        let mut standing = standing(&history, row.accepted_at).iter();
        let entry = standing.find(|entry| entry.status == status_of(step));
        Ok(entry.map(|entry| Receipt::new(step, id, row.sender, row.destination, entry.at)))
    }

    /// The receipt made before, DER.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn kept_receipt(&self, id: EnvelopeId, step: Step) -> Result<Option<Vec<u8>>, StoreError> {
        let row = self
            .pool
            .row(
                "SELECT der FROM receipts WHERE id = $1 AND step = $2",
                &values![&id, step.as_str()],
            )
            .await?;
        row.map(|row| row.bytes(0)).transpose()
    }

    /// Keeps a receipt, unless one is kept already; the one that is kept.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keep_receipt(&self, id: EnvelopeId, step: Step, der: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.pool
            .run(
                "INSERT INTO receipts (id, step, der) VALUES ($1, $2, $3) ON CONFLICT (id, step) DO NOTHING",
                &values![&id, step.as_str(), der],
            )
            .await?;
        let kept = self.kept_receipt(id, step).await?;
        kept.ok_or(StoreError::Unreadable("receipt"))
    }

    /// Steps whose receipt was made.
    pub(crate) async fn receipts_made(&self, id: EnvelopeId) -> Result<Vec<Step>, StoreError> {
        let rows = self
            .pool
            .rows("SELECT step FROM receipts WHERE id = $1", &values![&id])
            .await?;
        let mut made: Vec<Step> = rows
            .iter()
            .map(|row| row.word(0, "step"))
            .collect::<Result<_, _>>()?;
        made.sort_by_key(|step| Step::ALL.iter().position(|known| known == step));
        Ok(made)
    }
}
