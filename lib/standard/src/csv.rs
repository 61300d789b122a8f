//! Records out of raw bytes, without copying: commas, double quotes, CRLF or LF, line breaks inside quotes.
//!
//! Trail bytes of MS932 are never a comma, a quote, CR or LF, so the bytes can be split before they are decoded.
//! A broken record never ends the reading: the reader says what is wrong and goes on at the next line that begins
//! like a record.

mod quoted;
mod shape;

use std::ops::Range;

use crate::changed::{self, Fields};
use shape::{Alike, Span, marks};

/// More fields than any layout has are counted, not kept.
const MAX_KEPT: usize = 128;

/// What is wrong with a record's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A quote is left open.
    QuoteOpen,
    /// A quote inside a field is not doubled.
    QuoteStray,
    /// A CR without LF outside quotes.
    LoneCr,
}

/// Reads records one after the other; the getters speak of the record read last.
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    next_line: u32,
    line: u32,
    /// Of the first fields; behind them stand old ones.
    spans: Box<[Span; MAX_KEPT]>,
    count: usize,
    /// Those of them that are not empty.
    filled: Fields,
    fault: Option<Fault>,
    fault_field: usize,
    resyncs: u32,
    start: usize,
    /// Where the record differs from the one before, when both have the same shape.
    alike: Option<Range<usize>>,
    /// So many fields at its beginning are those of the record before.
    kept: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the beginning of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        let spans = Box::new([Span::default(); MAX_KEPT]);
        Reader {
            bytes,
            at: 0,
            next_line: 1,
            line: 1,
            spans,
            count: 0,
            filled: 0,
            fault: None,
            fault_field: 0,
            resyncs: 0,
            start: 0,
            alike: None,
            kept: 0,
        }
    }

    /// Reads the next record; `false` at the end.
    pub fn read(&mut self) -> bool {
        if self.at >= self.bytes.len() {
            return false;
        }
        let start = self.at;
        let mut same = 0;
        self.alike = None;
        if self.fault.is_none() && self.count <= MAX_KEPT {
            // Fields at the same places need not be looked for again.
            match shape::alike(self.record(), self.bytes_from(start)) {
                Alike::Shape(range) => {
                    let lines = self.next_line - self.line;
                    self.at += self.at - self.start;
                    (self.start, self.line) = (start, self.next_line);
                    self.next_line = self.next_line.saturating_add(lines);
                    self.alike = Some(range);
                    return true;
                }
                Alike::Beginning(bytes) => same = bytes,
            }
        }
        let several_lines = self.next_line > self.line + 1;
        self.keep(same);
        self.fault = None;
        self.line = self.next_line;
        self.start = start;
        if several_lines {
            let kept = self.bytes.get(start..self.at).unwrap_or_default();
            kept.iter()
                .filter(|byte| **byte == b'\n')
                .for_each(|_| self.count_line());
        }
        loop {
            let more = if self.bytes.get(self.at) == Some(&b'"') {
                self.quoted(start)
            } else {
                self.plain()
            };
            if !more {
                break;
            }
        }
        true
    }

    /// Keeps the fields that lie, with the comma behind them, in so many bytes at the beginning of the record read last,
    /// and moves on to the one after them: the next record begins with the same bytes.
    fn keep(&mut self, same: usize) {
        let spans = self.spans();
        // Few: nothing is gained by looking for the last one by halves.
        let within = |span: &&Span| span.end + usize::from(span.quoted) < same;
        let kept = spans.iter().take_while(within).count();
        // The last one ends with the line.
        let kept = kept.min(spans.len().saturating_sub(1));
        if let Some(last) = kept.checked_sub(1).and_then(|last| spans.get(last)) {
            self.at += last.end + usize::from(last.quoted) + 1;
        }
        (self.count, self.kept) = (kept, kept);
        self.filled &= changed::bits(&(0..kept));
    }

    /// Where the fields lie, as far as they are kept.
    fn spans(&self) -> &[Span] {
        self.spans.get(..self.count).unwrap_or(&*self.spans)
    }

    /// The fields (from 0) that may differ from those of the record before: the others hold the same bytes.
    pub(crate) fn differing(&self) -> Option<Range<usize>> {
        let Some(bytes) = &self.alike else {
            return Some(self.kept..self.count).filter(|_| self.kept > 0);
        };
        let first = self.spans().partition_point(|span| span.end < bytes.start);
        let last = self.spans().partition_point(|span| span.start < bytes.end);
        Some(first..last.max(first))
    }

    /// The fields that are not empty.
    pub(crate) fn filled(&self) -> Fields {
        self.filled
    }

    /// The bytes of the record, its line end included.
    fn record(&self) -> &'a [u8] {
        self.bytes.get(self.start..self.at).unwrap_or_default()
    }

    /// Physical line on which the record starts, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// Byte position (from 0) at which the record starts.
    pub fn start(&self) -> usize {
        self.start
    }

    /// The bytes of the record, its line end left out.
    pub fn raw(&self) -> &'a [u8] {
        let record = self.record();
        let record = record.strip_suffix(b"\n").unwrap_or(record);
        record.strip_suffix(b"\r").unwrap_or(record)
    }

    /// The bytes from a position on, to read a record again.
    pub(crate) fn bytes_from(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..).unwrap_or_default()
    }

    /// Number of fields.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Is the record an empty line?
    pub fn is_empty(&self) -> bool {
        self.count == 1
            && self
                .spans()
                .first()
                .is_some_and(|span| span.start == span.end && !span.quoted)
    }

    /// What is wrong with its form.
    pub fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// The field (from 0) in which the fault was met first.
    pub fn fault_field(&self) -> Option<usize> {
        self.fault.map(|_| self.fault_field)
    }

    /// Byte position (from 0) behind the record and its line end.
    pub fn end(&self) -> usize {
        self.at
    }

    /// The field (from 0) that holds the byte at this position, or that it stands behind.
    pub fn field_at(&self, position: usize) -> Option<usize> {
        let place = position.checked_sub(self.start)?;
        let fields = self.spans().partition_point(|span| span.start <= place);
        // Behind the fields that are kept nothing is known.
        let known = fields < MAX_KEPT || self.count == MAX_KEPT;
        fields.checked_sub(1).filter(|_| known)
    }

    /// The bytes of a field (from 0) without its quotes, doubled quotes still doubled; empty beyond the last.
    pub fn field(&self, index: usize) -> &'a [u8] {
        self.range(index)
            .and_then(|range| self.bytes.get(range))
            .unwrap_or_default()
    }

    /// Where a field (from 0) lies in the reader's bytes, without its quotes; `None` beyond the last.
    pub fn range(&self, index: usize) -> Option<Range<usize>> {
        let span = self.spans().get(index)?;
        Some(self.start + span.start..self.start + span.end)
    }

    /// The eight bytes from here on, and how many of them there are: at the end of the bytes zeros follow.
    #[inline]
    fn word(&self) -> (u64, usize) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        match rest.first_chunk::<8>() {
            Some(word) => (u64::from_le_bytes(*word), 8),
            None => (
                rest.iter()
                    .rev()
                    .fold(0, |word, byte| word << 8 | u64::from(*byte)),
                rest.len(),
            ),
        }
    }

    /// Moves on to the next quote or line feed, or to the end.
    #[inline]
    fn skip_text(&mut self) {
        loop {
            let (word, width) = self.word();
            let marks = marks(word, *b"\"\n");
            if marks != 0 {
                self.at += (marks.trailing_zeros() / 8) as usize;
                return;
            }
            self.at += width;
            if width < 8 {
                return;
            }
        }
    }

    fn push(&mut self, start: usize, end: usize, quoted: bool) {
        if let Some(room) = self.spans.get_mut(self.count) {
            let (start, end) = (start - self.start, end - self.start);
            *room = Span { start, end, quoted };
            self.filled |= u128::from(start < end) << self.count;
        }
        self.count += 1;
    }

    fn set_fault(&mut self, fault: Fault) {
        if self.fault.is_none() {
            self.fault = Some(fault);
            self.fault_field = self.count;
        }
    }

    /// Reads unquoted fields; `true` when one with quotes follows.
    fn plain(&mut self) -> bool {
        let mut start = self.at;
        loop {
            let (word, width) = self.word();
            let mut marks = marks(word, *b",\"\r\n");
            while marks != 0 {
                let at = self.at + (marks.trailing_zeros() / 8) as usize;
                marks &= marks - 1;
                let next = self.bytes.get(at + 1);
                match (self.bytes.get(at), next) {
                    (Some(b','), _) => {
                        self.push(start, at, false);
                        start = at + 1;
                        if next == Some(&b'"') {
                            self.at = start;
                            return true;
                        }
                    }
                    (Some(b'\n'), _) => {
                        self.push(start, at, false);
                        self.end_of_line(at + 1);
                        return false;
                    }
                    (Some(b'\r'), Some(b'\n')) => {
                        self.push(start, at, false);
                        self.end_of_line(at + 2);
                        return false;
                    }
                    (Some(b'\r'), _) => self.set_fault(Fault::LoneCr),
                    _ => self.set_fault(Fault::QuoteStray),
                }
            }
            self.at += width;
            if width < 8 {
                self.push(start, self.at, false);
                return false;
            }
        }
    }

    fn end_of_line(&mut self, next: usize) {
        self.at = next;
        self.count_line();
    }

    fn count_line(&mut self) {
        self.next_line = self.next_line.saturating_add(1);
    }
}

#[cfg(test)]
mod tests;
