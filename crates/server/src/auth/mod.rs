//! Who it is: passwords, one-time passwords, random tokens.

pub mod password;
pub mod token;
pub mod totp;
