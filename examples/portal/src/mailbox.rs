//! The local mailbox: where mail lands when there is no mail server.

use crate::pool::{Pool, on_each};
use slotwerk::mail::{Mail, Sender};

#[derive(Clone)]
pub(crate) struct LocalMailbox {
    pool: Pool,
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

const INSERT: &str = "
    INSERT INTO portal_mailbox (received_at, language, sender, recipient, subject, text, html, eml)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// What the list shows at most.
const SHOWN: i64 = 100;

impl LocalMailbox {
    pub(crate) fn new(pool: Pool) -> Self {
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
        let from = format!("{} <{}>", mail.sender_name(), from.address().as_str());
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        let insert = self.pool.text(INSERT);
        let insert_image = self
            .pool
            .text("INSERT INTO portal_mail_images VALUES ($1, $2, $3)");
        on_each!(&self.pool, connections => {
            let mut transaction = connections.begin().await?;
            sqlx::query(insert)
                .bind(now)
                .bind(mail.language())
                .bind(&from)
                .bind(mail.to().as_str())
                .bind(mail.subject())
                .bind(mail.text())
                .bind(mail.html())
                .bind(eml)
                .execute(&mut *transaction)
                .await?;
            let id: i64 = sqlx::query_scalar(self.pool.last_id())
                .fetch_one(&mut *transaction)
                .await?;
            for image in mail.inline_images() {
                sqlx::query(insert_image.clone())
                    .bind(id)
                    .bind(image.content_id())
                    .bind(image.png())
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await
        })
    }

    /// The newest mails first.
    pub(crate) async fn list(&self) -> Result<Vec<Entry>, sqlx::Error> {
        let text = self.pool.text(
            "SELECT id, subject, sender, recipient, received_at FROM portal_mailbox
              ORDER BY id DESC LIMIT $1",
        );
        let rows: Vec<Row> = on_each!(&self.pool, connections => {
            sqlx::query_as(text).bind(SHOWN).fetch_all(connections).await
        })?;
        Ok(rows.into_iter().map(entry).collect())
    }

    pub(crate) async fn entry(&self, id: i64) -> Result<Option<Entry>, sqlx::Error> {
        let text = self.pool.text(
            "SELECT id, subject, sender, recipient, received_at FROM portal_mailbox WHERE id = $1",
        );
        let row: Option<Row> = on_each!(&self.pool, connections => {
            sqlx::query_as(text).bind(id).fetch_optional(connections).await
        })?;
        Ok(row.map(entry))
    }

    pub(crate) async fn text(&self, id: i64) -> Result<Option<String>, sqlx::Error> {
        let text = self
            .pool
            .text("SELECT text FROM portal_mailbox WHERE id = $1");
        on_each!(&self.pool, connections => {
            sqlx::query_scalar(text).bind(id).fetch_optional(connections).await
        })
    }

    pub(crate) async fn html(&self, id: i64) -> Result<Option<String>, sqlx::Error> {
        let text = self
            .pool
            .text("SELECT html FROM portal_mailbox WHERE id = $1");
        on_each!(&self.pool, connections => {
            sqlx::query_scalar(text).bind(id).fetch_optional(connections).await
        })
    }

    pub(crate) async fn eml(&self, id: i64) -> Result<Option<Vec<u8>>, sqlx::Error> {
        let text = self
            .pool
            .text("SELECT eml FROM portal_mailbox WHERE id = $1");
        on_each!(&self.pool, connections => {
            sqlx::query_scalar(text).bind(id).fetch_optional(connections).await
        })
    }

    pub(crate) async fn image(
        &self,
        id: i64,
        content_id: &str,
    ) -> Result<Option<Vec<u8>>, sqlx::Error> {
        let text = self
            .pool
            .text("SELECT png FROM portal_mail_images WHERE mail = $1 AND content_id = $2");
        on_each!(&self.pool, connections => {
            let png = sqlx::query_scalar(text).bind(id).bind(content_id);
            png.fetch_optional(connections).await
        })
    }
}

type Row = (i64, String, String, String, i64);

fn entry((id, subject, sender, recipient, received_at): Row) -> Entry {
    Entry {
        id,
        subject,
        sender,
        recipient,
        received_at,
    }
}
