//! What a restored store must know: it has forgotten things that others remember.

use proto::Time;

use super::{BackupAccount, BackupHeader};
use crate::StoreError;
use crate::sql::{Transaction, values};

impl Transaction {
    /// Up to where the stream of acceptance notes is taken in.
    pub(super) async fn note_position(&mut self) -> Result<Option<i64>, StoreError> {
        let row = self
            .row("SELECT position FROM offsets WHERE name = 'accepted'", &[])
            .await?;
        row.map(|row| row.int(0)).transpose()
    }

    /// When this store was restored last, if ever. Positions given to offices it does not know begin there.
    pub(crate) async fn restored_at(&mut self) -> Result<Option<Time>, StoreError> {
        let row = self
            .row("SELECT last FROM serials WHERE name = 'restored'", &[])
            .await?;
        row.map(|row| row.time(0)).transpose()
    }

    /// Prepares for what happened after the backup and is not in it.
    pub(super) async fn prepare_restored(
        &mut self,
        header: &BackupHeader,
        account: &BackupAccount,
        by: &str,
        now: Time,
    ) -> Result<(), StoreError> {
        // Rows are idempotent, and the stream itself may be another one.
        self.run("DELETE FROM offsets WHERE name = 'accepted'", &[])
            .await?;
        self.run("UPDATE leases SET until = 0", &[]).await?;
        // Readers have places behind positions that are forgotten here. Nobody was ever given one position a microsecond, so
        // the time is behind all of them, and will be again if the same backup has to be restored once more.
        self.run(
            "UPDATE counters SET inbox = CASE WHEN inbox < $1 THEN $1 ELSE inbox END,
                 sent = CASE WHEN sent < $1 THEN $1 ELSE sent END",
            &values![now],
        )
        .await?;
        for serial in ["restored", "notices"] {
            self.run(
                "INSERT INTO serials (name, last) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET
                     last = CASE WHEN serials.last < excluded.last THEN excluded.last ELSE serials.last END",
                &values![serial, now],
            )
            .await?;
        }
        self.put_notice(None, &notice(header.taken_at), now).await?;
        let subject = format!("backup of {}, sha256 {}", header.taken_at, account.sha256);
        self.put_audit(by, "store.restore", &subject, now).await
    }
}

/// What every office reads.
fn notice(taken_at: Time) -> String {
    format!(
        "中継サーバーを {taken_at} 時点の控えから復旧しました。それより後に送信したものは失われている場合があります。\
         「careplan resend」を実行してください（届いていないものだけを送り直します。二重には届きません）。\
         それより後の受取・取込の記録と取消しの依頼も失われています。受信一覧に再び現れたものは、取込済みであれば受取を知らせ直し、\
         取消しは依頼し直してください。\n\
         The relay was restored from a copy of {taken_at}. What you sent after that may be lost: run careplan resend, which \
         sends again only what has not arrived; nothing is delivered twice. Acknowledgements and recalls made after that \
         are lost too: acknowledge again what appears anew in your inbox, and repeat recalls."
    )
}
