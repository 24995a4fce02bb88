//! Opening connections: one place that counts them, paces them and gives up in time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until, timeout};

/// Longest wait for a connection and for each answer to a hello.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// At most so many a second, and so many at once after a pause.
#[derive(Debug)]
pub struct Pace {
    interval: Duration,
    burst: u32,
    state: Mutex<Option<Instant>>,
}

impl Pace {
    /// `per_second` on average, `burst` at once. A rate of 0 is no limit.
    #[must_use]
    pub fn new(per_second: f64, burst: u32) -> Self {
        let interval = if per_second > 0.0 { Duration::from_secs_f64(1.0 / per_second) } else { Duration::ZERO };
        Self { interval, burst, state: Mutex::new(None) }
    }

    /// Waits for its turn.
    pub async fn turn(&self) {
        if self.interval.is_zero() {
            return;
        }
        let mut state = self.state.lock().await;
        let now = Instant::now();
        let slack = self.interval * self.burst.saturating_sub(1);
        // Time that was not used counts up to the burst.
        let next = state.map_or(now, |next| next.max(now.checked_sub(slack).unwrap_or(now)));
        *state = Some(next + self.interval);
        drop(state);
        if next > now {
            sleep_until(next).await;
        }
    }

    /// Nobody's turn comes before a time.
    pub async fn pause(&self, time: Duration) {
        let mut state = self.state.lock().await;
        let until = Instant::now() + time;
        *state = Some(state.map_or(until, |next| next.max(until)));
    }
}

/// Why there is no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing answers on the port.
    Refused,
    /// No answer in time.
    Timeout,
    /// Broken off.
    Reset,
}

impl Trouble {
    /// In words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Refused => "the connection is refused",
            Self::Timeout => "no connection in time",
            Self::Reset => "the connection breaks off",
        }
    }
}

/// Opens connections to one address.
#[derive(Debug, Clone)]
pub struct Dialer {
    /// Where.
    pub address: SocketAddr,
    pace: Arc<Pace>,
    count: Arc<AtomicU32>,
}

impl Dialer {
    /// For an address.
    #[must_use]
    pub fn new(address: SocketAddr, pace: Pace) -> Self {
        Self { address, pace: Arc::new(pace), count: Arc::new(AtomicU32::new(0)) }
    }

    /// The same pace and count for another port.
    #[must_use]
    pub fn port(&self, port: u16) -> Self {
        Self { address: SocketAddr::new(self.address.ip(), port), ..self.clone() }
    }

    /// Connections so far.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count.load(Ordering::Relaxed)
    }

    /// Opens one when it is its turn.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub async fn connect(&self) -> Result<TcpStream, Trouble> {
        self.pace.turn().await;
        self.count.fetch_add(1, Ordering::Relaxed);
        match timeout(PATIENCE, TcpStream::connect(self.address)).await {
            Err(_) => Err(Trouble::Timeout),
            Ok(Ok(stream)) => {
                let _ = stream.set_nodelay(true);
                Ok(stream)
            }
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => Err(Trouble::Refused),
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::TimedOut => Err(Trouble::Timeout),
            Ok(Err(_)) => Err(Trouble::Reset),
        }
    }
}
