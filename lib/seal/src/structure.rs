//! The shape of a CMS: what it is, where it ends, and its parts; no signature is looked at.
//!
//! Three readers look at the same bytes and all must agree: the walk here (it finds the end and bounds the work of
//! the others), RustCrypto's `cms` (strict DER), and OpenSSL, which also turns BER into DER for the former.

use cms::content_info::ContentInfo;
use cms::signed_data::SignedData;
use const_oid::db::rfc5911::{ID_DATA, ID_SIGNED_DATA};
use der::{Decode, Tag, Tagged};
use openssl::cms::CmsContentInfo;
use proto::{Code, codes};

/// Most bytes around the content: certificates, algorithms, signatures. A signer with a chain of four needs about 8 kB.
const MOST_AROUND: usize = 64 * 1024;
/// Most children of one element: `der` sorts a SET OF by insertion, so a set of a hundred thousand would take hours.
const MOST_CHILDREN: usize = 256;
/// Deepest nesting that is followed.
const DEEPEST: usize = 32;

const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 0x06;
const CONTEXT_0: u8 = 0xa0;

/// A CMS SignedData in its parts.
pub(crate) struct Structure {
    /// The whole, as RustCrypto reads it.
    pub(crate) signed: SignedData,
}

impl Structure {
    /// Reads exactly one SignedData that fills `bytes`.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, &'static Code> {
        let outer = Element::read(bytes).ok_or(&codes::SEAL_NOT_CMS)?;
        if outer.tag != SEQUENCE {
            return Err(&codes::SEAL_NOT_CMS);
        }
        if outer.length < bytes.len() {
            return Err(&codes::SEAL_TRAILING);
        }
        let content = econtent_length(&outer)?;
        if MOST_AROUND < bytes.len() - content {
            return Err(&codes::SEAL_NOT_CMS);
        }
        let signed = match decode(bytes) {
            Some(signed) => signed,
            // BER, as streaming signers write it: OpenSSL reads it and writes it as DER.
            None => normalise(bytes)
                .and_then(|der| decode(&der))
                .ok_or(&codes::SEAL_NOT_CMS)?,
        };
        Ok(Self { signed })
    }

    /// The content, which must be there and be id-data.
    pub(crate) fn content(&self) -> Result<&[u8], &'static Code> {
        let encapsulated = &self.signed.encap_content_info;
        if encapsulated.econtent_type != ID_DATA {
            return Err(&codes::SEAL_CONTENT_TYPE);
        }
        let content = encapsulated.econtent.as_ref().ok_or(&codes::SEAL_DETACHED)?;
        if content.tag() != Tag::OctetString {
            return Err(&codes::SEAL_NOT_CMS);
        }
        Ok(content.value())
    }
}

fn normalise(bytes: &[u8]) -> Option<Vec<u8>> {
    CmsContentInfo::from_der(bytes).ok()?.to_der().ok()
}

fn decode(der: &[u8]) -> Option<SignedData> {
    if !is_bounded(der) {
        return None;
    }
    let info = ContentInfo::from_der(der).ok()?;
    if info.content_type != ID_SIGNED_DATA {
        return None;
    }
    info.content.decode_as::<SignedData>().ok()
}

/// Length of the encapsulated content with its headers; 0 when it is detached. Says when the CMS is another kind.
fn econtent_length(outer: &Element<'_>) -> Result<usize, &'static Code> {
    let not_cms = &codes::SEAL_NOT_CMS;
    let (kind, rest) = outer.first_child().ok_or(not_cms)?;
    if kind.tag != OBJECT_IDENTIFIER {
        return Err(not_cms);
    }
    if kind.content != ID_SIGNED_DATA.as_bytes() {
        return Err(&codes::SEAL_CONTENT_TYPE);
    }
    let wrapper = Element::read(rest)
        .filter(|wrapper| wrapper.tag == CONTEXT_0)
        .ok_or(not_cms)?;
    let (signed, _) = wrapper.first_child().ok_or(not_cms)?;
    let (_version, rest) = signed.first_child().ok_or(not_cms)?;
    let digests = Element::read(rest).ok_or(not_cms)?;
    let encapsulated = Element::read(rest.get(digests.length..).unwrap_or_default()).ok_or(not_cms)?;
    let (_type, rest) = encapsulated.first_child().ok_or(not_cms)?;
    Ok(Element::read(rest).map_or(0, |content| content.length))
}

/// One TLV of BER.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    /// Header, content and end marker together.
    length: usize,
}

impl<'a> Element<'a> {
    /// The element at the beginning of `bytes`; `None` if it is cut short, ill-formed or an end marker.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let header = Header::read(bytes)?;
        if header.is_end() {
            return None;
        }
        let length = match header.content {
            Some(content) => header.length.checked_add(content)?,
            None => indefinite_length(bytes)?,
        };
        let marker = if header.content.is_none() { 2 } else { 0 };
        Some(Self {
            tag: header.tag,
            content: bytes.get(header.length..length.checked_sub(marker)?)?,
            length,
        })
    }

    /// The first child and the bytes after it.
    fn first_child(&self) -> Option<(Element<'a>, &'a [u8])> {
        let child = Element::read(self.content)?;
        let rest = self.content.get(child.length..)?;
        Some((child, rest))
    }
}

struct Header {
    tag: u8,
    /// Bytes of tag and length.
    length: usize,
    /// Bytes of content; `None` for the indefinite form.
    content: Option<usize>,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (tag, first) = (*bytes.first()?, *bytes.get(1)?);
        // Nothing in a CMS has a tag number over 30.
        if tag & 0x1f == 0x1f {
            return None;
        }
        match first {
            0x80 if tag & 0x20 == 0 => None,
            0x80 => Some(Self {
                tag,
                length: 2,
                content: None,
            }),
            0x81..=0x88 => {
                let count = usize::from(first & 0x7f);
                let digits = bytes.get(2..2 + count)?;
                let content = digits.iter().try_fold(0_usize, |sum, digit| {
                    sum.checked_mul(256)?.checked_add(usize::from(*digit))
                })?;
                Some(Self {
                    tag,
                    length: 2 + count,
                    content: Some(content),
                })
            }
            0x89.. => None,
            short => Some(Self {
                tag,
                length: 2,
                content: Some(usize::from(short)),
            }),
        }
    }

    fn is_end(&self) -> bool {
        self.tag == 0 && self.content == Some(0)
    }
}

/// Length of an element of indefinite form, up to and including its end marker.
fn indefinite_length(bytes: &[u8]) -> Option<usize> {
    let (mut position, mut open) = (0_usize, 0_usize);
    loop {
        let header = Header::read(bytes.get(position..)?)?;
        position = position.checked_add(header.length)?;
        match header.content {
            None => open += 1,
            Some(0) if header.is_end() => open = open.checked_sub(1)?,
            Some(content) => position = position.checked_add(content)?,
        }
        if DEEPEST < open {
            return None;
        }
        if open == 0 {
            return Some(position);
        }
    }
}

/// Whether this DER has no element with too many children and no nesting too deep.
fn is_bounded(der: &[u8]) -> bool {
    fn children_are_bounded(mut rest: &[u8], depth: usize) -> bool {
        let mut children = 0;
        while !rest.is_empty() {
            let Some(header) = Header::read(rest) else {
                return false;
            };
            let Some(content) = header.content else {
                return false;
            };
            let Some(end) = header.length.checked_add(content) else {
                return false;
            };
            let Some(inside) = rest.get(header.length..end) else {
                return false;
            };
            children += 1;
            let is_constructed = header.tag & 0x20 != 0;
            if MOST_CHILDREN < children || DEEPEST < depth {
                return false;
            }
            if is_constructed && !children_are_bounded(inside, depth + 1) {
                return false;
            }
            rest = rest.get(end..).unwrap_or_default();
        }
        true
    }
    children_are_bounded(der, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_element_is_found_in_both_forms() {
        let length = |bytes: &[u8]| Element::read(bytes).map(|element| element.length);
        assert_eq!(length(&[0x30, 0x00]), Some(2));
        assert_eq!(length(&[0x30, 0x81, 0x02, 1, 2, 9, 9]), Some(5));
        assert_eq!(
            length(&[0x30, 0x80, 0x30, 0x80, 0x04, 1, 7, 0, 0, 0, 0, 9]),
            Some(11)
        );
        for cut in [
            &[][..],
            &[0x30],
            &[0x30, 0x05, 1],
            &[0x30, 0x80, 0x04, 1, 7],
            &[0x30, 0x88, 255, 255],
        ] {
            assert_eq!(length(cut), None, "{cut:?}");
        }
        assert_eq!(
            length(&[0x04, 0x80, 0, 0]),
            None,
            "a primitive of indefinite form"
        );
        assert_eq!(
            length(&[0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255]),
            None
        );
        assert_eq!(length(&[0x30, 0x80].repeat(5_000)), None, "nested without end");
    }

    #[test]
    fn sets_that_would_take_long_to_sort_are_not_handed_on() {
        let set = |count: usize| {
            let children: Vec<u8> = (0..count).flat_map(|_| [0x05, 0x00]).collect();
            let mut set = vec![0x31, 0x82, (children.len() >> 8) as u8, children.len() as u8];
            set.extend(children);
            set
        };
        assert!(is_bounded(&set(MOST_CHILDREN)));
        assert!(!is_bounded(&set(MOST_CHILDREN + 1)));
    }
}
