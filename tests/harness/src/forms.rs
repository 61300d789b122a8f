//! An operator's browser as far as forms go: its cookie, the token of the desk's pages, and where it says it comes from.

use anyhow::{Context, ensure};
use proto::desk_roles::OperatorRole;
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, COOKIE, ORIGIN, SET_COOKIE};

use crate::Relay;
use crate::files::now;
use crate::office::client;
use crate::operator::enrolled;

/// Who fills in the forms of a relay's desk.
pub struct Forms {
    client: Client,
    url: String,
    cookie: String,
    token: String,
}

impl Forms {
    /// An operator of this name and role, whose browser has a form of the desk before it; the relay's console has to run.
    ///
    /// # Errors
    /// When there is no console, or the store refuses.
    pub async fn of(relay: &Relay, name: &str, role: OperatorRole) -> anyhow::Result<Self> {
        // Who may only look is shown no form: such a one has it still open from before.
        let issued = enrolled(relay, name, OperatorRole::Operate).await?;
        let client = client(relay, Some(&issued))?;
        let url = relay.console_urls().into_iter().next();
        let url = url.context("a relay with a console")?;
        let answer = client.get(format!("{url}/notices")).send().await?;
        let given = answer.headers().get(SET_COOKIE).context("a cookie")?.to_str()?;
        let cookie = given.split(';').next().unwrap_or_default().to_owned();
        let page = answer.text().await?;
        let behind = page.split("name=\"token\" value=\"").nth(1).context("a form")?;
        let token = behind.split('"').next().unwrap_or_default().to_owned();
        ensure!(token.len() == 64, "{page}");
        relay.store.put_operator_role(name, role, now()).await?;
        Ok(Self {
            client,
            url,
            cookie,
            token,
        })
    }

    /// A page as it comes.
    ///
    /// # Errors
    /// When the desk does not answer.
    pub async fn page(&self, path: &str) -> anyhow::Result<String> {
        let request = self.client.get(format!("{}{path}", self.url));
        let answer = request.header(COOKIE, &self.cookie).send().await?;
        Ok(answer.text().await?)
    }

    /// Sends a form; the page that comes of it, a refusal too.
    ///
    /// # Errors
    /// When the desk does not answer.
    pub async fn send(&self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<String> {
        let token = [("token", self.token.as_str())];
        let all = fields.iter().chain(&token);
        let body: Vec<_> = all
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let request = self
            .client
            .post(format!("{}{path}", self.url))
            .header(COOKIE, &self.cookie)
            .header(ORIGIN, &self.url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        Ok(request.body(body.join("&")).send().await?.text().await?)
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
