//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use proto::OfficeNumber;

use crate::commands::{
    check, collected, config, conformance, generate, get, imported, inbox, me, office_number, offices,
    recall, receipt, resend, send, sent, status, watch,
};

const EXIT_CODES: &str = "\
終了コード / Exit codes:
  0  完了 / done
  1  差戻し・誤りあり / refused, or the files have errors
  2  読み書きできない・使い方や設定の誤り / cannot read or write, wrong usage or settings
  3  接続できない・混雑（後でもう一度） / not reachable or busy, try again later
  4  電子証明書または権限の問題 / certificate or permission

設定 / Settings: --config, CAREPLAN_CONFIG, ./careplan.toml, ~/.config/careplan/careplan.toml; CAREPLAN_<KEY> wins.
  office, ingest_url, delivery_url, certificate, key, ca, state_dir, proxy, traces_url   (careplan config)";

/// ケアプランデータ連携：点検・送信・受信 / care plan data exchange: check, send, fetch
#[derive(Debug, Parser)]
#[command(name = "careplan", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// 設定ファイル / settings file
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// 事業所番号（設定より優先）。check では送信元と比べます / act for this office; check compares it with the sender
    #[arg(long, global = true, value_name = "NUMBER", value_parser = office_number)]
    pub office: Option<OfficeNumber>,
    /// あきらめるまでの秒数 / seconds until giving up
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 120)]
    pub timeout: u64,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 送信前の点検 / check files without sending
    Check(check::Args),
    /// 送信 / send files, one envelope for each sending unit
    Send(send::Args),
    /// フォルダの見張り：自動で送信・受信 / send from a folder and fetch into one, without a person
    Watch(watch::Args),
    /// 届いていない送信の送り直し / send again what was accepted and has not arrived
    Resend(resend::Args),
    /// 受信一覧 / list what has arrived
    Inbox(inbox::Args),
    /// 受信（ファイルを保存） / fetch envelopes and write their files out
    Get(get::Args),
    /// 受取を知らせる / tell that an envelope was fetched
    Collected(collected::Args),
    /// 取込結果を知らせる / tell whether the software could take it in
    Imported(imported::Args),
    /// 送信一覧 / list what was sent
    Sent(sent::Args),
    /// 送信したものの状態 / where a sent envelope stands, and why
    Status(status::Args),
    /// 送信の取消 / withdraw a sent envelope
    Recall(recall::Args),
    /// 受領証の保存 / save a signed receipt
    Receipt(receipt::Args),
    /// 事業所を探す / find offices
    Offices(offices::Args),
    /// 自分の事業所と証明書 / own office, licence and certificates
    Me(me::Args),
    /// 有効な設定の表示 / show the settings in force
    Config(config::Args),
    /// 介護ソフトの適合試験 / test a vendor's product against the relay
    Conformance(conformance::Args),
    /// 架空の試験データを作る / make synthetic test data
    Gen(generate::Args),
}
