//! Addresses of this host, for redirects.

/// The longest address that is remembered. A cookie holds about 4,000 bytes.
const LONGEST_ADDRESS: usize = 512;

/// Whether an address leads to this host. A browser takes what follows two slashes for another host, and a backslash for a
/// slash.
pub(crate) fn is_local(address: &str) -> bool {
    let rest = address.strip_prefix('/');
    rest.is_some_and(|rest| !rest.starts_with(['/', '\\']))
        && address.len() <= LONGEST_ADDRESS
        && !address.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_local_addresses_are_remembered() {
        for address in ["/", "/noord/files?page=2", "/a//b"] {
            assert!(is_local(address), "{address}");
        }
        for address in [
            "",
            "//other.example",
            "/\\other.example",
            "https://other.example",
            "/a\n",
        ] {
            assert!(!is_local(address), "{address:?}");
        }
        assert!(!is_local(&format!("/{}", "a".repeat(LONGEST_ADDRESS))));
    }
}
