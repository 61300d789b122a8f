//! The W3C trace context header (`traceparent`, version 00) as it travels from door to mailbox.

use std::fmt;
use std::str::FromStr;

use crate::EnvelopeId;

/// The flag that says: whoever wrote the header records its span.
const SAMPLED: u8 = 1;

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

    /// The trace of an envelope for which nobody brought another, and in it the span of its entry into the mailbox. Made of
    /// the id, so that whoever collects it a month later goes on with the same trace, with nothing kept for that: the trace
    /// id is the first half of the envelope's id, the span id the next quarter.
    #[must_use]
    pub fn of(id: EnvelopeId) -> Self {
        let (mut trace_id, mut span_id) = ([0; 16], [0; 8]);
        for (to, from) in trace_id.iter_mut().chain(&mut span_id).zip(id.as_bytes()) {
            *to = *from;
        }
        Self {
            trace_id,
            span_id,
            flags: 0,
        }
    }

    /// Its trace id in hexadecimal, as logs and collectors write it.
    #[must_use]
    pub fn trace(self) -> String {
        hex::encode(self.trace_id)
    }

    /// Whether the span of whoever wrote this is recorded.
    #[must_use]
    pub fn is_sampled(self) -> bool {
        self.flags & SAMPLED != 0
    }

    /// The same with the flag set or not; other flags are not passed on.
    #[must_use]
    pub fn sampled(self, sampled: bool) -> Self {
        Self {
            flags: if sampled { SAMPLED } else { 0 },
            ..self
        }
    }

    /// Whether its trace is among so large a part of all traces, 0 to 1. The same answer everywhere, from the last seven
    /// bytes of the id, which are random (W3C Trace Context level 2, §3.2.2.4.2).
    #[must_use]
    pub fn is_within(self, ratio: f64) -> bool {
        let last = self.trace_id.iter().skip(9);
        let random = last.fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of 2^56, held between none and all"
        )]
        let share = (ratio * (1_u64 << 56) as f64) as u64;
        random < share
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

    proptest::proptest! {
        #[test]
        fn whatever_is_read_is_written_the_same(text in "(00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})|.{0,60}") {
            if let Ok(traceparent) = text.parse::<Traceparent>() {
                proptest::prop_assert_eq!(traceparent.to_string(), text);
            }
        }

        #[test]
        fn all_are_within_one_none_within_nought(trace_id in proptest::prelude::any::<[u8; 16]>()) {
            let traceparent = Traceparent { trace_id, span_id: [1; 8], flags: 0 };
            proptest::prop_assert!(traceparent.is_within(1.0) && !traceparent.is_within(0.0));
        }
    }

    #[test]
    fn a_trace_is_made_of_its_envelope_s_id() {
        let id = EnvelopeId::of(b"an envelope");
        let text = Traceparent::of(id).sampled(true).to_string();
        let id = id.to_string();
        assert_eq!(text, format!("00-{}-{}-01", &id[..32], &id[32..48]));
    }

    #[test]
    fn a_part_of_the_traces_is_about_that_part() {
        let within = (0..1_000_u32)
            .filter(|number| Traceparent::of(EnvelopeId::of(&number.to_be_bytes())).is_within(0.25))
            .count();
        assert!((200..300).contains(&within), "{within}");
    }

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
