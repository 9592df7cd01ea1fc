//! The local mailbox: where mail lands when there is no mail server.

use crate::database::on_each;
use async_trait::async_trait;
use slotwerk::mail::{Mail, Mailer, SendError, Sender};
use slotwerk_service::Clock;
use slotwerk_sqlx::HostConnections;

#[derive(Clone)]
pub(crate) struct LocalMailbox {
    pool: HostConnections,
    sender: Sender,
    clock: Clock,
}

/// One mail in the list.
#[derive(serde::Serialize, sqlx::FromRow)]
pub(crate) struct Entry {
    pub(crate) id: i64,
    pub(crate) subject: String,
    pub(crate) sender: String,
    pub(crate) recipient: String,
    #[serde(skip)]
    pub(crate) received_at: i64,
}

/// A mail with everything that a mail program would show of it.
#[derive(sqlx::FromRow)]
pub(crate) struct KeptMail {
    #[sqlx(flatten)]
    pub(crate) entry: Entry,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) eml: Vec<u8>,
}

const INSERT: &str = "
    INSERT INTO portal_mailbox (received_at, language, sender, recipient, subject, text, html, eml)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

impl LocalMailbox {
    pub(crate) fn new(pool: HostConnections, sender: Sender, clock: Clock) -> Self {
        Self {
            pool,
            sender,
            clock,
        }
    }

    async fn keep(&self, mail: &Mail, eml: &[u8], now: u64) -> Result<(), sqlx::Error> {
        let from = self.sender.address().as_str();
        let from = format!("{} <{from}>", mail.sender_name());
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        let insert = self.pool.sql(INSERT);
        let insert_image = self
            .pool
            .sql("INSERT INTO portal_mail_images VALUES ($1, $2, $3)");
        let inserted = match &self.pool {
            HostConnections::Sqlite(_) => "SELECT last_insert_rowid()",
            HostConnections::Postgres(_) => "SELECT lastval()",
            HostConnections::Mysql(_) => "SELECT CAST(last_insert_id() AS SIGNED)",
        };
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
            let id: i64 = sqlx::query_scalar(inserted).fetch_one(&mut *transaction).await?;
            for image in mail.inline_images() {
                let row = sqlx::query(insert_image.clone()).bind(id).bind(image.content_id());
                row.bind(image.png()).execute(&mut *transaction).await?;
            }
            transaction.commit().await
        })
    }

    /// The newest hundred mails, the last one first.
    pub(crate) async fn list(&self) -> Result<Vec<Entry>, sqlx::Error> {
        let text = "SELECT id, subject, sender, recipient, received_at FROM portal_mailbox
                     ORDER BY id DESC LIMIT 100";
        on_each!(&self.pool, connections => sqlx::query_as(text).fetch_all(connections).await)
    }

    pub(crate) async fn mail(&self, id: i64) -> Result<Option<KeptMail>, sqlx::Error> {
        let text = self.pool.sql("SELECT * FROM portal_mailbox WHERE id = $1");
        on_each!(&self.pool, connections => {
            sqlx::query_as(text).bind(id).fetch_optional(connections).await
        })
    }

    pub(crate) async fn image(
        &self,
        id: i64,
        content_id: &str,
    ) -> Result<Option<Vec<u8>>, sqlx::Error> {
        let text = "SELECT png FROM portal_mail_images WHERE mail = $1 AND content_id = $2";
        let text = self.pool.sql(text);
        on_each!(&self.pool, connections => {
            let png = sqlx::query_scalar(text).bind(id).bind(content_id);
            png.fetch_optional(connections).await
        })
    }
}

#[async_trait]
impl Mailer for LocalMailbox {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let now = (self.clock)().as_secs();
        let eml = mail.to_mime(&self.sender, None, now);
        let eml = eml.map_err(SendError::permanent)?;
        let kept = self.keep(mail, &eml, now).await;
        kept.map_err(SendError::transient)
    }
}
