//! Work on bytes of others by code of others, which may panic: the panic becomes an error and writes nothing.

use std::{
    any::Any,
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

thread_local! {
    /// How many calls of [`caught`] this thread is in.
    static CAUGHT: Cell<u32> = const { Cell::new(0) };
}

static HOOK: Once = Once::new();

/// The answer of `work`, or the message of its panic. Whatever `work` borrowed and changed is not to be used after a panic.
/// (Work on other threads is not covered: let each of its parts be caught by itself.)
///
/// # Errors
/// The message of the panic.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if CAUGHT.get() == 0 {
                before(panic);
            }
        }));
    });
    CAUGHT.set(CAUGHT.get() + 1);
    let answer = panic::catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(CAUGHT.get() - 1);
    answer.map_err(|panic| message(&*panic))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref().copied());
    text.unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message() {
        assert_eq!(caught(|| 3), Ok(3));
        assert_eq!(caught(|| -> u8 { panic!("no {}", 4) }), Err("no 4".to_owned()));
        assert_eq!(caught(|| -> u8 { panic!("plain") }), Err("plain".to_owned()));
    }
}
