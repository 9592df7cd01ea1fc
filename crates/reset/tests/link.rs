//! Links: from the configured address alone, with every segment in its place.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{issued, ring};
use proptest::prelude::*;
use slotwerk_reset::*;
use url::Url;

fn link(address: &str, segments: &[&str]) -> (String, String) {
    let token = issued(&ring()).token;
    let link = LinkBuilder::new(address).unwrap().link(segments, &token);
    let link = link.unwrap();
    (link.expose().to_owned(), token.expose().to_owned())
}

#[test]
fn the_token_is_the_last_segment() {
    let cases: [(&str, &[&str], &str); 8] = [
        ("https://example.org", &[], "https://example.org/"),
        (
            "https://example.org/",
            &["reset"],
            "https://example.org/reset/",
        ),
        (
            "https://example.org/portal",
            &["t", "reset"],
            "https://example.org/portal/t/reset/",
        ),
        (
            "https://example.org/portal/",
            &["t", "reset"],
            "https://example.org/portal/t/reset/",
        ),
        (
            "https://EXAMPLE.org:8443",
            &["reset"],
            "https://example.org:8443/reset/",
        ),
        (
            "https://example.org:443",
            &["reset"],
            "https://example.org/reset/",
        ),
        (
            "https://b\u{fc}cher.example",
            &["reset"],
            "https://xn--bcher-kva.example/reset/",
        ),
        (
            "http://127.0.0.1:8080",
            &["reset"],
            "http://127.0.0.1:8080/reset/",
        ),
    ];
    for (address, segments, start) in cases {
        let (link, token) = link(address, segments);
        assert_eq!(link, format!("{start}{token}"));
    }
}

/// A storeless link names its account by an opaque handle, in a segment before the token.
#[test]
fn a_handle_stands_before_the_token_as_it_is() {
    let handle = "AQABWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWg-_";
    let (link, token) = link("https://example.org", &["tenant-a", "not-me", handle]);
    assert_eq!(
        link,
        format!("https://example.org/tenant-a/not-me/{handle}/{token}")
    );
}

#[test]
fn a_segment_stays_one_segment() {
    let cases = [
        ("50%", "50%25"),
        ("50%2", "50%252"),
        ("%g0", "%25g0"),
        ("a b", "a%20b"),
        ("\u{e9}", "%C3%A9"),
        ("@evil.example", "@evil.example"),
        ("evil.example:443", "evil.example:443"),
        ("...", "..."),
        (".a", ".a"),
        ("a..", "a.."),
        ("\u{ff0e}\u{ff0e}", "%EF%BC%8E%EF%BC%8E"),
        ("\"><script>", "%22%3E%3Cscript%3E"),
        ("a;b=c&d", "a;b=c&d"),
    ];
    for (segment, written) in cases {
        let (link, token) = link("https://example.org/portal", &[segment, "reset"]);
        assert_eq!(
            link,
            format!("https://example.org/portal/{written}/reset/{token}")
        );
    }
}

/// Some used to vanish from the link. Others become two segments where a gateway decodes once too often.
#[test]
fn unusable_segments_are_rejected() {
    use SegmentError::*;
    let token = issued(&ring()).token;
    let builder = LinkBuilder::new("https://example.org/portal").unwrap();
    let cases = [
        ("", Empty),
        (".", Dots),
        ("..", Dots),
        ("%2e", Encoded),
        ("%2E%2e", Encoded),
        (".%2e", Encoded),
        ("%252e%252e", Encoded),
        ("%2F", Encoded),
        ("a%5cb", Encoded),
        ("a%00", Encoded),
        ("/", Separator),
        ("a/b", Separator),
        ("a\\b", Separator),
        ("..\\..", Separator),
        ("a?b=c", Separator),
        ("a#b", Separator),
        ("//evil.example", Separator),
        ("https://evil.example", Separator),
        (".\t.", Control),
        (".\n.", Control),
        ("\r..", Control),
        ("\t", Control),
        ("\u{0}", Control),
        (".\u{85}.", Control),
        ("\u{7f}.", Control),
        ("a\r\nSubject: b", Control),
    ];
    for (segment, expected) in cases {
        assert_eq!(LinkBuilder::check_segment(segment), Err(expected));
        for path in [&[segment, "reset"][..], &["reset", segment], &[segment]] {
            let refused = builder.link(path, &token).unwrap_err();
            assert_eq!(refused, expected, "{segment:?}");
        }
    }
}

#[test]
fn addresses_are_checked() {
    use LinkError::*;
    let long = format!(
        "https://example.org/{}",
        "a".repeat(LinkBuilder::MAX_ADDRESS)
    );
    let cases = [
        ("", NotAUrl),
        ("example.org", NotAUrl),
        ("/portal", NotAUrl),
        ("//example.org", NotAUrl),
        ("https://", NotAUrl),
        ("https://exa mple.org", NotAUrl),
        ("https://example.org:99999", NotAUrl),
        ("mailto:a@example.org", NotWeb),
        ("javascript:alert(1)", NotWeb),
        ("data:text/html,x", NotWeb),
        ("file:///etc/passwd", NotWeb),
        ("ftp://example.org", NotWeb),
        ("custom://example.org", NotWeb),
        ("http://example.org", Insecure),
        ("http://10.0.0.1", Insecure),
        ("http://0.0.0.0", Insecure),
        ("http://localhost.example.org", Insecure),
        ("http://notlocalhost", Insecure),
        ("http://127.0.0.1.example.org", Insecure),
        ("http://[::2]", Insecure),
        ("https://user@example.org", UserInfo),
        ("https://user:password@example.org", UserInfo),
        ("https://:password@example.org", UserInfo),
        ("https://example.org?a=b", QueryOrFragment),
        ("https://example.org/?", QueryOrFragment),
        ("https://example.org/#", QueryOrFragment),
        ("https://example.org/#a", QueryOrFragment),
        (&long, TooLong),
    ];
    for (address, expected) in cases {
        assert_eq!(
            LinkBuilder::new(address).unwrap_err(),
            expected,
            "{address}"
        );
    }
    for address in [
        "https://example.org",
        "http://localhost:8080",
        "http://portal.localhost",
        "http://127.1.2.3",
        "http://[::1]:8080/portal",
    ] {
        assert!(LinkBuilder::new(address).is_ok(), "{address}");
    }
}

#[test]
fn the_token_survives_what_mail_does_to_addresses() {
    let (link, token) = link("https://example.org", &["tenant-a", "reset"]);
    // No `=` for quoted-printable to eat, no parameters to add to or reorder, nothing to escape, and
    // nothing at the end that a mail program takes for punctuation.
    assert!(!link.contains(['=', '?', '&', '%', '#']));
    assert!(link.ends_with(|c: char| c.is_ascii_alphanumeric()));
    let opened = Url::parse(&link).unwrap();
    assert_eq!(
        opened.path_segments().unwrap().next_back(),
        Some(token.as_str())
    );
}

proptest! {
    /// A link leads to the configured place, with every segment unchanged and the token last. Otherwise there
    /// is no link.
    #[test]
    fn no_segment_leads_elsewhere(segments in prop::collection::vec("[.a/\\\\?#%@:;\t\n\r\u{0} 2eE\u{202e}]{0,6}", 0..4)) {
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let token = issued(&ring()).token;
        let built = LinkBuilder::new("https://example.org/portal").unwrap().link(&segments, &token);
        let usable = segments.iter().all(|segment| LinkBuilder::check_segment(segment).is_ok());
        prop_assert_eq!(built.is_ok(), usable);
        let Ok(link) = built else {
            return Ok(());
        };
        let opened = Url::parse(link.expose()).unwrap();
        prop_assert_eq!(opened.as_str(), link.expose());
        prop_assert_eq!(opened.origin().ascii_serialization(), "https://example.org");
        prop_assert!(opened.query().is_none() && opened.fragment().is_none() && opened.username().is_empty());
        let path: Vec<String> = opened
            .path_segments()
            .unwrap()
            .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8().unwrap().into_owned())
            .collect();
        let expected = [&["portal"], &segments[..], &[token.expose()]].concat();
        prop_assert_eq!(path, expected);
    }
}
