//! The routes of the offices' doors as data: what OpenAPI is written from. A tidy test holds them against the routers.

use crate::api::{
    Accepted, Acknowledged, CheckReport, Imported, InboxItem, Me, NoticeEntry, OfficeEntry, Page, Recalled,
    SentItem,
};
use crate::policy::EffectivePolicy;
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Which door answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Door {
    /// Where envelopes are sent to.
    Ingest,
    /// Where inbox and sent list are.
    Delivery,
}

/// Methods the doors know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Reads the headers alone.
    Head,
    /// Does something; doing it again changes nothing more.
    Post,
}

impl Method {
    /// As OpenAPI and axum write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Head => "head",
            Self::Post => "post",
        }
    }
}

/// Writes a shape's schema, named shapes by reference.
pub type Shape = fn(&mut SchemaGenerator) -> Schema;

/// What a request carries, or an answer.
#[derive(Clone, Copy)]
pub enum Payload {
    /// Nothing.
    None,
    /// JSON of this shape.
    Json(Shape),
    /// Bytes of one of these media types.
    Bytes(&'static [&'static str]),
}

/// One route.
pub struct Route {
    /// Whose.
    pub door: Door,
    /// With which method.
    pub method: Method,
    /// The path; names in braces.
    pub path: &'static str,
    /// Its name in generated clients.
    pub id: &'static str,
    /// What it is for, in English and Japanese.
    pub summary: [&'static str; 2],
    /// What one has to know to use it, in English.
    pub words: &'static str,
    /// Names of the parameters in the query.
    pub query: &'static [&'static str],
    /// The body.
    pub body: Payload,
    /// Status and body when it went well.
    pub answer: (u16, Payload),
    /// Further statuses that are no problem documents, each with its meaning.
    pub also: &'static [(u16, &'static str)],
}

/// Media type of an envelope.
pub const CMS: &str = "application/pkcs7-mime; smime-type=signed-data";

/// Media type of server-sent events.
const EVENTS: &str = "text/event-stream";

const ZIP: &str = "application/zip";

fn shape<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Every route of the two doors but the document itself.
pub const ROUTES: &[Route] = &[
    Route {
        door: Door::Ingest,
        method: Method::Post,
        path: "/v1/envelopes",
        id: "sendEnvelope",
        summary: ["Send an envelope", "封筒を送る"],
        words: "202: on disk at the broker, confirmed. Any 5xx, 408, 429 or a lost connection says: not known to be accepted; send the very \
                same bytes again after Retry-After. The id is the SHA-256 of the bytes, so a repeat is never a second delivery.",
        query: &[],
        body: Payload::Bytes(&[CMS]),
        answer: (202, Payload::Json(shape::<Accepted>)),
        also: &[],
    },
    Route {
        door: Door::Ingest,
        method: Method::Post,
        path: "/v1/check",
        id: "check",
        summary: [
            "Have an envelope or its ZIP judged; nothing is sent",
            "送信せずに点検する",
        ],
        words: "The same judgement as validation's. A refusal is an answer of this route: 200 with the verdict `reject`.",
        query: &[],
        body: Payload::Bytes(&[CMS, ZIP]),
        answer: (200, Payload::Json(shape::<CheckReport>)),
        also: &[],
    },
    Route {
        door: Door::Ingest,
        method: Method::Get,
        path: "/v1/policy",
        id: "policy",
        summary: ["Severities and limits in force", "適用中の点検方針と上限"],
        words: "The answer is itself a policy file for `careplan check --policy`.",
        query: &[],
        body: Payload::None,
        answer: (200, Payload::Json(shape::<EffectivePolicy>)),
        also: &[],
    },
    Route {
        door: Door::Delivery,
        method: Method::Get,
        path: "/v1/inbox",
        id: "listInbox",
        summary: ["What has arrived, oldest first", "受信一覧"],
        words: "Give `next` as `after` to read on; an empty page repeats it. With `wait` an empty page comes after so many seconds at the latest.",
        query: &["office", "after", "limit", "state", "wait"],
        body: Payload::None,
        answer: (200, Payload::Json(shape::<Page<InboxItem>>)),
        also: &[],
    },
    Route {
        door: Door::Delivery,
        method: Method::Get,
        path: "/v1/inbox/{id}",
        id: "fetchEnvelope",
        summary: ["The envelope's bytes, as they were sent", "封筒を受け取る"],
        words: "Its SHA-256 is the id. From the first GET on the sender can no longer withdraw it. ETag and one range are understood.",
        query: &["office"],
        body: Payload::None,
        answer: (200, Payload::Bytes(&[CMS])),
        also: &[
            (206, "The range asked for"),
            (304, "You have it already"),
            (416, "The range lies outside"),
        ],
    },
    Route {
        door: Door::Delivery,
        method: Method::Head,
        path: "/v1/inbox/{id}",
        id: "headEnvelope",
        summary: ["Size and tag of an envelope", "封筒の大きさとタグ"],
        words: "Does not count as fetching.",
        query: &["office"],
        body: Payload::None,
        answer: (200, Payload::None),
        also: &[],
    },
    Route {
        door: Door::Delivery,
        method: Method::Post,
        path: "/v1/inbox/{id}/collected",
        id: "collected",
        summary: ["Say that it was fetched", "受領を知らせる"],
        words: "Again changes nothing; the first time stands.",
        query: &["office"],
        body: Payload::None,
        answer: (200, Payload::Json(shape::<Acknowledged>)),
        also: &[],
    },
    Route {
        door: Door::Delivery,
        method: Method::Post,
        path: "/v1/inbox/{id}/imported",
        id: "imported",
        summary: ["Say how the care software took it in", "取込結果を知らせる"],
        words: "`ok` after `failed` is taken; what is `imported` stays so. The sender sees result and problems.",
        query: &["office"],
        body: Payload::Json(shape::<Imported>),
        answer: (200, Payload::Json(shape::<Acknowledged>)),
        also: &[],
    },
    Route {
        door: Door::Delivery,
        method: Method::Get,
        path: "/v1/events",
        id: "events",
        summary: ["What happens, as it happens", "受信と状態変化の通知（SSE）"],
        words: "Server-sent events, ids only: `envelope` came into the inbox, `status` of a sent one changed; data is JSON of the shape Happening, \
                `id` the place to come back to as Last-Event-ID. Without it the stream begins now. Comments are signs of life; `end` says that \
                the stream ends: `reconnect` and `unavailable` are to be opened again, `rights` is not.",
        query: &["office", "after"],
        body: Payload::None,
        answer: (200, Payload::Bytes(&[EVENTS])),
        also: &[],
    },
    Route {
        door: Door::Delivery,
        method: Method::Get,
        path: "/v1/sent",
        id: "listSent",
        summary: ["What was sent and where it stands", "送信一覧"],
        words: "A change feed: an item moves to the end when its status changes.",
        query: &["office", "after", "limit", "status", "uncollected"],
        body: Payload::None,
        answer: (200, Payload::Json(shape::<Page<SentItem>>)),
        also: &[],
    },
    Route {
        door: Door::Delivery,
        method: Method::Get,
        path: "/v1/sent/{id}",
        id: "sentItem",
        summary: [
            "One sent envelope with history, problems and receipts",
            "送信した封筒の状況",
        ],
        words: "An id nobody knows yet is waited for: `wait` seconds, 2 unless said, since the 202 may come a moment before the list has it. \
                Whoever asks for many that may be missing says `wait=0`.",
        query: &["office", "wait"],
        body: Payload::None,
        answer: (200, Payload::Json(shape::<SentItem>)),
        also: &[],
    },
    Route {
        door: Door::Delivery,
        method: Method::Post,
        path: "/v1/sent/{id}/recall",
        id: "recall",
        summary: ["Take an envelope back", "取り下げる"],
        words: "Withdrawn if its bytes were never handed out; otherwise the destination is asked to disregard it.",
        query: &["office"],
        body: Payload::None,
        answer: (200, Payload::Json(shape::<Recalled>)),
        also: &[],
    },
    Route {
        door: Door::Delivery,
        method: Method::Get,
        path: "/v1/receipts/{id}/{step}",
        id: "receipt",
        summary: ["The signed receipt of a step", "署名付き受領証"],
        words: "A CMS SignedData by the relay over JSON of the shape Receipt. Sender and destination may ask.",
        query: &["office"],
        body: Payload::None,
        answer: (200, Payload::Bytes(&[CMS])),
        also: &[],
    },
    Route {
        door: Door::Delivery,
        method: Method::Get,
        path: "/v1/offices",
        id: "offices",
        summary: ["Find offices", "事業所を探す"],
        words: "",
        query: &["q", "prefecture", "service", "after", "limit"],
        body: Payload::None,
        answer: (200, Payload::Json(shape::<Page<OfficeEntry>>)),
        also: &[],
    },
    Route {
        door: Door::Delivery,
        method: Method::Get,
        path: "/v1/notices",
        id: "notices",
        summary: ["Notices of the operator and reminders", "お知らせ"],
        words: "",
        query: &["office", "after", "limit"],
        body: Payload::None,
        answer: (200, Payload::Json(shape::<Page<NoticeEntry>>)),
        also: &[],
    },
    Route {
        door: Door::Delivery,
        method: Method::Get,
        path: "/v1/me",
        id: "me",
        summary: [
            "Whose certificate this is, licence and certificates",
            "自事業所の登録と電子証明書",
        ],
        words: "",
        query: &[],
        body: Payload::None,
        answer: (200, Payload::Json(shape::<Me>)),
        also: &[],
    },
];
