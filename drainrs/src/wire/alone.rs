//! Snapshots of machines that a host uses alone, outside of a pipeline: a container with the one section that the machine
//! writes into a pipeline's snapshot, too.

/// Gives machines `snapshot` and `restore`, each with the tag of its section.
macro_rules! alone {
    ($($machine:ident of $config:ident, $tag:literal;)*) => {$(
        impl $machine {
            /// What it knows, in bytes: versioned, checksummed, the same for the same state. Settings are not part of it.
            pub fn snapshot(&self) -> Vec<u8> {
                let mut to = $crate::wire::Writer::new();
                self.write(&mut to);
                $crate::wire::seal(&[(*$tag, to.finish())])
            }

            /// Goes on where a snapshot was taken, under the settings that it was taken under.
            ///
            /// # Errors
            ///
            /// Wrong settings, a damaged snapshot, one of another machine, or one of a later version.
            pub fn restore(snapshot: &[u8], config: &$config) -> Result<$machine, $crate::error::Error> {
                let sections = $crate::wire::open(snapshot)?;
                let mut from = $crate::wire::Reader::new(sections.get(*$tag)?);
                let machine = $machine::read(&mut from, config)?;
                if from.is_empty() {
                    return Ok(machine);
                }
                Err($crate::wire::Reader::damaged("there is more than the machine wrote: its settings were others"))
            }
        }
    )*};
}
pub(crate) use alone;
