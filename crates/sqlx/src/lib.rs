//! The Slotwerk store on SQL databases, through sqlx.
