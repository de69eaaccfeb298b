//! The first bytes of an input are choices, the rest is what is fed.

/// The choices.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choices<const N: usize>([u8; N]);

/// Takes an input apart; what is missing is zero.
pub(super) fn split<const N: usize>(data: &[u8]) -> (Choices<N>, &[u8]) {
    let (head, rest) = data.split_at(N.min(data.len()));
    let mut choices = [0; N];
    choices[..head.len()].copy_from_slice(head);
    (Choices(choices), rest)
}

impl<const N: usize> Choices<N> {
    /// One of `0..among`.
    pub(super) fn pick(&self, at: usize, among: usize) -> usize {
        usize::from(self.0[at]) % among
    }

    /// A bit of a byte.
    pub(super) fn flag(&self, at: usize, bit: u8) -> bool {
        self.0[at] >> bit & 1 != 0
    }
}
