//! Quoted fields, and where to go on when a quote is missing.

use super::{Fault, Reader};
use crate::changed;

/// After so many broken records the reader no longer looks for places to go on from.
const MAX_RESYNCS: u32 = 1000;

impl Reader<'_> {
    /// Reads a quoted field; `true` when another one follows.
    pub(super) fn quoted(&mut self, record: usize) -> bool {
        let start = self.at + 1;
        self.at = start;
        loop {
            self.skip_text();
            match self.bytes.get(self.at) {
                None => {
                    if !self.resync(record, start) {
                        self.set_fault(Fault::QuoteOpen);
                        self.push(start, self.at, true);
                    }
                    return false;
                }
                Some(b'\n') => {
                    self.count_line();
                    if self.fault.is_some() && self.begins_record(self.at + 1) && self.resync(record, start) {
                        return false;
                    }
                    self.at += 1;
                }
                Some(b'"') => match (self.bytes.get(self.at + 1), self.bytes.get(self.at + 2)) {
                    (Some(b'"'), _) => self.at += 2,
                    (Some(b','), _) => {
                        self.push(start, self.at, true);
                        self.at += 2;
                        return true;
                    }
                    (None, _) => {
                        self.push(start, self.at, true);
                        self.at += 1;
                        return false;
                    }
                    (Some(b'\n'), _) => {
                        self.push(start, self.at, true);
                        self.end_of_line(self.at + 2);
                        return false;
                    }
                    (Some(b'\r'), Some(b'\n')) => {
                        self.push(start, self.at, true);
                        self.end_of_line(self.at + 3);
                        return false;
                    }
                    _ => {
                        // Not doubled, or the quote that opened this field was left open lines ago.
                        // Looked for once a record: a record of many broken fields must not be searched for each.
                        if self.fault.is_none() && self.resync(record, start) {
                            return false;
                        }
                        // A quote after a comma opens a field: the one before it was not closed.
                        let opens = start < self.at && self.bytes.get(self.at - 1) == Some(&b',');
                        self.set_fault(if opens {
                            Fault::QuoteOpen
                        } else {
                            Fault::QuoteStray
                        });
                        self.at += 1;
                    }
                },
                Some(_) => self.at += 1,
            }
        }
    }

    /// Forgets what lies behind the record's end.
    fn end_at(&mut self, end: usize) {
        let end = end - self.start;
        self.count = self.spans().partition_point(|span| span.start < end);
        if let Some(last) = self
            .count
            .checked_sub(1)
            .and_then(|last| self.spans.get_mut(last))
        {
            last.end = last.end.min(end);
        }
        let filled = self.spans().iter().enumerate();
        let filled = filled.filter(|(_, span)| span.start < span.end);
        self.filled = changed::fields(filled.map(|(at, _)| at));
    }

    /// Does a record begin here, i.e. six digits and a comma?
    fn begins_record(&self, at: usize) -> bool {
        self.bytes
            .get(at..at + 7)
            .is_some_and(|head| head[..6].iter().all(u8::is_ascii_digit) && head[6] == b',')
    }

    /// If a line after the record's first begins like a record, the record ended there with a quote left open.
    /// `start`: of the field being read.
    fn resync(&mut self, record: usize, start: usize) -> bool {
        if self.resyncs >= MAX_RESYNCS {
            return false;
        }
        let seen = self
            .bytes
            .get(record..self.at.saturating_add(1).min(self.bytes.len()))
            .unwrap_or_default();
        let mut line = self.line;
        for (offset, byte) in seen.iter().enumerate() {
            if *byte != b'\n' {
                continue;
            }
            line = line.saturating_add(1);
            if self.begins_record(record + offset + 1) {
                self.resyncs += 1;
                self.set_fault(Fault::QuoteOpen);
                self.fault = Some(Fault::QuoteOpen);
                self.push(start, self.at, true);
                self.at = record + offset + 1;
                self.next_line = line;
                self.end_at(self.at);
                return true;
            }
        }
        false
    }
}
