//! A name server with a zone of a few lines.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::{A, CNAME, MX, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};

/// A name server that runs until it is dropped.
pub struct NameServer {
    /// Where it listens, UDP and TCP.
    pub address: SocketAddr,
    stop: Arc<AtomicBool>,
}

type Zone = BTreeMap<(String, RecordType), Vec<RData>>;

#[expect(clippy::expect_used, reason = "a test without a port has nothing to test")]
impl NameServer {
    /// A zone: `TXT example.com v=spf1 -all` a line, kinds `A`, `TXT`, `MX`, `CNAME`. `SERVFAIL name` fails unless checks are off. What does
    /// not stand there is not there.
    ///
    /// # Panics
    ///
    /// When loopback gives no port, or a line is none.
    #[must_use]
    pub fn start(text: &str) -> Self {
        let mut zone = Zone::new();
        let mut broken = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut words = line.splitn(3, ' ');
            let (kind, name, rest) =
                (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next().unwrap_or_default());
            if kind == "SERVFAIL" {
                broken.push(name.to_owned());
                continue;
            }
            let data = data(kind, rest).expect("a record");
            let kind = RecordType::from_str(kind).expect("a kind");
            zone.entry((name.to_owned(), kind)).or_default().push(data);
        }
        // The same number for both kinds of socket: a few tries find one that is free.
        let (udp, tcp) = (0..50)
            .find_map(|_| {
                let tcp = TcpListener::bind("127.0.0.1:0").ok()?;
                let udp = UdpSocket::bind(tcp.local_addr().ok()?).ok()?;
                Some((udp, tcp))
            })
            .expect("a port on loopback");
        let server = Self { address: udp.local_addr().expect("an address"), stop: Arc::default() };
        let shared = Arc::new((zone, broken));
        let (other, stop) = (Arc::clone(&shared), Arc::clone(&server.stop));
        std::thread::spawn(move || {
            let mut buffer = [0; 2048];
            while let Ok((count, from)) = udp.recv_from(&mut buffer) {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                if let Some(mut reply) = reply(&other, buffer.get(..count).unwrap_or_default()) {
                    if reply.to_vec().is_ok_and(|bytes| bytes.len() > 512) {
                        reply = reply.truncate();
                    }
                    let _ = udp.send_to(&reply.to_vec().unwrap_or_default(), from);
                }
            }
        });
        let stop = Arc::clone(&server.stop);
        std::thread::spawn(move || {
            for mut stream in tcp.incoming().flatten() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let mut length = [0; 2];
                if stream.read_exact(&mut length).is_err() {
                    continue;
                }
                let mut bytes = vec![0; usize::from(u16::from_be_bytes(length))];
                if stream.read_exact(&mut bytes).is_ok()
                    && let Some(bytes) = reply(&shared, &bytes).and_then(|reply| reply.to_vec().ok())
                {
                    let length = u16::try_from(bytes.len()).unwrap_or(0).to_be_bytes();
                    let _ = stream.write_all(&length).and_then(|()| stream.write_all(&bytes));
                }
            }
        });
        server
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.send_to(&[0], self.address));
        let _ = std::net::TcpStream::connect(self.address);
    }
}

fn data(kind: &str, rest: &str) -> Option<RData> {
    Some(match kind {
        "A" => RData::A(A::from_str(rest).ok()?),
        "CNAME" => RData::CNAME(CNAME(Name::from_ascii(rest).ok()?)),
        "MX" => {
            let (preference, name) = rest.split_once(' ')?;
            RData::MX(MX::new(preference.parse().ok()?, Name::from_ascii(name).ok()?))
        }
        "TXT" => RData::TXT(TXT::new(
            rest.as_bytes().chunks(200).map(|part| String::from_utf8_lossy(part).into_owned()).collect(),
        )),
        _ => return None,
    })
}

fn reply(shared: &(Zone, Vec<String>), bytes: &[u8]) -> Option<Message> {
    let (zone, broken) = shared;
    let query = Message::from_vec(bytes).ok()?;
    let mut reply = Message::response(query.metadata.id, query.metadata.op_code);
    let question = query.queries.first()?.clone();
    let (mut name, kind) = (question.name().to_ascii().trim_end_matches('.').to_lowercase(), question.query_type());
    reply.add_query(question);
    if broken.contains(&name) && !query.metadata.checking_disabled {
        reply.metadata.response_code = ResponseCode::ServFail;
        return Some(reply);
    }
    let mut owner = Name::from_ascii(&name).ok()?;
    while let Some([RData::CNAME(alias)]) = zone.get(&(name.clone(), RecordType::CNAME)).map(Vec::as_slice) {
        reply.add_answer(Record::from_rdata(owner, 60, RData::CNAME(alias.clone())));
        owner = alias.0.clone();
        name = owner.to_ascii().trim_end_matches('.').to_lowercase();
    }
    let found = zone.get(&(name.clone(), kind));
    for data in found.into_iter().flatten() {
        reply.add_answer(Record::from_rdata(owner.clone(), 60, data.clone()));
    }
    if found.is_none() && !zone.keys().any(|(known, _)| *known == name) {
        reply.metadata.response_code = ResponseCode::NXDomain;
    }
    Some(reply)
}
