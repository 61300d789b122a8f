//! The words of cases and findings, Japanese and English. Those of the cases stand in `docs/conformance.md` too.

use standard::unit::titles;
use standard::{Edition, looks_standard};

use super::catalogue::{Case, Side, Way, Wish};
use super::judge::{Found, severity};
use super::make::{Offices, unit_id};

/// A sentence in Japanese and in English.
pub type Both = (String, String);

fn both(ja: impl Into<String>, en: impl Into<String>) -> Both {
    (ja.into(), en.into())
}

/// The files a case is about: `サービス利用票の予定（第6表・第7表） V3`.
#[must_use]
pub fn files(case: &Case) -> Both {
    // Offices change nothing of what the standard calls a unit.
    let anybody = |number: &str| number.parse().ok();
    let offices = anybody("0300000100").zip(anybody("0300000005"));
    let id = offices.map(|(own, product)| unit_id(case, Offices { own, product }));
    unit(id.as_deref().unwrap_or_default(), case.edition)
}

fn unit(id: &str, edition: Edition) -> Both {
    let (ja, en) = titles(id).unwrap_or((id, id));
    let edition = edition.as_str();
    both(format!("{ja} {edition}"), format!("{en}, {edition}"))
}

/// What a case is called.
#[must_use]
pub fn title(case: &Case) -> Both {
    let (ja, en) = files(case);
    let (what_ja, what_en) = match case.wish {
        Wish::Plain | Wish::Withdraws(_) => (String::new(), String::new()),
        Wish::Later(_) => ("：変更・訂正".to_owned(), ": changed or corrected".to_owned()),
        Wish::Persons(persons) => (format!("：{persons}人"), format!(": {persons} persons")),
        Wish::Characters => (
            "：外字・機種依存文字".to_owned(),
            ": extended characters".to_owned(),
        ),
        Wish::Renamed => (
            "：ファイル名が変わったもの".to_owned(),
            ": files renamed".to_owned(),
        ),
        Wish::Older(_) => ("：古い連番のもの".to_owned(), ": an older sequence".to_owned()),
    };
    match case.way {
        Way::Sends => both(format!("送信 {ja}{what_ja}"), format!("sends {en}{what_en}")),
        Way::Receives => both(format!("受信 {ja}{what_ja}"), format!("receives {en}{what_en}")),
    }
}

/// The side that uses the product in it.
#[must_use]
pub fn side(side: Side) -> (&'static str, &'static str) {
    match side {
        Side::Care => ("居宅介護支援", "care support"),
        Side::Service => ("サービス事業所", "service office"),
    }
}

/// What the person at the product has to do.
#[must_use]
pub fn to_do(case: &Case) -> Both {
    let (ja, en) = files(case);
    if case.way == Way::Receives {
        return match case.is_refused() {
            false => both(
                "届いた封筒を受け取って取り込み、取込済と知らせてください（自動なら何もしなくてよい）。",
                "Collect what arrives, take it in and report the import as ok (nothing to do if the product does so by itself).",
            ),
            true => both(
                "届いた封筒を受け取り、取り込まずに、理由を付けて取込失敗と知らせてください（自動なら何もしなくてよい）。",
                "Collect what arrives, do not take it in, and report the import as failed with a reason (nothing to do if the product does so by itself).",
            ),
        };
    }
    match case.wish {
        Wish::Plain | Wish::Renamed | Wish::Older(_) => both(
            format!("{ja}を一件作って送ってください。"),
            format!("Make one sending of {en} and send it."),
        ),
        Wish::Later(base) => both(
            format!("{base} と同じ利用者の{ja}を、新しい連番で作り直して送ってください。"),
            format!("Make {en} of the persons of {base} again, under a new sequence, and send it."),
        ),
        Wish::Withdraws(base) => both(
            format!("{base} で送ったものの削除（{ja}）を作って送ってください。"),
            format!("Make the deletion ({en}) of what {base} sent, and send it."),
        ),
        Wish::Persons(persons) => both(
            format!("{persons}人以上の{ja}を、一つの送信単位にして送ってください。"),
            format!("Make one sending unit of {en} with at least {persons} persons, and send it."),
        ),
        Wish::Characters => both(
            format!("氏名などに「髙」「﨑」「①」のような機種依存文字のある{ja}を送ってください。"),
            format!("Send {en} with characters such as 髙, 﨑 or ① in names or texts."),
        ),
    }
}

/// What is checked.
#[must_use]
pub fn checked(case: &Case) -> Both {
    if case.way == Way::Receives {
        return match case.is_refused() {
            false => both(
                "時間内に受け取られ、取込済（ok）と知らされること。",
                "It is collected and reported as imported (ok) in time.",
            ),
            true => both(
                "時間内に受け取られ、コードと説明のある理由を付けて取込失敗（failed）と知らされること。",
                "It is collected and reported as failed in time, with a reason that has a code and words.",
            ),
        };
    }
    let (ja, en) = match case.wish {
        Wish::Later(_) => (
            "前のものに取って代わること",
            "it takes the place of the earlier one",
        ),
        Wish::Withdraws(_) => ("前のものを取り消すこと", "it withdraws the earlier one"),
        Wish::Persons(_) => ("人数", "the number of persons"),
        Wish::Characters => ("機種依存文字があること", "the characters are there"),
        Wish::Plain | Wish::Renamed | Wish::Older(_) => {
            return both(
                "届くこと、送信単位の種類と版、中継の規則に誤りも注意もないこと。",
                "It arrives, is this kind of unit and edition, and has neither errors nor warnings by the relay's rules.",
            );
        }
    };
    both(
        format!("届くこと、送信単位の種類と版、中継の規則に誤りも注意もないこと、{ja}。"),
        format!(
            "It arrives, is this kind of unit and edition, has neither errors nor warnings by the relay's rules, and {en}."
        ),
    )
}

/// What a finding says, and what to do.
#[must_use]
pub fn found(found: &Found) -> Both {
    let codes = |codes: &[String]| {
        if codes.is_empty() {
            "-".to_owned()
        } else {
            codes.join(" ")
        }
    };
    match found {
        Found::NothingCame(seconds) => both(
            format!(
                "{seconds}秒待ちましたが届きませんでした。製品の送信一覧が「差戻し」なら、その理由を直してください。"
            ),
            format!(
                "Nothing arrived in {seconds} s. If the product's sent list says rejected, mend what its problems say."
            ),
        ),
        Found::Rule(problem) => {
            let (ja, en) = severity(problem);
            // Names of attachments are the office's own words; a result keeps none of them.
            let file = problem.file.as_deref().filter(|name| looks_standard(name));
            let place = file.unwrap_or("-");
            let line = problem.line.map_or_else(String::new, |line| format!(":{line}"));
            both(
                format!("{ja} {} {place}{line}：{}", problem.code, problem.message),
                format!("{en} {} {place}{line}: {}", problem.code, problem.message_en),
            )
        }
        Found::OtherUnit { wanted, found } => both(
            format!(
                "求めた送信単位は {wanted} ですが、届いたのは {} です。種類、版、サービス種類コードを確かめてください。",
                shown(found)
            ),
            format!(
                "The unit asked for is {wanted}, what came is {}. Check kind, edition and service kinds.",
                shown(found)
            ),
        ),
        Found::NotLater(base) => both(
            format!(
                "{base} のものに取って代わりませんでした。同じ利用者・年月か、連番が後かを確かめてください。"
            ),
            format!(
                "It did not take the place of what {base} sent. Check that persons and month are the same and the sequence is later."
            ),
        ),
        Found::NothingWithdrawn(base) => both(
            format!("{base} のものを取り消しませんでした。利用者・年月・キー項目を確かめてください。"),
            format!("It withdrew nothing of what {base} sent. Check persons, month and key fields."),
        ),
        Found::FewPersons { wanted, found } => both(
            format!("{wanted}人以上のはずが、{found}人分でした。"),
            format!("There were records of {found} persons instead of at least {wanted}."),
        ),
        Found::NoCharacters => both(
            "機種依存文字がありません。置き換えずに、シフトJIS（MS932）で出力してください。",
            "There is no extended character. Export them as MS932 instead of replacing them.",
        ),
        Found::NeverCollected(seconds) => both(
            format!(
                "{seconds}秒待ちましたが、受け取られませんでした。受信一覧を見に行くか、受取（collected）を知らせているかを確かめてください。"
            ),
            format!(
                "It was not collected in {seconds} s. Check that the product looks at its inbox and reports `collected`."
            ),
        ),
        Found::NoReport(seconds) => both(
            format!(
                "受け取られましたが、{seconds}秒待っても取込の結果が知らされませんでした。取込の結果（imported）を必ず知らせてください。"
            ),
            format!(
                "It was collected, and no import was reported in {seconds} s. Report `imported` in every case, ok or failed."
            ),
        ),
        Found::ImportFailed(problems) => both(
            format!(
                "正しいデータが取り込まれませんでした（理由 {}）。",
                codes(problems)
            ),
            format!("Right data could not be taken in (reasons {}).", codes(problems)),
        ),
        Found::TakenIn => both(
            "取り込んではならないものが、取込済と知らされました。",
            "What must not be taken in was reported as imported.",
        ),
        Found::NoReason => both(
            "取込失敗に理由がありません。コードと説明（problems の code と message）を付けてください。",
            "The failed import has no reason. Give a code and words (`code` and `message` of `problems`).",
        ),
        Found::NoBase(base) => both(
            format!("元になる {base} が合格していないため、実施していません。"),
            format!("Not run, because {base}, on which it builds, has not passed."),
        ),
        Found::NotCarried(status, problems) => both(
            format!(
                "中継が届けられませんでした（{status}、{}）。製品の事業所の登録とライセンスを確かめてください。",
                codes(problems)
            ),
            format!(
                "The relay did not carry it ({status}, {}). Check the entry and licence of the product's office.",
                codes(problems)
            ),
        ),
    }
}

fn shown(found: &str) -> &str {
    if found.is_empty() {
        "（添付のみ attachments only）"
    } else {
        found
    }
}
