//! The five ways around the write path, as doctests: each must fail to compile, and the honest way beside them must not.
//!
//! Doctests and not `trybuild`, because that builds everything below this crate a second time, two C libraries included.

#[doc = include_str!("../tests/forgeries/honest.md")]
struct Honest;

#[doc = include_str!("../tests/forgeries/forge_a_permit.md")]
struct ForgeAPermit;

#[doc = include_str!("../tests/forgeries/forge_a_change.md")]
struct ForgeAChange;

#[doc = include_str!("../tests/forgeries/write_a_bare_value.md")]
struct WriteABareValue;

#[doc = include_str!("../tests/forgeries/write_without_a_permit.md")]
struct WriteWithoutAPermit;

#[doc = include_str!("../tests/forgeries/assign_a_status.md")]
struct AssignAStatus;
