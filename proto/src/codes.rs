//! Every code of doors, seal, ZIP, manifest and directory. The codes of the national standard's files stand in
//! `lib/standard`, which knows nobody; the two lists never share a code (a test of `lib/parcel` holds that).

use crate::Code;

macro_rules! codes {
    ($($name:ident = $code:literal $status:literal $ja:literal $en:literal;)+) => {
        $(#[doc = $en] pub static $name: Code = Code { code: $code, status: $status, ja: $ja, en: $en };)+
        /// Every code of this list.
        pub static ALL: &[&Code] = &[$(&$name),+];
    };
}

codes! {
    AUTH_CERTIFICATE_MISSING = "auth.certificate_missing" 401 "電子証明書が提示されていません。事業所の電子証明書を設定して、もう一度接続してください。" "No client certificate was shown. Configure the office's certificate and connect again.";
    AUTH_CERTIFICATE_INVALID = "auth.certificate_invalid" 401 "電子証明書を読み取れないか、用途が異なります。発行元に確認してください。" "The client certificate cannot be read or is not meant for this use. Ask its issuer.";
    AUTH_CERTIFICATE_UNKNOWN_CA = "auth.certificate_unknown_ca" 401 "この電子証明書の発行元（認証局）は登録されていません。正しい電子証明書を選んでください。" "The client certificate comes from a CA this relay does not trust. Choose the right certificate.";
    AUTH_CERTIFICATE_EXPIRED = "auth.certificate_expired" 401 "電子証明書の有効期間外です。有効期限を確認し、更新してください。" "The client certificate is outside its period of validity. Renew it.";
    AUTH_CERTIFICATE_REVOKED = "auth.certificate_revoked" 401 "この電子証明書は失効しています。新しい電子証明書を使ってください。" "The client certificate has been revoked. Use the new one.";
    AUTH_CERTIFICATE_UNBOUND = "auth.certificate_unbound" 403 "この電子証明書はどの事業所にも登録されていません。運用窓口に登録を依頼してください。" "The certificate is valid but bound to nobody. Ask the operator to bind it to your office.";
    AUTH_CERTIFICATE_SUBJECT = "auth.certificate_subject" 403 "電子証明書の名義（serialNumber）が登録内容と一致しません。発行元に確認してください。" "The certificate's subject must hold exactly one serialNumber JGNO:<office number> equal to the directory's. Ask its issuer.";
    AUTH_ROLE = "auth.role" 403 "この電子証明書ではこの操作はできません。操作に合った電子証明書を使ってください。" "This certificate's holder may not do this. Use a certificate of the right role.";
    AUTH_SUBMITTER = "auth.submitter" 403 "提出者は送信元事業所ではなく、送信の委任も受けていません。送信元事業所番号を確認してください。" "The submitter is neither the sender nor its delegate for send. Check the manifest's sender.";
    AUTH_SIGNER = "auth.signer" 403 "署名者は送信元事業所ではなく、署名の委任も受けていません。送信元事業所の電子証明書で署名してください。" "The signer is neither the sender nor its delegate for sign. Seal with the sender's certificate.";
    TRUST_CRL_STALE = "trust.crl_stale" 503 "失効情報が更新待ちのため、いま確認できません。しばらくしてから同じものを再送してください。" "The revocation list is out of date, so nothing can be judged now. Send the same bytes again later.";
    DESK_ROLE = "desk.role" 403 "この操作をする権限がありません。運用管理者（administer）に権限の変更を依頼してください。" "Your role does not allow this act. Ask an operator with the role administer to change it.";
    DESK_LAST_ADMINISTRATOR = "desk.last_administrator" 409 "運用管理者（administer）がいなくなるため変更できません。先に別の運用者を administer にしてください。" "This would leave nobody with the role administer. Give it to somebody else first.";
    DESK_FORM = "desk.form" 403 "このフォームは有効ではありません。画面を開き直して、もう一度操作してください。" "This form is not valid any more, or came from another site. Open the page again and repeat the act.";
    DESK_STALE = "desk.stale" 409 "画面を開いた後に変更されています。開き直して確かめてください。" "It was changed after the page was shown. Open the page again and look.";
    DIRECTORY_BUSY = "directory.busy" 409 "ほかの取込が進行中です。終わってからもう一度取り込んでください。" "Another import is going on. Import again when it is over.";
    DIRECTORY_TOO_LARGE = "directory.too_large" 413 "ファイルが大きすぎます（上限 128 MiB、100万行）。分けて取り込んでください。" "The file is too large (at most 128 MiB and a million lines). Import it in parts.";
    DIRECTORY_EMPTY = "directory.empty" 422 "ファイルに事業所の行がありません。1行目に項目名、2行目から事業所を書いてください。" "The file has no office. Write the names of the columns into line 1 and the offices from line 2 on.";
    DIRECTORY_ENCODING = "directory.encoding" 422 "文字を読み取れません。UTF-8 または Shift_JIS（MS932）で保存し直してください。" "A character cannot be read. Save the file as UTF-8 or Shift_JIS (MS932).";
    DIRECTORY_HEADER = "directory.header" 422 "1行目の項目名が正しくありません。number（事業所番号）と name（名称）は必要で、ほかの項目は名前どおりに一度だけ書けます。" "The names of the columns in line 1 are not right. number and name must be there; others may be there once, by their names.";
    DIRECTORY_FIELDS = "directory.fields" 422 "項目の数が1行目と違います。コンマを含む値は \" で囲み、空の項目もコンマで区切ってください。" "The number of fields differs from line 1. Put values with a comma between quotes, and separate empty fields too.";
    DIRECTORY_LONG = "directory.long" 422 "1件が長すぎます。\" が閉じられていないか確かめてください。この行から後は確認していません。" "The record is too long. Look for a quote that is not closed. What follows was not looked at.";
    DIRECTORY_CONTROL = "directory.control" 422 "改行・タブなどの制御文字は使えません。取り除いてください。" "Control characters such as line ends and tabs are not allowed. Remove them.";
    DIRECTORY_NUMBER = "directory.number" 422 "事業所番号は半角数字10桁です。表計算ソフトで先頭の 0 が消えていないか確かめてください。" "An office number is ten digits. See whether a spreadsheet has removed a leading 0.";
    DIRECTORY_TWICE = "directory.twice" 422 "同じ事業所番号が前の行にもあります。一方を除いてください。" "The same office stands in an earlier line too. Remove one of them.";
    DIRECTORY_NAME = "directory.name" 422 "名称は1文字以上200文字以内で書いてください。" "A name has 1 to 200 characters.";
    DIRECTORY_SERVICE = "directory.service" 422 "標準仕様にないサービス種類コードです。2桁のコード（11、43 など）を半角の空白で区切って書いてください。" "The standard knows no such service kind. Write codes of two characters (11, 43) between blanks.";
    DIRECTORY_STATE = "directory.state" 422 "状態は open（参加）、closed（廃止・休止）、renumbered（番号変更）のどれかです。" "The state is open, closed or renumbered.";
    DIRECTORY_RENUMBERED = "directory.renumbered" 422 "変更後の事業所番号は、状態が renumbered のときだけ、別の10桁の番号を書いてください。" "A new number, another one of ten digits, goes with the state renumbered and only with it.";
    DIRECTORY_VERSION = "directory.version" 422 "標準仕様の版は年月の6桁（202407 など）を半角の空白で区切って書いてください。空欄はすべての版です。" "A version of the standard is year and month in six digits (202407), several between blanks; empty is every version.";
    DIRECTORY_BYTES = "directory.bytes" 422 "最大バイト数は1以上の整数です。空欄は中継の上限です。" "The largest size is a whole number of bytes from 1; empty is the relay's own limit.";
    DIRECTORY_LICENCE = "directory.licence" 422 "ライセンスの日付は 2025-04-01 の形で、最終日は申請日以後にしてください。申請日が空なら最終日も空にしてください。" "Days of a licence have the form 2025-04-01, the last is not before the first, and there is no last day without a first.";
    HTTP_BAD_REQUEST = "http.bad_request" 400 "リクエストの内容（パラメータまたは本文のJSON）が正しくありません。項目の名前と値を確認してください。" "The request is not well formed. Check the names and values of its parameters, and the JSON of its body.";
    HTTP_NOT_FOUND = "http.not_found" 404 "見つかりません。IDと事業所番号を確認してください。" "There is no such thing, or it is not yours. Check the path, the id and the office number.";
    HTTP_METHOD = "http.method" 405 "この方法（HTTPメソッド）では呼び出せません。GETとPOSTの別を確認してください。" "This method is not allowed here. Check whether GET or POST is meant.";
    HTTP_MEDIA_TYPE = "http.media_type" 415 "Content-Type は application/pkcs7-mime; smime-type=signed-data を指定してください。" "Send the envelope as application/pkcs7-mime; smime-type=signed-data.";
    HTTP_TOO_LARGE = "http.too_large" 413 "封筒が大きすぎます（上限は設定値、標準10MiB）。添付を減らすか分けて送ってください。" "The envelope is too large (the limit is 10 MiB unless configured). Send fewer or smaller attachments.";
    HTTP_TOO_MANY = "http.too_many" 429 "短時間の送信が多すぎます。Retry-After の秒数だけ待って再送してください。" "Too many requests. Wait for the seconds in Retry-After and send the same bytes again.";
    HTTP_TIMEOUT = "http.timeout" 408 "時間内に受信が終わりませんでした。通信状態を確認して再送してください。" "The request did not arrive in time. Check the connection and send the same bytes again.";
    HTTP_BUSY = "http.busy" 503 "混み合っています。受付は確認されていません。Retry-After の秒数だけ待って同じものを再送してください。" "The relay is busy and acceptance is not known. Send the same bytes again after Retry-After.";
    HTTP_INTERNAL = "http.internal" 500 "中継側の不具合です。同じものを再送し、続くときは運用窓口に連絡してください。" "A fault of the relay. Send the same bytes again; tell the operator if it stays.";
    BROKER_UNAVAILABLE = "broker.unavailable" 503 "いま受け付けられません。受付は確認されていません。Retry-After の秒数だけ待って同じものを再送してください。" "The relay cannot take envelopes now; acceptance is not known. Send the same bytes again after Retry-After.";
    BROKER_BACKLOG = "broker.backlog" 503 "処理を待つ封筒が多いため、いまは受け付けていません。Retry-After の秒数だけ待って同じものを再送してください。" "Too many envelopes wait to be worked on, so none is taken now. Send the same bytes again after Retry-After.";
    BROKER_MANAGEMENT = "broker.management" 503 "ブローカーの管理機能が応答しないか、console.management_url が設定されていません。コンソールのログで原因を確かめ、同じ操作をもう一度行ってください。" "The broker's management did not do its part, or console.management_url is not set. See the console's log for the cause, then do the same again.";
    STORE_UNAVAILABLE = "store.unavailable" 503 "台帳に一時的に接続できません。しばらくしてからもう一度試してください。" "The store cannot be reached now. Try again after Retry-After.";
    RELAY_MAINTENANCE = "relay.maintenance" 503 "保守作業中のため、いまは受け付けていません。受け取りはできます。作業が終わってから同じものを再送してください。" "The relay takes no envelopes during announced maintenance; what has arrived can be fetched. Send the same bytes again after its end.";
    RELAY_DISCARDED = "relay.discarded" 500 "中継側の都合で届けられず、運用窓口がこの封筒を破棄しました。送信先には届いていません。運用窓口に理由を確かめ、必要なら同じものをもう一度送ってください。" "The relay could not carry this envelope and its operator discarded it; it did not reach the destination. Ask the operator why, and send it again if it is still needed.";
    SEAL_NOT_CMS = "seal.not_cms" 400 "封筒を CMS SignedData（DER）として読み取れません。DER形式で署名し（-outform DER）、1バイトも変えずに送ってください（curl では --data-binary）。" "The body is not a CMS SignedData in DER. Sign with -outform DER, not PEM or S/MIME, and send the bytes unchanged (curl --data-binary).";
    SEAL_CONTENT_TYPE = "seal.content_type" 400 "CMS の種類または中身の種類が違います。id-data を中身とする SignedData で作り直してください。" "The CMS is of another kind. Make a SignedData over id-data.";
    SEAL_DETACHED = "seal.detached" 400 "署名に中身が含まれていません。-nodetach を付けて署名してください。" "The seal has no content inside. Sign with -nodetach.";
    SEAL_TRAILING = "seal.trailing" 400 "封筒の後ろに余分なデータがあります。取り除いてください。" "There are bytes after the outermost object. Remove them.";
    SEAL_SIGNERS = "seal.signers" 422 "署名者はちょうど一人でなければなりません。一つの電子証明書で署名し直してください。" "There must be exactly one signer. Sign again with one certificate.";
    SEAL_ALGORITHM = "seal.algorithm" 422 "署名方式が弱いか対応していません。SHA-256以上と、RSA 2048ビット以上または ECDSA P-256/P-384 を使ってください。" "The algorithm is weak or unknown. Use SHA-256 or better with RSA of at least 2048 bits, or ECDSA P-256/P-384.";
    SEAL_SIGNED_ATTRIBUTES = "seal.signed_attributes" 422 "署名属性がありません。署名属性付きで署名してください（-noattr は使えません）。" "The seal has no signed attributes. Sign with them, without -noattr.";
    SEAL_CERTIFICATE_MISSING = "seal.certificate_missing" 422 "封筒に署名者の電子証明書が含まれていません。証明書を含めて署名してください（-nocerts は使えません）。" "The signer's certificate is not in the seal. Include it, without -nocerts.";
    SEAL_SIGNATURE = "seal.signature" 422 "署名が中身と一致しません。途中で変わった可能性があります。作り直して送ってください。" "The signature does not fit the content; it was altered on the way. Make the envelope again.";
    SEAL_UNTRUSTED = "seal.untrusted" 422 "署名に使った電子証明書の発行元（認証局）は登録されていません。正しい電子証明書で署名し直してください。" "The signer's certificate comes from a CA this relay does not trust. Sign again with the right one.";
    SEAL_EXPIRED = "seal.expired" 422 "署名に使った電子証明書は受付時に有効期間外でした。更新して署名し直してください。" "The signer's certificate was outside its validity when the envelope was accepted. Renew it and sign again.";
    SEAL_REVOKED = "seal.revoked" 422 "署名に使った電子証明書は失効しています。新しい電子証明書で署名し直してください。" "The signer's certificate has been revoked. Sign again with the new one.";
    SEAL_KEY_USAGE = "seal.key_usage" 422 "署名に使った電子証明書は署名用ではありません。署名用の電子証明書で署名し直してください。" "The signer's certificate is not meant for signing. Sign again with one that is.";
    ZIP_UNREADABLE = "zip.unreadable" 400 "ZIP として読み取れません。ファイルが壊れていないか確かめ、ZIP を作り直してください。封筒なら -binary を付けて署名し直してください。" "This is not a readable ZIP. Make the ZIP again; inside an envelope, sign it again with -binary.";
    ZIP_MANIFEST_FIRST = "zip.manifest_first" 422 "manifest.json は ZIP の先頭に必要です。manifest.json を最初に入れて作り直してください。" "manifest.json must be the first entry of the ZIP. Make it again and put it in first.";
    ZIP_MANIFEST_MISSING = "zip.manifest_missing" 400 "ZIP の直下に manifest.json がありません。加えて作り直してください。" "The ZIP has no manifest.json at its root. Add it.";
    ZIP_MANIFEST_SIZE = "zip.manifest_size" 400 "manifest.json が大きすぎます（上限 64 kB）。不要な項目を除いてください。" "manifest.json is larger than 64 kB. Leave out what is not needed.";
    ZIP_GAP = "zip.gap" 422 "ZIP の前後または項目の間に余分なデータがあります。ZIP を新しく作り直してください。" "There are bytes before, between or after the ZIP's entries. Make the ZIP afresh.";
    ZIP_ZIP64 = "zip.zip64" 422 "ZIP64 形式は使えません。通常の ZIP 形式で作り直してください。" "ZIP64 is not allowed. Make an ordinary ZIP.";
    ZIP_ENCRYPTED = "zip.encrypted" 422 "暗号化された ZIP は使えません。パスワードを付けずに作ってください。" "Encrypted entries are not allowed. Make the ZIP without a password.";
    ZIP_COMMENT = "zip.comment" 422 "ZIP のコメントは使えません。コメントを付けずに作り直してください。" "Comments in the ZIP are not allowed. Make it without them.";
    ZIP_METHOD = "zip.method" 422 "圧縮方式は無圧縮か Deflate だけです。作り直してください。" "Entries must be stored or deflated. Make the ZIP again.";
    ZIP_NAMES_DIFFER = "zip.names_differ" 422 "ZIP の内部で項目の記録が食い違っています。作り直してください。" "Local and central records of the ZIP differ. Make it again.";
    ZIP_NAME = "zip.name" 422 "ファイル名にフォルダ、制御文字、書字方向文字、UTF-8以外の文字は使えません。ファイルを ZIP の直下に入れ、名前を直してください。" "A name holds a path, a control or bidirectional character, or is not UTF-8. Put the file at the root of the ZIP under a plain name.";
    ZIP_NAME_TWICE = "zip.name_twice" 422 "同じ名前（大文字小文字や文字の正規化の違いを除く）のファイルがあります。一方の名前を変えるか除いてください。" "Two files have the same name, ignoring case and Unicode form. Rename or remove one.";
    ZIP_FILE_TYPE = "zip.file_type" 422 "フォルダやリンクは入れられません。ファイルだけを入れてください。" "Directories, links and devices are not allowed; only files.";
    ZIP_TOO_MANY = "zip.too_many" 422 "ファイルが多すぎます（上限 50）。分けて送ってください。" "Too many files (at most 50). Send them in several envelopes.";
    ZIP_UNPACKED = "zip.unpacked" 422 "展開後の大きさが上限を超えています。分けて送ってください。" "The unpacked files are larger than allowed. Send them in several envelopes.";
    ZIP_RATIO = "zip.ratio" 422 "圧縮率が高すぎるファイルがあります。無圧縮で ZIP に入れてください。" "A file is packed too tightly (ratio over the limit). Store it without compression.";
    ZIP_CORRUPT = "zip.corrupt" 422 "ZIP の中のファイルが壊れています。作り直してください。" "A file in the ZIP is damaged. Make it again.";
    MANIFEST_NOT_JSON = "manifest.not_json" 400 "manifest.json を JSON（UTF-8、BOMなし）として読み取れません。書式と文字コードを確かめて作り直してください。" "manifest.json is not JSON in UTF-8 without a byte order mark. Check its syntax and encoding, and make it again.";
    MANIFEST_DUPLICATE_KEY = "manifest.duplicate_key" 400 "manifest.json に同じ項目が二つあります。一つにしてください。" "manifest.json has a key twice in one object. Keep one.";
    MANIFEST_FORMAT = "manifest.format" 400 "manifest.json の format は careplan-envelope/1 でなければなりません。" "The manifest's format must be careplan-envelope/1.";
    MANIFEST_OFFICE = "manifest.office" 400 "manifest.json の sender と destination は10桁の事業所番号でなければなりません。" "The manifest's sender and destination must be office numbers of ten digits.";
    MANIFEST_FIELD = "manifest.field" 422 "manifest.json に必要な項目がないか、形が違います。項目を確かめて作り直してください。" "A field of the manifest is missing or has the wrong form. Check the field and make the manifest again.";
    MANIFEST_SELF = "manifest.self" 422 "送信先が送信元と同じ事業所です。送信先を確認してください。" "The destination is the sender itself. Check the destination.";
    MANIFEST_SEQUENCE = "manifest.sequence" 422 "連番は実在する日時を表す14桁の数字でなければなりません。" "The sequence must be 14 digits that make a real date and time.";
    MANIFEST_SEQUENCE_DIFFERS = "manifest.sequence_differs" 422 "manifest.json の連番とファイル名の連番が違います。ファイル名の連番を manifest.json に書いてください。" "The manifest's sequence differs from the one in the file names. Write that of the file names into the manifest.";
    MANIFEST_CREATED_AT = "manifest.created_at" 422 "作成日時（created_at）が受付の30日より前か、10分より後です。時計を確かめ、作り直して送ってください。" "created_at is more than 30 days before or 10 minutes after acceptance. Check the clock and make the envelope again.";
    MANIFEST_MESSAGE = "manifest.message" 422 "連絡文は1,000文字以内で、改行とタブ以外の制御文字は使えません。" "The message is over 1,000 characters or holds a control character other than LF and TAB.";
    MANIFEST_FILES = "manifest.files" 422 "manifest.json のファイル一覧と ZIP の中身が一致しません。すべてのファイルを過不足なく書いてください。" "The manifest's files and the ZIP's entries are not the same. List every file of the ZIP, and no other.";
    MANIFEST_SIZE = "manifest.size" 422 "ファイルの大きさが manifest.json と違います。ファイルを確かめ、manifest.json を作り直してください。" "A file's size differs from the manifest's. Check the file and make the manifest again.";
    MANIFEST_DIGEST = "manifest.digest" 422 "ファイルの内容が manifest.json のハッシュ値（SHA-256）と違います。ファイルを確かめ、manifest.json を作り直してください。" "A file's SHA-256 differs from the manifest's. Check the file and make the manifest again.";
    MANIFEST_ROLE = "manifest.role" 422 "標準仕様のファイルは role を standard、その他は attachment にしてください。" "Files named by the standard must have the role standard, all others attachment.";
    ATTACHMENT_TYPE = "attachment.type" 422 "添付できるのは PDF、JPEG、PNG、テキスト、Office ファイルだけです。PDF などにして送ってください。" "Attachments may be PDF, JPEG, PNG, plain text or Office Open XML only. Convert it or leave it out.";
    OFFICE_UNKNOWN = "office.unknown" 422 "送信先の事業所はこの中継に登録されていません。電話などで確認し、別の方法で送ってください。" "The destination is not enrolled with this relay. Ask the office, and send it another way.";
    OFFICE_CLOSED = "office.closed" 422 "送信先の事業所は廃止または休止しています。送信先を確認してください。" "The destination office is closed. Check the destination.";
    OFFICE_RENUMBERED = "office.renumbered" 422 "送信先の事業所番号が変わりました。新しい番号でファイルを作り直して送ってください。" "The destination has a new office number. Make the files again with the new number.";
    OFFICE_CAPABILITY = "office.capability" 422 "送信先はこの版または大きさのデータを受け取れません。電話などで確認し、別の方法で送ってください。" "The destination cannot take data of this version or size. Ask the office, and send it another way.";
    OFFICE_UNLICENSED = "office.unlicensed" 422 "送信先の事業所のライセンスが有効ではありません。電話などで確認し、別の方法で送ってください。" "The destination has no licence in force. Ask the office, and send it another way.";
    CONFORMANCE_RESULT = "conformance.result" 422 "適合試験の結果として読み取れません。careplan conformance run が作った result.p7m を、1バイトも変えずに渡してください。" "This is not the result of a conformance test. Hand in the result.p7m of careplan conformance run, unchanged.";
    CONFORMANCE_SIGNER = "conformance.signer" 403 "この結果に署名した電子証明書は、結果に書かれた事業所のものとして登録されていません。試験を行った事業所の電子証明書を登録するか、登録済みの電子証明書で試験し直してください。" "The certificate that signed this result is not bound to the office the result names. Bind that office's certificate, or test again with one that is bound.";
    CONFORMANCE_PRODUCTS = "conformance.products" 409 "登録できる製品の数（500）に達しています。不要な製品がないか、運用窓口で確かめてください。" "There are 500 products already, the most that are kept. Check whether their names are really different products.";
    SEQUENCE_REUSED = "sequence.reused" 422 "同じ名前のファイルが、別の内容または別の連絡文ですでに届いています。直したものは新しい連番で作り直して送ってください。" "Files of these names were already delivered with other contents or another message. Make a correction under a new sequence number.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_of_the_form_area_rule() {
        let mut seen = std::collections::HashSet::new();
        for entry in ALL {
            assert!(seen.insert(entry.code), "{} stands twice", entry.code);
            let (area, rule) = entry.code.split_once('.').unwrap();
            let plain = |part: &str| {
                !part.is_empty()
                    && part
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            };
            assert!(plain(area) && plain(rule), "{}", entry.code);
            assert!((400..600).contains(&entry.status), "{}", entry.code);
            assert!(
                entry.ja.ends_with('。') && entry.en.ends_with('.'),
                "{}: whole sentences",
                entry.code
            );
        }
    }
}
