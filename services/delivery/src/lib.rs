//! Writes mailbox and ledger, serves inbox, sent list and receipts.
