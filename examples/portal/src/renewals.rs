//! What the page that asks about new recovery codes is good for, once.
//!
//! Not in the session, which is read when a request comes and written when its answer leaves: of two forms
//! sent at once, both would count.

use crate::pool::{Pool, change, is_taken, on_each};
use crate::refusal::Refusal;
use sqlx::Row;

#[derive(Clone)]
pub(crate) struct Renewals {
    pool: Pool,
}

impl Renewals {
    pub(crate) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// What the account's next renewal is asked with: the same until it is claimed, on however many pages.
    pub(crate) async fn ask(&self, tenant: &str, account: &str) -> Result<String, Refusal> {
        loop {
            if let Some(once) = self.asked(tenant, account).await? {
                return Ok(once);
            }
            let text = "INSERT INTO portal_renewals (tenant, account, once) VALUES ($1, $2, $3)";
            let once = draw()?;
            match change!(&self.pool, text, tenant, account, &once) {
                Ok(_) => return Ok(once),
                // Another request was faster.
                Err(error) if is_taken(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn asked(&self, tenant: &str, account: &str) -> Result<Option<String>, sqlx::Error> {
        let text = self
            .pool
            .text("SELECT once FROM portal_renewals WHERE tenant = $1 AND account = $2");
        on_each!(&self.pool, connections => {
            let row = sqlx::query(text).bind(tenant).bind(account);
            let row = row.fetch_optional(connections).await?;
            // Unchecked: on MySQL this is a column of bytes.
            row.map(|row| row.try_get_unchecked(0)).transpose()
        })
    }

    /// Whether it counts: for one of all who claim it, in whatever session or process.
    pub(crate) async fn claim(
        &self,
        tenant: &str,
        account: &str,
        once: &str,
    ) -> Result<bool, Refusal> {
        let text = "DELETE FROM portal_renewals WHERE tenant = $1 AND account = $2 AND once = $3";
        Ok(change!(&self.pool, text, tenant, account, once)? == 1)
    }
}

fn draw() -> Result<String, Refusal> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Refusal::Fault(Box::new(error)))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::{self, Start};

    #[tokio::test]
    async fn of_many_who_claim_at_two_portals_at_once_one_does() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("portal.sqlite").display());
        let mut nodes = Vec::new();
        for _ in 0..2 {
            nodes.push(Renewals::new(
                database::open(&url, Start::New).await.unwrap().1,
            ));
        }
        for _ in 0..10 {
            let once = nodes[0].ask("noord", "somebody").await.unwrap();
            let claims: Vec<_> = (0..8)
                .map(|n| {
                    let (node, once) = (nodes[n % 2].clone(), once.clone());
                    tokio::spawn(async move { node.claim("noord", "somebody", &once).await })
                })
                .collect();
            let mut counted = 0;
            for claim in claims {
                counted += usize::from(claim.await.unwrap().unwrap());
            }
            assert_eq!(counted, 1);
        }
    }

    #[tokio::test]
    async fn a_question_is_one_accounts_and_stays_until_it_is_claimed() {
        let (_, pool) = database::open("sqlite::memory:", Start::New).await.unwrap();
        let renewals = Renewals::new(pool);
        let once = renewals.ask("noord", "somebody").await.unwrap();
        assert_eq!(renewals.ask("noord", "somebody").await.unwrap(), once);
        let other = renewals.ask("zuid", "somebody").await.unwrap();
        assert_ne!(other, once);
        for (tenant, account) in [("noord", "else"), ("zuid", "somebody")] {
            assert!(!renewals.claim(tenant, account, &once).await.unwrap());
        }
        assert!(!renewals.claim("noord", "somebody", "").await.unwrap());
        assert!(renewals.claim("noord", "somebody", &once).await.unwrap());
        assert!(!renewals.claim("noord", "somebody", &once).await.unwrap());
        assert_ne!(renewals.ask("noord", "somebody").await.unwrap(), once);
    }
}
