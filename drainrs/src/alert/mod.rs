//! Alerting: being written.
