//! What is rejected at startup.

use crate::support::NOWHERE;
use slotwerk_redis::{RedisSettings, RedisStore, SettingsError};
use slotwerk_store::MemoryStore;
use std::sync::Arc;
use std::time::Duration;

fn open(url: &str, change: impl FnOnce(&mut RedisSettings)) -> Result<RedisStore, SettingsError> {
    let mut settings = RedisSettings::default();
    change(&mut settings);
    RedisStore::open(url, Arc::new(MemoryStore::new()), settings)
}

#[test]
fn unusable_settings_are_rejected() {
    assert!(open(NOWHERE, |_| {}).is_ok());
    for wrong in [Duration::ZERO, Duration::from_millis(10_001)] {
        let opened = open(NOWHERE, |settings| settings.deadline = wrong);
        assert!(
            matches!(opened, Err(SettingsError::Deadline(_))),
            "{wrong:?}"
        );
    }
    for wrong in [Duration::ZERO, Duration::from_secs(61)] {
        let opened = open(NOWHERE, |settings| settings.pause = wrong);
        assert!(matches!(opened, Err(SettingsError::Pause(_))), "{wrong:?}");
    }
    for wrong in ["", "a b", "{a}", "é", "a\n", &"a".repeat(65)] {
        let opened = open(NOWHERE, |settings| settings.prefix = wrong.to_owned());
        assert!(matches!(opened, Err(SettingsError::Prefix(_))), "{wrong:?}");
    }
}

#[test]
fn unusable_url_is_not_quoted() {
    let opened = open("http://user:hunter2@host", |_| {});
    let error = opened.expect_err("not a URL of Redis");
    assert!(matches!(error, SettingsError::Url));
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    let store = open("redis://user:hunter2@127.0.0.1:1", |_| {}).unwrap();
    assert!(!format!("{store:?}").contains("hunter2"));
}
