//! The local mailbox: where mail lands when there is no mail server.

use slotwerk::mail::{Mail, Sender};
use sqlx::{Row, SqlitePool};

#[derive(Clone)]
pub(crate) struct LocalMailbox {
    pool: SqlitePool,
}

/// One mail in the list.
#[derive(serde::Serialize)]
pub(crate) struct Entry {
    pub(crate) id: i64,
    pub(crate) subject: String,
    pub(crate) sender: String,
    pub(crate) recipient: String,
    #[serde(skip)]
    pub(crate) received_at: i64,
}

/// What the list shows at most.
const SHOWN: i64 = 100;

impl LocalMailbox {
    pub(crate) fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    /// Keeps a mail with everything that a mail program would show of it.
    pub(crate) async fn keep(
        &self,
        mail: &Mail,
        from: &Sender,
        eml: &[u8],
        now: u64,
    ) -> Result<(), sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        let id = sqlx::query(
            "INSERT INTO portal_mailbox (received_at, language, sender, recipient, subject, text, html, eml)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(i64::try_from(now).unwrap_or(i64::MAX))
        .bind(mail.language())
        .bind(format!("{} <{}>", mail.sender_name(), from.address().as_str()))
        .bind(mail.to().as_str())
        .bind(mail.subject())
        .bind(mail.text())
        .bind(mail.html())
        .bind(eml)
        .execute(&mut *transaction)
        .await?
        .last_insert_rowid();
        for image in mail.inline_images() {
            sqlx::query("INSERT INTO portal_mail_images VALUES (?, ?, ?)")
                .bind(id)
                .bind(image.content_id())
                .bind(image.png())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await
    }

    /// The newest mails first.
    pub(crate) async fn list(&self) -> Result<Vec<Entry>, sqlx::Error> {
        let rows = sqlx::query("SELECT * FROM portal_mailbox ORDER BY id DESC LIMIT ?")
            .bind(SHOWN)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(entry).collect()
    }

    pub(crate) async fn entry(&self, id: i64) -> Result<Option<Entry>, sqlx::Error> {
        let row = sqlx::query("SELECT * FROM portal_mailbox WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(entry).transpose()
    }

    pub(crate) async fn text(&self, id: i64) -> Result<Option<String>, sqlx::Error> {
        sqlx::query_scalar("SELECT text FROM portal_mailbox WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.pool)
            .await
    }

    pub(crate) async fn html(&self, id: i64) -> Result<Option<String>, sqlx::Error> {
        sqlx::query_scalar("SELECT html FROM portal_mailbox WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.pool)
            .await
    }

    pub(crate) async fn eml(&self, id: i64) -> Result<Option<Vec<u8>>, sqlx::Error> {
        sqlx::query_scalar("SELECT eml FROM portal_mailbox WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.pool)
            .await
    }

    pub(crate) async fn image(
        &self,
        id: i64,
        content_id: &str,
    ) -> Result<Option<Vec<u8>>, sqlx::Error> {
        sqlx::query_scalar("SELECT png FROM portal_mail_images WHERE mail = ? AND content_id = ?")
            .bind(id)
            .bind(content_id)
            .fetch_optional(&self.pool)
            .await
    }
}

fn entry(row: &sqlx::sqlite::SqliteRow) -> Result<Entry, sqlx::Error> {
    Ok(Entry {
        id: row.try_get("id")?,
        subject: row.try_get("subject")?,
        sender: row.try_get("sender")?,
        recipient: row.try_get("recipient")?,
        received_at: row.try_get("received_at")?,
    })
}
