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

/// At most so many a second, and so many without a wait after a pause. Whoever is told to slow down has no more burst and half the pace.
#[derive(Debug)]
pub struct Pace {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    interval: Duration,
    burst: u32,
    next: Option<Instant>,
}

/// The slowest pace that being told to slow down leads to.
const SLOWEST: Duration = Duration::from_millis(500);

impl Pace {
    /// `per_second` on average, `burst` at once. A rate of 0 is no limit.
    #[must_use]
    pub fn new(per_second: f64, burst: u32) -> Self {
        let interval = if per_second > 0.0 { Duration::from_secs_f64(1.0 / per_second) } else { Duration::ZERO };
        Self { state: Mutex::new(State { interval, burst, next: None }) }
    }

    /// Waits for its turn.
    pub async fn turn(&self) {
        let mut state = self.state.lock().await;
        let now = Instant::now();
        let slack = state.interval * state.burst.saturating_sub(1);
        // Time that was not used counts up to the burst.
        let earliest = now.checked_sub(slack).unwrap_or(now);
        let next = state.next.map_or(earliest, |next| next.max(earliest));
        state.next = Some(next + state.interval);
        drop(state);
        if next > now {
            sleep_until(next).await;
        }
    }

    /// Nobody's turn comes before a time, and turns are half as many from then on.
    pub async fn slow_down(&self, time: Duration) {
        let mut state = self.state.lock().await;
        let until = Instant::now() + time;
        // Those that were sent together are told together, and that is one warning.
        if state.next.is_none_or(|next| next < until) {
            state.next = Some(until);
            if state.burst > 1 {
                state.burst = 1;
            } else {
                state.interval = (state.interval * 2).min(SLOWEST.max(state.interval));
            }
        }
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
