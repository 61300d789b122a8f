//! The W3C trace context header (`traceparent`, version 00) as it travels from door to mailbox.

use std::fmt;
use std::str::FromStr;

/// `00-<32 hex trace id>-<16 hex span id>-<2 hex flags>`, <https://www.w3.org/TR/trace-context/#traceparent-header>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traceparent {
    /// The trace all hops share.
    pub trace_id: [u8; 16],
    /// The span of the hop that wrote the header.
    pub span_id: [u8; 8],
    /// Bit 0: sampled.
    pub flags: u8,
}

/// The text is no valid traceparent; a receiver starts a new trace then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a traceparent of version 00")]
pub struct NotATraceparent;

impl Traceparent {
    /// The same trace with the span of the next hop.
    #[must_use]
    pub fn child(self, span_id: [u8; 8]) -> Self {
        Self { span_id, ..self }
    }
}

impl FromStr for Traceparent {
    type Err = NotATraceparent;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('-');
        let mut next = || parts.next().ok_or(NotATraceparent);
        let (version, trace, span, flags) = (next()?, next()?, next()?, next()?);
        if version != "00" || parts.next().is_some() || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(NotATraceparent);
        }
        let mut parsed = Self {
            trace_id: [0; 16],
            span_id: [0; 8],
            flags: 0,
        };
        let mut flag = [0; 1];
        hex::decode_to_slice(trace, &mut parsed.trace_id).map_err(|_| NotATraceparent)?;
        hex::decode_to_slice(span, &mut parsed.span_id).map_err(|_| NotATraceparent)?;
        hex::decode_to_slice(flags, &mut flag).map_err(|_| NotATraceparent)?;
        parsed.flags = flag[0];
        if parsed.trace_id == [0; 16] || parsed.span_id == [0; 8] {
            Err(NotATraceparent)
        } else {
            Ok(parsed)
        }
    }
}

impl fmt::Display for Traceparent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "00-{}-{}-{:02x}",
            hex::encode(self.trace_id),
            hex::encode(self.span_id),
            self.flags
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_recommendation_round_trips() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(text.parse::<Traceparent>().unwrap().to_string(), text);
        for bad in [
            "",
            "00-0-0-0",
            &text.replace("00-4", "ff-4"),
            &text.to_uppercase(),
            &format!("{text}-x"),
        ] {
            assert!(bad.parse::<Traceparent>().is_err(), "{bad}");
        }
    }
}
