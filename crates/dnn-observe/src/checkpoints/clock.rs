//! When so many seconds have gone by: asked after every step, it looks at the time only now and then.

use std::time::{Duration, Instant};

/// Tells when its time has come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    every: Option<Duration>,
    began: Instant,
    /// Questions since then, and how many there will be at the next look.
    asked: u64,
    look: u64,
}

impl Clock {
    /// A clock whose time never comes.
    pub(super) fn never() -> Self {
        Self { every: None, began: Instant::now(), asked: 0, look: u64::MAX }
    }

    /// A clock whose time comes every so many seconds; at once for a number that is none.
    pub(super) fn every(seconds: f64) -> Self {
        let every = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO);
        Self { every: Some(every), look: 1, ..Self::never() }
    }

    /// Counts from `now`.
    pub(super) fn start(&mut self, now: Instant) {
        let look = if self.every.is_some() { 1 } else { u64::MAX };
        *self = Self { began: now, asked: 0, look, ..*self };
    }

    /// Whether it is time. The next look is half as far away as it would be if all steps were as fast as those so far.
    pub(super) fn due(&mut self, now: impl FnOnce() -> Instant) -> bool {
        self.asked += 1;
        let Some(every) = self.every.filter(|_| self.asked >= self.look) else { return false };
        let gone = now().saturating_duration_since(self.began);
        let left = every.saturating_sub(gone);
        let steps = self.asked as f64 * left.as_secs_f64() / gone.as_secs_f64().max(1e-9);
        self.look = self.asked.saturating_add((0.5 * steps) as u64).max(self.asked + 1);
        left.is_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_comes_after_so_many_seconds_in_few_looks() {
        let start = Instant::now();
        for (step, seconds) in [(1e-6, 1.0), (1e-3, 0.5), (0.3, 1.0), (2.0, 1.0)] {
            let mut clock = Clock::every(seconds);
            clock.start(start);
            let (mut looks, mut steps) = (0, 0);
            loop {
                steps += 1;
                let now = || {
                    looks += 1;
                    start + Duration::from_secs_f64(step * f64::from(steps))
                };
                if clock.due(now) {
                    break;
                }
            }
            let gone = step * f64::from(steps);
            assert!(gone >= seconds * 0.999 && gone < seconds + 1.01 * step, "{steps} steps of {step} s");
            assert!(looks < 40, "{looks} looks in {steps} steps of {step} s");
        }
        assert!(!(0..1000).any(|_| Clock::never().due(Instant::now)));
        assert!(Clock::every(f64::NAN).due(Instant::now));
    }
}
