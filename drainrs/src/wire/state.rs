//! What can be written into a section and read again: numbers, texts, lists, and structures of those.
//!
//! A structure is listed once, `state! { Gap { last, mean } }`, so that writing and reading cannot part ways. Reading trusts
//! nothing: a list is never longer than the bytes that are left, a fraction is never infinite or not a number.

use super::{Reader, Writer};
use crate::error::Error;
use crate::id::{ContentId, ServiceId, TemplateId};
use crate::time::Timestamp;

/// See the module.
pub(crate) trait State: Sized {
    /// Appends the value.
    fn write(&self, to: &mut Writer);

    /// Reads a value.
    fn read(from: &mut Reader<'_>) -> Result<Self, Error>;
}

/// Writes and reads structures field by field, in the order given.
macro_rules! state {
    ($($name:ident { $($field:ident),* $(,)? })*) => {$(
        impl $crate::wire::State for $name {
            fn write(&self, to: &mut $crate::wire::Writer) {
                $($crate::wire::State::write(&self.$field, to);)*
            }

            fn read(from: &mut $crate::wire::Reader<'_>) -> Result<Self, $crate::error::Error> {
                Ok($name { $($field: $crate::wire::State::read(from)?),* })
            }
        }
    )*};
}
pub(crate) use state;

macro_rules! unsigned {
    ($($of:ty),*) => {$(
        impl State for $of {
            fn write(&self, to: &mut Writer) {
                to.number(u64::from(*self));
            }

            fn read(from: &mut Reader<'_>) -> Result<Self, Error> {
                let number = from.number()?;
                <$of>::try_from(number).map_err(|_| Reader::damaged(format!("{number} is out of range")))
            }
        }
    )*};
}
unsigned!(u8, u16, u32, u64);

impl State for usize {
    fn write(&self, to: &mut Writer) {
        to.number(*self as u64);
    }

    fn read(from: &mut Reader<'_>) -> Result<usize, Error> {
        let number = from.number()?;
        usize::try_from(number).map_err(|_| Reader::damaged(format!("{number} is out of range")))
    }
}

impl State for i64 {
    fn write(&self, to: &mut Writer) {
        to.signed(*self);
    }

    fn read(from: &mut Reader<'_>) -> Result<i64, Error> {
        from.signed()
    }
}

impl State for i32 {
    fn write(&self, to: &mut Writer) {
        to.signed(i64::from(*self));
    }

    fn read(from: &mut Reader<'_>) -> Result<i32, Error> {
        let number = from.signed()?;
        i32::try_from(number).map_err(|_| Reader::damaged(format!("{number} is out of range")))
    }
}

impl State for bool {
    fn write(&self, to: &mut Writer) {
        to.byte(u8::from(*self));
    }

    fn read(from: &mut Reader<'_>) -> Result<bool, Error> {
        Ok(from.byte()? != 0)
    }
}

impl State for f64 {
    fn write(&self, to: &mut Writer) {
        to.fixed(self.to_le_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<f64, Error> {
        let number = f64::from_le_bytes(from.fixed()?);
        if number.is_finite() { Ok(number) } else { Err(Reader::damaged("a fraction that is no number")) }
    }
}

impl State for f32 {
    fn write(&self, to: &mut Writer) {
        to.fixed(self.to_le_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<f32, Error> {
        let number = f32::from_le_bytes(from.fixed()?);
        if number.is_finite() { Ok(number) } else { Err(Reader::damaged("a fraction that is no number")) }
    }
}

impl State for String {
    fn write(&self, to: &mut Writer) {
        to.bytes(self.as_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<String, Error> {
        let bytes = from.bytes()?;
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| Reader::damaged("a text that is not UTF-8"))
    }
}

impl<T: State> State for Vec<T> {
    fn write(&self, to: &mut Writer) {
        to.number(self.len() as u64);
        self.iter().for_each(|item| item.write(to));
    }

    fn read(from: &mut Reader<'_>) -> Result<Vec<T>, Error> {
        // Item by item: what a count claims is not set aside in advance.
        (0..from.count()?).map(|_| T::read(from)).collect()
    }
}

impl<T: State> State for Option<T> {
    fn write(&self, to: &mut Writer) {
        self.is_some().write(to);
        if let Some(value) = self {
            value.write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Option<T>, Error> {
        if bool::read(from)? { T::read(from).map(Some) } else { Ok(None) }
    }
}

impl<T: State> State for Box<T> {
    fn write(&self, to: &mut Writer) {
        self.as_ref().write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Box<T>, Error> {
        T::read(from).map(Box::new)
    }
}

impl<A: State, B: State> State for (A, B) {
    fn write(&self, to: &mut Writer) {
        self.0.write(to);
        self.1.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<(A, B), Error> {
        Ok((A::read(from)?, B::read(from)?))
    }
}

impl<T: State + Default + Copy, const N: usize> State for [T; N] {
    fn write(&self, to: &mut Writer) {
        self.iter().for_each(|item| item.write(to));
    }

    fn read(from: &mut Reader<'_>) -> Result<[T; N], Error> {
        let mut items = [T::default(); N];
        for item in &mut items {
            *item = T::read(from)?;
        }
        Ok(items)
    }
}

impl State for Timestamp {
    fn write(&self, to: &mut Writer) {
        to.signed(self.as_nanos());
    }

    fn read(from: &mut Reader<'_>) -> Result<Timestamp, Error> {
        from.signed().map(Timestamp::from_nanos)
    }
}

macro_rules! ids {
    ($($of:ident),*) => {$(
        impl State for $of {
            fn write(&self, to: &mut Writer) {
                self.0.write(to);
            }

            fn read(from: &mut Reader<'_>) -> Result<$of, Error> {
                State::read(from).map($of)
            }
        }
    )*};
}
ids!(TemplateId, ServiceId, ContentId);

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Sample {
        text: String,
        list: Vec<(u32, f64)>,
        maybe: Option<Box<i32>>,
        row: [f32; 3],
        at: Timestamp,
    }
    state! { Sample { text, list, maybe, row, at } }

    fn sample() -> Sample {
        Sample {
            text: "é".to_owned(),
            list: vec![(1, -0.5), (u32::MAX, f64::MAX)],
            maybe: Some(Box::new(-7)),
            row: [0.0, 1.5, -2.5],
            at: Timestamp::from_nanos(i64::MIN),
        }
    }

    fn written(value: &impl State) -> Vec<u8> {
        let mut to = Writer::new();
        value.write(&mut to);
        to.finish()
    }

    #[test]
    fn structures_come_back_as_they_were() {
        let body = written(&sample());
        let mut from = Reader::new(&body);
        assert_eq!(Sample::read(&mut from).unwrap(), sample());
        assert!(from.is_empty());
        for cut in 0..body.len() {
            assert!(Sample::read(&mut Reader::new(&body[..cut])).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn numbers_that_are_none_and_lists_that_lie_are_refused() {
        assert!(f64::read(&mut Reader::new(&written(&f64::NAN))).is_err());
        assert!(f32::read(&mut Reader::new(&written(&f32::INFINITY))).is_err());
        assert!(u8::read(&mut Reader::new(&written(&256_u32))).is_err());
        assert!(Vec::<u8>::read(&mut Reader::new(&written(&u64::MAX))).is_err());
    }
}
