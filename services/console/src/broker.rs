//! The broker's management API (HTTP), where the users of channels are made and their queues counted: nothing else is asked of it
//! here.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chassis::config::Secret;
use proto::Channel;
use proto::topology::{CHANNEL_BYTES, CHANNEL_PATTERN, CHANNEL_POLICY, channel_queue};
use reqwest::{Client, Method, Response, StatusCode, Url};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// How long one request may take.
const WITHIN: Duration = Duration::from_secs(10);

/// The management of the broker's virtual host.
#[derive(Clone)]
pub(crate) struct Management {
    client: Client,
    url: Url,
    /// Percent-encoded, as in a path.
    vhost: String,
}

/// An item of a list: a user's name, or a queue's with what waits in it.
#[derive(Deserialize)]
struct Listed {
    name: String,
    messages: Option<u64>,
}

/// Why the broker's management did not do its part.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ManagementError {
    /// `console.management_url` is not set.
    #[error("console.management_url is not set")]
    Unset,
    /// `console.management_url` cannot be used.
    #[error("console.management_url is not https://user:password@host:port/vhost")]
    Url,
    /// It could not be asked.
    #[error("ask the broker's management")]
    Ask(#[source] reqwest::Error),
    /// It said no.
    #[error("the broker's management answered {status} to {method} {path}")]
    Answer {
        /// The method.
        method: Method,
        /// Below `/api/`.
        path: String,
        /// Its answer.
        status: StatusCode,
    },
}

impl Management {
    /// Reads `https://user:password@host:port/vhost`; opens no connection.
    ///
    /// # Errors
    /// When it is none; its words are not repeated.
    pub(crate) fn at(url: &Secret) -> Result<Self, ManagementError> {
        if url.is_empty() {
            return Err(ManagementError::Unset);
        }
        let parsed: Url = url.expose().parse().map_err(|_| ManagementError::Url)?;
        let vhost = parsed.path().trim_start_matches('/').to_owned();
        let fits = matches!(parsed.scheme(), "http" | "https")
            && parsed.has_host()
            && !parsed.username().is_empty()
            && !vhost.is_empty()
            && !vhost.contains('/');
        if !fits {
            return Err(ManagementError::Url);
        }
        let client = Client::builder()
            .no_proxy()
            .timeout(WITHIN)
            .build()
            .map_err(|error| ManagementError::Ask(error.without_url()))?;
        Ok(Self {
            client,
            url: parsed,
            vhost,
        })
    }

    /// Whether the channel's user is there.
    pub(crate) async fn has_user(&self, channel: &Channel) -> Result<bool, ManagementError> {
        self.is_there(&format!("users/{channel}")).await
    }

    /// Makes the channel's user, or gives it this password.
    pub(crate) async fn put_user(&self, channel: &Channel, password: &Secret) -> Result<(), ManagementError> {
        let user = json!({ "password": password.expose(), "tags": "" });
        self.put(&format!("users/{channel}"), &user).await
    }

    /// Lets the channel's user submit, acknowledge, and read its own queue, and nothing else; bounds the queues, unless an
    /// operator has done so.
    pub(crate) async fn permit(&self, channel: &Channel) -> Result<(), ManagementError> {
        let path = format!("permissions/{}/{channel}", self.vhost);
        let permissions = channel.permissions();
        let permissions = json!({
            "configure": permissions.configure, "write": permissions.write, "read": permissions.read,
        });
        self.put(&path, &permissions).await?;
        let path = format!("policies/{}/{CHANNEL_POLICY}", self.vhost);
        if self.is_there(&path).await? {
            return Ok(());
        }
        let policy = json!({
            "pattern": CHANNEL_PATTERN,
            "definition": { "max-length-bytes": CHANNEL_BYTES },
            "apply-to": "queues",
            "priority": 0,
        });
        self.put(&path, &policy).await
    }

    /// Makes the channel's queue with its binding: whoever was just let in can read it, and the first answer to him is not lost.
    pub(crate) async fn declare(&self, channel: &Channel) -> Result<(), ManagementError> {
        let queue = channel_queue(channel);
        let arguments: Map<String, Value> = queue
            .arguments
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Value::from(*value)))
            .collect();
        let body = json!({ "durable": true, "auto_delete": false, "arguments": arguments });
        self.put(&format!("queues/{}/{channel}", self.vhost), &body)
            .await?;
        for (exchange, key) in &queue.bindings {
            let path = format!("bindings/{}/e/{exchange}/q/{channel}", self.vhost);
            let status = self
                .ask(Method::POST, &path, Some(&json!({ "routing_key": key })))
                .await?;
            if !status.is_success() {
                return Err(answer(Method::POST, &path, status));
            }
        }
        Ok(())
    }

    /// Removes the channel's user, which ends its connections, and its queue; whether the user was there.
    pub(crate) async fn remove(&self, channel: &Channel) -> Result<bool, ManagementError> {
        let had = self.delete(&format!("users/{channel}")).await?;
        self.delete(&format!("queues/{}/{channel}", self.vhost)).await?;
        Ok(had)
    }

    /// The names of all users.
    pub(crate) async fn users(&self) -> Result<BTreeSet<String>, ManagementError> {
        let users = self.list("users?columns=name").await?;
        Ok(users.into_iter().map(|user| user.name).collect())
    }

    /// How many messages wait in each queue of the virtual host, by the queue's name.
    pub(crate) async fn waiting(&self) -> Result<BTreeMap<String, u64>, ManagementError> {
        let path = format!("queues/{}?columns=name,messages", self.vhost);
        let queues = self.list(&path).await?;
        // A queue that was made a moment ago has not been counted yet.
        let counted = |queue: Listed| (queue.name, queue.messages.unwrap_or(0));
        Ok(queues.into_iter().map(counted).collect())
    }

    async fn list(&self, path: &str) -> Result<Vec<Listed>, ManagementError> {
        let response = self.send(Method::GET, path, None).await?;
        if !response.status().is_success() {
            return Err(answer(Method::GET, path, response.status()));
        }
        let items = response.json().await;
        items.map_err(|error| ManagementError::Ask(error.without_url()))
    }

    async fn is_there(&self, path: &str) -> Result<bool, ManagementError> {
        let status = self.ask(Method::GET, path, None).await?;
        expect(Method::GET, path, status)
    }

    async fn put(&self, path: &str, body: &Value) -> Result<(), ManagementError> {
        let status = self.ask(Method::PUT, path, Some(body)).await?;
        if expect(Method::PUT, path, status)? {
            return Ok(());
        }
        Err(answer(Method::PUT, path, status))
    }

    async fn delete(&self, path: &str) -> Result<bool, ManagementError> {
        let status = self.ask(Method::DELETE, path, None).await?;
        expect(Method::DELETE, path, status)
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<StatusCode, ManagementError> {
        Ok(self.send(method, path, body).await?.status())
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response, ManagementError> {
        // User and password stay in the address; the client makes its header of them.
        let mut url = self.url.clone();
        let (path, query) = path
            .split_once('?')
            .map_or((path, None), |(path, query)| (path, Some(query)));
        url.set_path(&format!("api/{path}"));
        url.set_query(query);
        let mut request = self.client.request(method, url);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await;
        answer.map_err(|error| ManagementError::Ask(error.without_url()))
    }
}

/// Whether it is, or was, there.
fn expect(method: Method, path: &str, status: StatusCode) -> Result<bool, ManagementError> {
    if status.is_success() {
        return Ok(true);
    }
    if status == StatusCode::NOT_FOUND {
        return Ok(false);
    }
    Err(answer(method, path, status))
}

fn answer(method: Method, path: &str, status: StatusCode) -> ManagementError {
    ManagementError::Answer {
        method,
        path: path.to_owned(),
        status,
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;

    use super::*;

    /// One that gives these answers, a connection each; what it was asked.
    async fn answering(listener: TcpListener, answers: [&str; 2]) -> Vec<String> {
        let mut asked = Vec::new();
        for answer in answers {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                assert_ne!(stream.read_line(&mut head).await.unwrap(), 0, "{head}");
            }
            asked.push(head.lines().next().unwrap().to_owned());
            let length = answer.len();
            let whole =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{answer}");
            stream.write_all(whole.as_bytes()).await.unwrap();
        }
        asked
    }

    #[tokio::test]
    async fn two_questions_tell_of_all_channels() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://u:p@{}/careplan", listener.local_addr().unwrap());
        let broker = Management::at(&url.as_str().into()).unwrap();
        let asked = tokio::spawn(answering(
            listener,
            [
                r#"[{"name":"vendor.abc"},{"name":"guest"}]"#,
                r#"[{"name":"vendor.abc","messages":3},{"name":"office.0300000100"}]"#,
            ],
        ));
        let users = broker.users().await.unwrap();
        assert!(users.contains("vendor.abc") && !users.contains("office.0300000100"));
        let waiting = broker.waiting().await.unwrap();
        assert_eq!(waiting.get("vendor.abc"), Some(&3));
        assert_eq!(waiting.get("office.0300000100"), Some(&0));
        assert_eq!(waiting.get("vendor.x"), None);
        assert_eq!(
            asked.await.unwrap(),
            [
                "GET /api/users?columns=name HTTP/1.1",
                "GET /api/queues/careplan?columns=name,messages HTTP/1.1"
            ]
        );
        let gone = broker.users().await;
        assert!(matches!(gone, Err(ManagementError::Ask(_))));
    }

    #[test]
    fn an_address_names_user_and_vhost_and_is_never_repeated() {
        for good in [
            "https://u:p@host:15671/%2f",
            "http://u:p@127.0.0.1:15672/careplan",
        ] {
            assert!(Management::at(&good.into()).is_ok(), "{good}");
        }
        for bad in [
            "https://host/careplan",
            "https://u:hidden@host",
            "https://u:hidden@host/a/b",
            "amqp://u:hidden@host/a",
            "hidden",
        ] {
            let error = Management::at(&bad.into()).err().unwrap();
            assert!(
                matches!(error, ManagementError::Url) && !error.to_string().contains("hidden"),
                "{bad}"
            );
        }
        assert!(matches!(Management::at(&"".into()), Err(ManagementError::Unset)));
    }
}
