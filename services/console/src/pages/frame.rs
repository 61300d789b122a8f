//! The frame around every page.

use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Uri};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::lang::Lang;
use super::visit::Visitor;
use super::words;

/// Path and words of each page of the menu, Japanese first.
const MENU: [(&str, &str, &str); 14] = [
    ("/", "概況", "Overview"),
    ("/search", "封筒を探す", "Search"),
    ("/parked", "確認中の封筒", "Parked"),
    ("/offices", "事業所", "Offices"),
    ("/licences", "ライセンス", "Licences"),
    ("/certificates", "証明書", "Certificates"),
    ("/delegations", "委任", "Delegations"),
    ("/vendors", "業者", "Vendors"),
    ("/webhooks", "Webhook", "Webhooks"),
    ("/products", "製品", "Products"),
    ("/notices", "お知らせ", "Notices"),
    ("/maintenance", "保守作業", "Maintenance"),
    ("/operators", "運用者", "Operators"),
    ("/audit", "操作の記録", "Audit"),
];

/// Where a page is, to come back to it in the other language.
#[derive(Clone, Debug)]
pub(super) struct Place {
    path: String,
    query: String,
}

impl Place {
    /// The place of a request. What answers a form has no address of its own: one comes back to the page of the form.
    pub(super) fn of(uri: &Uri, method: &Method) -> Self {
        if method != Method::GET && method != Method::HEAD {
            let first = uri.path().split('/').nth(1).unwrap_or_default();
            return Self {
                path: format!("/{first}"),
                query: String::new(),
            };
        }
        let pairs = uri.query().unwrap_or_default().split('&');
        let others: Vec<_> = pairs
            .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="))
            .collect();
        Self {
            path: uri.path().to_owned(),
            query: others.join("&"),
        }
    }

    fn in_language(&self, lang: Lang) -> String {
        match self.query.as_str() {
            "" => format!("{}?lang={}", self.path, lang.code()),
            query => format!("{}?{query}&lang={}", self.path, lang.code()),
        }
    }

    fn is_below(&self, entry: &str) -> bool {
        match entry {
            "/" => self.path == "/",
            "/search" => self.path.starts_with("/search") || self.path.starts_with("/envelopes"),
            "/offices" => self.path.starts_with("/offices") || self.path.starts_with("/directory"),
            other => self.path.starts_with(other),
        }
    }
}

/// A page for an operator.
pub(super) fn page(visitor: &Visitor, title: &str, body: &Markup) -> Response {
    let (lang, name) = (visitor.lang, visitor.operator.name.as_str());
    let who = html! { (name) " · " (words::role(lang, visitor.role)) };
    whole(lang, title, &visitor.place, Some(&who), None, body)
}

/// The same, and the browser asks again after so many seconds.
pub(super) fn living_page(visitor: &Visitor, title: &str, seconds: u32, body: &Markup) -> Response {
    let (lang, name) = (visitor.lang, visitor.operator.name.as_str());
    let who = html! { (name) " · " (words::role(lang, visitor.role)) };
    whole(lang, title, &visitor.place, Some(&who), Some(seconds), body)
}

/// A page for somebody who may be nobody.
pub(super) fn bare(lang: Lang, title: &str, place: &Place, body: &Markup) -> Response {
    whole(lang, title, place, None, None, body)
}

fn whole(
    lang: Lang,
    title: &str,
    place: &Place,
    who: Option<&Markup>,
    again: Option<u32>,
    body: &Markup,
) -> Response {
    let other = if lang == Lang::Japanese {
        Lang::English
    } else {
        Lang::Japanese
    };
    let page = html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                @if let Some(seconds) = again { meta http-equiv="refresh" content=(seconds); }
                title { (title) " · careplan-relay" }
                link rel="stylesheet" href="/desk.css";
                link rel="icon" href="data:,";
            }
            body {
                a.skip href="#main" { (lang.of("本文へ", "To the content")) }
                header {
                    p.name { strong { "careplan-relay" } " " (lang.of("運用窓口", "desk")) }
                    nav aria-label=(lang.of("メニュー", "Menu")) {
                        ul {
                            @for (path, japanese, english) in MENU {
                                li {
                                    a href=(path) aria-current=[place.is_below(path).then_some("page")] {
                                        (lang.of(japanese, english))
                                    }
                                }
                            }
                        }
                    }
                    p.who {
                        @if let Some(who) = who { span { (who) } " " }
                        a href=(place.in_language(other)) lang=(other.code()) hreflang=(other.code()) {
                            (other.of("日本語", "English"))
                        }
                    }
                }
                main id="main" {
                    h1 { (title) }
                    (body)
                }
                footer { p { (lang.of("時刻は日本時間です。", "Times are Japan's.")) } }
            }
        }
    };
    let PreEscaped(text) = page;
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_back_to_the_same_page_in_the_other_language() {
        let place = |uri: &'static str, method| Place::of(&Uri::from_static(uri), &method);
        let search = place("/search?office=1&lang=ja", Method::GET);
        assert_eq!(search.in_language(Lang::English), "/search?office=1&lang=en");
        assert_eq!(place("/", Method::GET).in_language(Lang::Japanese), "/?lang=ja");
        assert_eq!(
            place("/parked/confirm", Method::POST).in_language(Lang::English),
            "/parked?lang=en"
        );
        assert!(place("/envelopes/x", Method::GET).is_below("/search") && !search.is_below("/"));
    }
}
