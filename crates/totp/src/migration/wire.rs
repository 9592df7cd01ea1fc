//! The protocol buffer inside an export, as it stands there.
//!
//! ```proto
//! message Payload {
//!   message OtpParameters {
//!     optional bytes secret = 1;
//!     optional string name = 2;
//!     optional string issuer = 3;
//!     optional Algorithm algorithm = 4; // 0 unspecified, 1 SHA-1, 2 SHA-256, 3 SHA-512, 4 MD5
//!     optional DigitCount digits = 5;   // 0 unspecified, 1 six, 2 eight
//!     optional OtpType type = 6;        // 0 unspecified, 1 HOTP, 2 TOTP
//!     optional int64 counter = 7;
//!     optional string unique_id = 8;
//!   }
//!   repeated OtpParameters otp_parameters = 1;
//!   optional int32 version = 2;
//!   optional int32 batch_size = 3;
//!   optional int32 batch_index = 4;
//!   optional int32 batch_id = 5;
//! }
//! ```
//!
//! Read field by field, so that nothing of a secret is copied and nothing that stands there goes unseen.

use super::ExportError;
use quick_protobuf::{BytesReader, BytesWriter, Writer, sizeofs::sizeof_varint};

/// The wire types that occur: a number, and bytes with their length.
const NUMBER: u32 = 0;
const BYTES: u32 = 2;

#[derive(Default)]
pub(super) struct Payload<'a> {
    pub(super) entries: Vec<Entry<'a>>,
    pub(super) version: Option<u32>,
    pub(super) batch_size: Option<u32>,
    pub(super) batch_index: Option<u32>,
    pub(super) batch_id: Option<i32>,
}

#[derive(Default)]
pub(super) struct Entry<'a> {
    pub(super) secret: Option<&'a [u8]>,
    pub(super) name: Option<&'a str>,
    pub(super) issuer: Option<&'a str>,
    pub(super) algorithm: Option<u32>,
    pub(super) digits: Option<u32>,
    pub(super) kind: Option<u32>,
}

impl<'a> Payload<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, ExportError> {
        let mut payload = Self::default();
        for_each_field(bytes, |field, wire, reader| match (field, wire) {
            (1, BYTES) => {
                payload
                    .entries
                    .push(Entry::read(read_bytes(reader, bytes)?)?);
                Ok(())
            }
            (2, NUMBER) => set(&mut payload.version, read_number(reader, bytes)?),
            (3, NUMBER) => set(&mut payload.batch_size, read_number(reader, bytes)?),
            (4, NUMBER) => set(&mut payload.batch_index, read_number(reader, bytes)?),
            // A random number, often negative.
            (5, NUMBER) => set(&mut payload.batch_id, read_signed(reader, bytes)?),
            (1..=5, _) => Err(ExportError::Malformed),
            _ => Err(ExportError::UnknownField),
        })?;
        Ok(payload)
    }
}

impl<'a> Entry<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, ExportError> {
        let mut entry = Self::default();
        let (mut counter, mut unique_id) = (None, None);
        for_each_field(bytes, |field, wire, reader| match (field, wire) {
            (1, BYTES) => set(&mut entry.secret, read_bytes(reader, bytes)?),
            (2, BYTES) => set(&mut entry.name, read_text(reader, bytes)?),
            (3, BYTES) => set(&mut entry.issuer, read_text(reader, bytes)?),
            (4, NUMBER) => set(&mut entry.algorithm, read_number(reader, bytes)?),
            (5, NUMBER) => set(&mut entry.digits, read_number(reader, bytes)?),
            (6, NUMBER) => set(&mut entry.kind, read_number(reader, bytes)?),
            (7, NUMBER) => set(&mut counter, read_varint(reader, bytes)?),
            (8, BYTES) => set(&mut unique_id, read_text(reader, bytes)?),
            (1..=8, _) => Err(ExportError::Malformed),
            _ => Err(ExportError::UnknownField),
        })?;
        Ok(entry)
    }
}

fn for_each_field(
    bytes: &[u8],
    mut read: impl FnMut(u32, u32, &mut BytesReader) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let mut reader = BytesReader::from_bytes(bytes);
    while !reader.is_eof() {
        let tag = read_number(&mut reader, bytes)?;
        read(tag >> 3, tag & 7, &mut reader)?;
    }
    Ok(())
}

/// The library reads the last of two values; which one the phone goes by is not for us to guess.
fn set<T>(slot: &mut Option<T>, value: T) -> Result<(), ExportError> {
    match slot.replace(value) {
        Some(_) => Err(ExportError::DuplicateField),
        None => Ok(()),
    }
}

fn read_bytes<'a>(reader: &mut BytesReader, bytes: &'a [u8]) -> Result<&'a [u8], ExportError> {
    // The library reads the length in 32 bits.
    let mut ahead = reader.clone();
    let length = read_varint(&mut ahead, bytes)?;
    if usize::try_from(length).is_ok_and(|length| length <= ahead.len()) {
        reader.read_bytes(bytes).map_err(malformed)
    } else {
        Err(ExportError::Malformed)
    }
}

fn read_text<'a>(reader: &mut BytesReader, bytes: &'a [u8]) -> Result<&'a str, ExportError> {
    core::str::from_utf8(read_bytes(reader, bytes)?).map_err(|_| ExportError::Malformed)
}

/// A small number or a tag.
fn read_number(reader: &mut BytesReader, bytes: &[u8]) -> Result<u32, ExportError> {
    u32::try_from(read_varint(reader, bytes)?).map_err(|_| ExportError::Malformed)
}

fn read_signed(reader: &mut BytesReader, bytes: &[u8]) -> Result<i32, ExportError> {
    let number = read_varint(reader, bytes)?.cast_signed();
    i32::try_from(number).map_err(|_| ExportError::Malformed)
}

/// The library drops, in silence, what does not fit the number it was asked for: what it has read must be
/// what it would write.
fn read_varint(reader: &mut BytesReader, bytes: &[u8]) -> Result<u64, ExportError> {
    let start = bytes.len() - reader.len();
    let number = reader.read_uint64(bytes).map_err(malformed)?;
    let mut canonical = [0; 10];
    Writer::new(BytesWriter::new(&mut canonical))
        .write_varint(number)
        .map_err(malformed)?;
    let end = bytes.len() - reader.len();
    if bytes.get(start..end) == canonical.get(..sizeof_varint(number)) {
        Ok(number)
    } else {
        Err(ExportError::Malformed)
    }
}

fn malformed(_: quick_protobuf::Error) -> ExportError {
    ExportError::Malformed
}
