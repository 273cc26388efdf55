use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// How an object store misbehaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ObjectFault {
    /// It does not.
    #[default]
    None,
    /// It refuses every call.
    Refuse,
    /// It says yes to a write and keeps nothing.
    Lose,
    /// It says yes to a write and keeps something else.
    Damage,
    /// It loses the next write only.
    LoseOnce,
    /// It damages the next write only.
    DamageOnce,
}

/// The hand on the switch of a store's faults; clones share it.
#[derive(Debug, Clone, Default)]
pub struct ObjectFaults {
    fault: Arc<Mutex<ObjectFault>>,
}

/// What is to become of a write.
pub(crate) enum Write {
    Keep(Bytes),
    Lose,
}

impl ObjectFaults {
    /// Makes the store misbehave from here on.
    pub fn set(&self, fault: ObjectFault) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    pub(crate) fn refuses(&self) -> bool {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) == ObjectFault::Refuse
    }

    pub(crate) fn on_write(&self, content: Bytes) -> Write {
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        let now = *fault;
        if matches!(now, ObjectFault::LoseOnce | ObjectFault::DamageOnce) {
            *fault = ObjectFault::None;
        }
        match now {
            ObjectFault::None | ObjectFault::Refuse => Write::Keep(content),
            ObjectFault::Lose | ObjectFault::LoseOnce => Write::Lose,
            ObjectFault::Damage | ObjectFault::DamageOnce => {
                let mut damaged = content.to_vec();
                if let Some(last) = damaged.last_mut() {
                    *last ^= 1;
                }
                Write::Keep(damaged.into())
            }
        }
    }
}
