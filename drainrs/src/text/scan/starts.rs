//! A quick no: whether any word of a list may begin with two given letters.

/// The first two letters of all words of a list, in any case, one bit per pair.
#[derive(Debug)]
pub(crate) struct Starts([u32; 32]);

impl Starts {
    /// From the lower-case beginnings.
    pub(crate) const fn new(beginnings: &[[u8; 2]]) -> Starts {
        let mut rows = [0_u32; 32];
        let mut at = 0;
        while at < beginnings.len() {
            let [first, second] = beginnings[at];
            rows[(first & 31) as usize] |= 1 << (second & 31);
            at += 1;
        }
        Starts(rows)
    }

    /// Whether a word that begins with these two bytes may be on the list. Bytes that are no letters may give a false yes.
    #[inline]
    pub(crate) fn may_begin(&self, first: u8, second: u8) -> bool {
        self.0[usize::from(first & 31)] >> (second & 31) & 1 != 0
    }
}
