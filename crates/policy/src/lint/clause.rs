//! The clauses that findings refer to.

use std::fmt;

/// A document with clauses about passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Document {
    /// NIST SP 800-63B-4, Digital Identity Guidelines: Authentication and Authenticator Management, 2025.
    Nist80063B4,
    /// OWASP Application Security Verification Standard 5.0, 2025.
    Asvs5,
}

impl Document {
    /// The name by which it is quoted.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nist80063B4 => "NIST SP 800-63B-4",
            Self::Asvs5 => "OWASP ASVS 5.0",
        }
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A clause of a [`Document`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clause {
    document: Document,
    section: &'static str,
    level: Option<u8>,
}

impl Clause {
    /// "Password Verifiers", with everything that it asks of the rules.
    pub(super) const NIST: Self = Self {
        document: Document::Nist80063B4,
        section: "3.1.1.2",
        level: None,
    };
    /// A documented list of words from the context.
    pub(super) const WORDS_DOCUMENTED: Self = Self::asvs("6.1.2", 2);
    /// At least 8 characters; 15 are strongly recommended.
    pub(super) const LENGTH: Self = Self::asvs("6.2.1", 1);
    /// Users can change their password.
    pub(super) const CHANGE: Self = Self::asvs("6.2.2", 1);
    /// The top 3,000 passwords that match the policy.
    pub(super) const COMMON: Self = Self::asvs("6.2.4", 1);
    /// Any composition, any type of characters.
    pub(super) const COMPOSITION: Self = Self::asvs("6.2.5", 1);
    /// At least 64 characters are permitted.
    pub(super) const MAXIMUM: Self = Self::asvs("6.2.9", 2);
    /// No periodic rotation.
    pub(super) const ROTATION: Self = Self::asvs("6.2.10", 2);
    /// The list of words from the context is used.
    pub(super) const WORDS_USED: Self = Self::asvs("6.2.11", 2);
    /// A set of breached passwords.
    pub(super) const BREACHED: Self = Self::asvs("6.2.12", 2);

    const fn asvs(section: &'static str, level: u8) -> Self {
        Self {
            document: Document::Asvs5,
            section,
            level: Some(level),
        }
    }

    /// The document it stands in.
    #[must_use]
    pub fn document(self) -> Document {
        self.document
    }

    /// Its number in the document: `3.1.1.2`.
    #[must_use]
    pub fn section(self) -> &'static str {
        self.section
    }

    /// From which level of ASVS on it has to be met, 1 to 3; NIST has no levels.
    #[must_use]
    pub fn level(self) -> Option<u8> {
        self.level
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.document {
            Document::Nist80063B4 => "§",
            Document::Asvs5 => "",
        };
        write!(f, "{} {sign}{}", self.document, self.section)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Clause {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut fields = serializer.serialize_struct("Clause", 2)?;
        fields.serialize_field("document", self.document.as_str())?;
        fields.serialize_field("section", self.section)?;
        fields.end()
    }
}
