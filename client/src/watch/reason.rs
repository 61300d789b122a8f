//! Why something is in the error folder, for a person with a plain editor: Japanese first, then English, as
//! `careplan check` says it. Pure.

use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::view::SentItem;
use crate::words;

/// The bytes of the file: UTF-8 with its mark and CRLF, which old editors of Windows want too.
fn bytes(text: &str) -> Vec<u8> {
    let lines = text.replace("\r\n", "\n").replace('\n', "\r\n");
    format!("\u{feff}{lines}").into_bytes()
}

/// Why files were not sent.
#[must_use]
pub fn not_sent(failure: &Failure) -> Vec<u8> {
    let mut text = told(failure);
    text.push_str(
        "\n送信していません。直したファイルを、もう一度送信フォルダに入れてください（このファイルは不要です）。\n",
    );
    text.push_str("Nothing was sent. Put the mended files into the outbox again (without this file).\n");
    bytes(&text)
}

/// Why an envelope that arrived was not opened.
#[must_use]
pub fn not_opened(failure: &Failure, sender: &str) -> Vec<u8> {
    let mut text = told(failure);
    let sender = words::harmless(sender);
    text.push_str(&format!(
        "\n送信元 {sender} に、もう一度送るよう頼んでください。受取は知らせていないので、送信元には未受取と表示されます。届いたままの封筒は envelope.p7m です。\n"
    ));
    text.push_str(&format!(
        "Ask the sender {sender} to send it again. It was not acknowledged: the sender sees it as not collected. The envelope as it came is envelope.p7m.\n"
    ));
    bytes(&text)
}

/// Whether the relay gave a sending up; the agent moves it to the error folder then.
#[must_use]
pub fn came_back(status: &str) -> bool {
    matches!(status, "rejected" | "undeliverable" | "duplicate" | "expired")
}

/// Why a sending came back.
#[must_use]
pub fn returned(item: &SentItem) -> Vec<u8> {
    let (ja, en) = match item.status.as_str() {
        "rejected" => (
            "中継サーバーで差し戻されました。直したファイルを、新しい連番で出力して、送信フォルダに入れてください。",
            "The relay refused it. Export the mended files under a new sequence and put them into the outbox.",
        ),
        "undeliverable" => (
            "宛先に配達できませんでした。宛先の事業所番号を確認してください。",
            "It could not be delivered. Check the number of the destination.",
        ),
        "duplicate" => (
            "同じ送信がすでに届いています。何もする必要はありません。",
            "The same sending has arrived before. There is nothing to do.",
        ),
        "expired" => (
            "宛先が期限までに受け取りませんでした。宛先に連絡してください。",
            "The destination did not fetch it in time. Get in touch with it.",
        ),
        _ => ("届きませんでした。", "It did not arrive."),
    };
    let mut text = format!("{}：{ja}\n{en}\n", words::both(&item.status));
    if let Some(number) = &item.renumbered_to {
        text.push_str(&format!(
            "宛先の新しい事業所番号 / the destination's new number: {number}\n"
        ));
    }
    if let Some(id) = &item.same_as {
        text.push_str(&format!("同じ送信 / the same sending: {id}\n"));
    }
    let mut listed = Vec::new();
    Terminal {
        out: &mut listed,
        err: &mut std::io::sink(),
    }
    .problems(&item.problems);
    text.push_str(&String::from_utf8_lossy(&listed));
    for (code, count) in &item.more {
        text.push_str(&format!("ほか {count} 件 / {count} more: {code}\n"));
    }
    let (to, accepted) = (&item.destination, words::time(&item.accepted_at));
    text.push_str(&format!(
        "\n宛先 to {to}  受付 accepted {accepted}\nID {}\n",
        item.id
    ));
    bytes(&words::harmless(&text))
}

fn told(failure: &Failure) -> String {
    let mut text = Vec::new();
    Terminal {
        out: &mut std::io::sink(),
        err: &mut text,
    }
    .failure(failure);
    String::from_utf8_lossy(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::{Problem, codes};

    #[test]
    fn a_reason_can_be_read_anywhere_and_names_the_place() {
        let problem = Problem::new(&codes::ZIP_TOO_MANY).in_file("UPPLAN_x.CSV");
        let written = not_sent(&Failure::Problems(vec![problem.clone()]));
        assert!(written.starts_with(&[0xef, 0xbb, 0xbf]));
        let text = String::from_utf8(written).unwrap();
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        for part in [
            "UPPLAN_x.CSV",
            "zip.too_many",
            &problem.message,
            &problem.message_en,
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(text.find("エラー").unwrap() < text.find("error:").unwrap());
    }

    #[test]
    fn everything_that_comes_back_has_its_words() {
        for status in proto::Status::ALL {
            let json = format!(
                r#"{{"id":"1","destination":"0300000005","status":"{}","accepted_at":"2025-04-01T09:30:00+09:00","changed_at":""}}"#,
                status.as_str()
            );
            let item: SentItem = serde_json::from_str(&json).unwrap();
            let text = String::from_utf8(returned(&item)).unwrap();
            assert_eq!(
                came_back(status.as_str()),
                !text.contains("It did not arrive."),
                "{text}"
            );
        }
    }
}
