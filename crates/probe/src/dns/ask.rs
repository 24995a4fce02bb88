//! One question to one name server: UDP, and TCP when the answer does not fit. Messages are read and written by hickory-proto.

use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use hickory_proto::op::{Edns, Message, Query};
use hickory_proto::rr::{Name, RData, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use super::Answer;

const PATIENCE: Duration = Duration::from_secs(3);
const TRIES: usize = 2;
/// No answer at all.
pub(super) const SILENT: &str = "the name server does not answer";

/// Asks `KIND NAME`; with `CD ` in front signatures are not checked.
pub(super) fn ask(server: SocketAddr, question: &str) -> impl Future<Output = Answer> + Send + 'static {
    let question = question.to_owned();
    async move {
        let failed = |code: &str| Answer { code: code.to_owned(), ..Answer::default() };
        let Some((message, kind)) = message(&question) else { return failed("no valid name") };
        let Ok(bytes) = message.to_vec() else { return failed("no valid name") };
        for _ in 0..TRIES {
            let Ok(Some(mut reply)) = timeout(PATIENCE, over_udp(server, &bytes, message.metadata.id)).await else {
                continue;
            };
            if reply.metadata.truncation {
                match timeout(PATIENCE, over_tcp(server, &bytes)).await {
                    Ok(Some(whole)) if whole.metadata.id == message.metadata.id => reply = whole,
                    _ => return failed("the long answer does not come"),
                }
            }
            return answer(&reply, kind);
        }
        failed(SILENT)
    }
}

fn message(question: &str) -> Option<(Message, RecordType)> {
    let (unchecked, rest) = question.strip_prefix("CD ").map_or((false, question), |rest| (true, rest));
    let (kind, name) = rest.split_once(' ')?;
    let kind = RecordType::from_str(kind).ok()?;
    let mut name = Name::from_ascii(name).ok()?;
    name.set_fqdn(true);
    let mut message = Message::query();
    message.metadata.recursion_desired = true;
    message.metadata.checking_disabled = unchecked;
    message.metadata.authentic_data = true;
    message.add_query(Query::query(name, kind));
    let mut edns = Edns::new();
    edns.set_max_payload(1232);
    message.set_edns(edns);
    Some((message, kind))
}

async fn over_udp(server: SocketAddr, bytes: &[u8], id: u16) -> Option<Message> {
    let any = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(any).await.ok()?;
    socket.connect(server).await.ok()?;
    socket.send(bytes).await.ok()?;
    let mut buffer = vec![0; 4096];
    loop {
        let count = socket.recv(&mut buffer).await.ok()?;
        // What is no answer to this question is thrown away.
        if let Ok(message) = Message::from_vec(buffer.get(..count)?)
            && message.metadata.id == id
        {
            return Some(message);
        }
    }
}

async fn over_tcp(server: SocketAddr, bytes: &[u8]) -> Option<Message> {
    let mut stream = TcpStream::connect(server).await.ok()?;
    stream.write_all(&u16::try_from(bytes.len()).ok()?.to_be_bytes()).await.ok()?;
    stream.write_all(bytes).await.ok()?;
    let mut length = [0; 2];
    stream.read_exact(&mut length).await.ok()?;
    let mut buffer = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut buffer).await.ok()?;
    Message::from_vec(&buffer).ok()
}

fn answer(reply: &Message, kind: RecordType) -> Answer {
    let code = match reply.metadata.response_code.low() {
        0 => "NOERROR",
        2 => "SERVFAIL",
        3 => "NXDOMAIN",
        5 => "REFUSED",
        _ => "another error",
    };
    let mut out = Answer { code: code.to_owned(), authentic: reply.metadata.authentic_data, ..Answer::default() };
    for record in &reply.answers {
        match &record.data {
            RData::CNAME(name) => out.aliases.push(name.0.to_ascii().trim_end_matches('.').to_lowercase()),
            RData::TXT(text) => {
                let whole: Vec<u8> = text.txt_data.iter().flat_map(|part| part.iter().copied()).collect();
                out.records.push(String::from_utf8_lossy(&whole).into_owned());
            }
            other if record.record_type() == kind => out.records.push(other.to_string().chars().take(400).collect()),
            _ => {}
        }
    }
    out
}
