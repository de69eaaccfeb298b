//! The C library as its users see it.

mod header;
