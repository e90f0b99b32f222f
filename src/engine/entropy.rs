//! Where a render's randomness and its clock come from: a stream of random bytes per template file and one moment, both
//! given from outside, so that the same render gives the same bytes.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use minijinja::State;
use minijinja::value::{Object, ObjectRepr};
use sha2::Sha256;

/// The global under which functions find it; no template can spell this name.
pub(super) const NAME: &str = "\0entropy";

type Seed = dyn Fn() -> Result<[u8; 32], String> + Send + Sync;

/// Randomness and clock of one render.
///
/// Each top-level template has a `ChaCha20` stream of its own, keyed by the HMAC-SHA-256 of the seed and the template's
/// path: a new call in one file changes no other file. Templates are rendered one after the other.
pub struct Entropy {
    seed: Box<Seed>,
    now: i64,
    stream: Mutex<Stream>,
}

#[derive(Default)]
struct Stream {
    template: String,
    known_seed: Option<[u8; 32]>,
    random: Option<ChaCha20Rng>,
}

impl Entropy {
    /// Randomness from a seed, which is asked for once and only when a random function is called; `now` is in seconds
    /// since 1970. The seed's error is told to the user.
    pub fn new(seed: impl Fn() -> Result<[u8; 32], String> + Send + Sync + 'static, now: i64) -> Self {
        Self { seed: Box::new(seed), now, stream: Mutex::default() }
    }

    /// The time of the render, in seconds since 1970.
    pub(super) fn now(&self) -> i64 {
        self.now
    }

    /// Starts the stream of a top-level template.
    pub(super) fn begin(&self, template: &str) {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        template.clone_into(&mut stream.template);
        stream.random = None;
    }

    /// Hands the current stream to `draw`.
    ///
    /// # Errors
    /// Why there is no seed.
    pub(super) fn draw<T>(&self, draw: impl FnOnce(&mut ChaCha20Rng) -> T) -> Result<T, String> {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let seed = match stream.known_seed {
            Some(seed) => seed,
            None => *stream.known_seed.insert((self.seed)()?),
        };
        let key = || ChaCha20Rng::from_seed(stream_key(&seed, &stream.template));
        if stream.random.is_none() {
            stream.random = Some(key());
        }
        Ok(draw(stream.random.as_mut().expect("the stream was started above")))
    }

    /// The entropy of the render that a function is called in.
    pub(super) fn of(state: &State<'_, '_>) -> Arc<Self> {
        let found = state.lookup(NAME).and_then(|value| value.downcast_object::<Self>());
        found.unwrap_or_else(|| Arc::new(Self::default()))
    }
}

impl Default for Entropy {
    /// No randomness, and the beginning of 1970.
    fn default() -> Self {
        Self::new(|| Err("has no source of randomness in this render".to_owned()), 0)
    }
}

fn stream_key(seed: &[u8; 32], template: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(seed).expect("HMAC takes keys of any length");
    mac.update(template.as_bytes());
    mac.finalize().into_bytes().into()
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entropy").field("now", &self.now).finish_non_exhaustive()
    }
}

impl Object for Entropy {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }
}

#[cfg(test)]
mod tests {
    use chacha20::rand_core::Rng as _;

    use super::*;

    fn numbers(seed: u8, template: &str) -> [u64; 2] {
        let entropy = Entropy::new(move || Ok([seed; 32]), 0);
        entropy.begin(template);
        entropy.draw(|random| [random.next_u64(), random.next_u64()]).expect("a seed")
    }

    #[test]
    fn a_stream_follows_seed_and_template() {
        assert_eq!(numbers(1, "a"), numbers(1, "a"));
        assert_ne!(numbers(1, "a"), numbers(2, "a"));
        assert_ne!(numbers(1, "a"), numbers(1, "b"));
        assert_ne!(numbers(1, "a")[0], numbers(1, "a")[1]);
    }

    #[test]
    fn a_draw_more_in_one_template_leaves_the_next_as_it_was() {
        let entropy = Entropy::new(|| Ok([1; 32]), 0);
        entropy.begin("a");
        let _ = entropy.draw(ChaCha20Rng::next_u64);
        entropy.begin("b");
        assert_eq!(entropy.draw(ChaCha20Rng::next_u64), Ok(numbers(1, "b")[0]));
    }

    #[test]
    fn the_seed_is_asked_for_once_and_only_when_needed() {
        let asked = Arc::new(Mutex::new(0));
        let count = Arc::clone(&asked);
        let seed = move || {
            *count.lock().expect("nobody panicked") += 1;
            Ok([1; 32])
        };
        let entropy = Entropy::new(seed, 0);
        entropy.begin("a");
        assert_eq!(*asked.lock().expect("nobody panicked"), 0);
        for template in ["a", "b"] {
            entropy.begin(template);
            let _ = entropy.draw(ChaCha20Rng::next_u64);
        }
        assert_eq!(*asked.lock().expect("nobody panicked"), 1);
    }

    #[test]
    fn debug_tells_no_seed() {
        let entropy = Entropy::new(|| Ok([77; 32]), 5);
        let _ = entropy.draw(ChaCha20Rng::next_u64);
        assert_eq!(format!("{entropy:?}"), "Entropy { now: 5, .. }");
    }
}
