//! One file acknowledges. Whoever acknowledges decides that a message is done with; that is decided once.

const SETTLE: &str = "lib/chassis/src/broker/settle.rs";

/// The bench's yardstick: no station, its messages are nobody's, and it is built only with the feature `baseline`.
const BASELINE: &str = "lib/chassis/src/broker/baseline.rs";

const ACKS: &[&str] = &[
    ".ack(",
    ".nack(",
    ".reject(",
    "basic_ack(",
    "basic_nack(",
    "basic_reject(",
    "BasicAckOptions",
    "BasicNackOptions",
    "BasicRejectOptions",
];

#[test]
fn one_file_acknowledges() {
    let mut here = 0;
    let mut elsewhere = Vec::new();
    for file in
        tidy::tree::rust(&["proto", "lib", "services", "client", "tests"]).expect("the tree is readable")
    {
        for (index, line) in file.lexed().code.iter().enumerate() {
            if !ACKS.iter().any(|ack| line.contains(ack)) {
                continue;
            }
            if file.path == SETTLE {
                here += 1;
            } else if file.path != BASELINE {
                elsewhere.push(format!("{}:{}: {}", file.path, index + 1, line.trim()));
            }
        }
    }
    assert!(1 <= here, "{SETTLE} acknowledges nothing; has it moved?");
    assert!(elsewhere.is_empty(), "{elsewhere:#?}");
}
