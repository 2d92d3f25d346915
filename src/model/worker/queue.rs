//! Which request comes next: a pure state machine over request identities.
//!
//! Interactive requests come before background ones, first come first served
//! among equals. A background request that was put aside returns to the head of
//! its kind, because it has waited longest.

use std::collections::VecDeque;

/// How many requests may wait in all.
pub const MAX_QUEUED: usize = 64;
/// How many requests of one client may wait.
pub const MAX_QUEUED_BY_CLIENT: usize = 8;

/// A request, named by its client and the client's own number for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobId {
    /// The client.
    pub client: u64,
    /// The client's number for the request.
    pub request: u64,
}

/// The queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// The waiting requests and what each needs.
#[derive(Debug)]
pub struct Queue<T> {
    interactive: VecDeque<(JobId, T)>,
    background: VecDeque<(JobId, T)>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { interactive: VecDeque::new(), background: VecDeque::new() }
    }
}

impl<T> Queue<T> {
    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.interactive.len() + self.background.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether somebody waits for an answer.
    #[must_use]
    pub fn has_interactive(&self) -> bool {
        !self.interactive.is_empty()
    }

    /// The identities of all that wait, next first.
    pub fn ids(&self) -> impl Iterator<Item = JobId> + '_ {
        self.interactive.iter().chain(&self.background).map(|(id, _)| *id)
    }

    /// Adds a request at the end of its kind.
    ///
    /// # Errors
    /// [`Full`] when too many wait, in all or of this client.
    pub fn add(&mut self, id: JobId, interactive: bool, job: T) -> Result<(), Full> {
        let of_client = self.ids().filter(|other| other.client == id.client).count();
        if self.len() >= MAX_QUEUED || of_client >= MAX_QUEUED_BY_CLIENT {
            return Err(Full);
        }
        let kind = if interactive { &mut self.interactive } else { &mut self.background };
        kind.push_back((id, job));
        Ok(())
    }

    /// Puts a background request back that made room for an interactive one.
    pub fn put_back(&mut self, id: JobId, job: T) {
        self.background.push_front((id, job));
    }

    /// Takes the next one.
    pub fn take(&mut self) -> Option<(JobId, T)> {
        self.interactive.pop_front().or_else(|| self.background.pop_front())
    }

    /// Removes what matches, for requests that were cancelled while they waited.
    pub fn remove(&mut self, matches: impl Fn(JobId) -> bool) -> Vec<(JobId, T)> {
        let mut removed = Vec::new();
        for kind in [&mut self.interactive, &mut self.background] {
            for (id, job) in std::mem::take(kind) {
                if matches(id) {
                    removed.push((id, job));
                } else {
                    kind.push_back((id, job));
                }
            }
        }
        removed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(client: u64, request: u64) -> JobId {
        JobId { client, request }
    }

    #[test]
    fn interactive_requests_come_first_and_equals_in_order() {
        let mut queue = Queue::default();
        queue.add(id(1, 1), false, 'a').unwrap();
        queue.add(id(1, 2), true, 'b').unwrap();
        queue.add(id(2, 1), true, 'c').unwrap();
        queue.add(id(2, 2), false, 'd').unwrap();
        let order: String = std::iter::from_fn(|| queue.take()).map(|(_, job)| job).collect();
        assert_eq!(order, "bcad");
    }

    #[test]
    fn what_was_put_back_is_the_first_of_the_background() {
        let mut queue = Queue::default();
        queue.add(id(1, 1), false, 'a').unwrap();
        queue.put_back(id(1, 2), 'b');
        queue.add(id(1, 3), true, 'c').unwrap();
        assert!(queue.has_interactive());
        let order: String = std::iter::from_fn(|| queue.take()).map(|(_, job)| job).collect();
        assert_eq!(order, "cba");
    }

    #[test]
    fn one_client_cannot_fill_the_queue_and_all_together_have_a_limit() {
        let mut queue = Queue::default();
        for request in 0..8 {
            queue.add(id(1, request), true, ()).unwrap();
        }
        assert_eq!(queue.add(id(1, 8), true, ()), Err(Full));
        for client in 2..9 {
            for request in 0..8 {
                queue.add(id(client, request), true, ()).unwrap();
            }
        }
        assert_eq!(queue.add(id(9, 0), true, ()), Err(Full));
    }

    #[test]
    fn removing_takes_only_what_matches() {
        let mut queue = Queue::default();
        queue.add(id(1, 1), true, 'a').unwrap();
        queue.add(id(2, 1), false, 'b').unwrap();
        queue.add(id(1, 2), false, 'c').unwrap();
        let removed = queue.remove(|id| id.client == 1);
        assert_eq!(removed, [(id(1, 1), 'a'), (id(1, 2), 'c')]);
        assert_eq!(queue.ids().collect::<Vec<_>>(), [id(2, 1)]);
    }
}
