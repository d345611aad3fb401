//! What tests do with a token of SoftHSM 2 behind the code that is tested.

use std::path::PathBuf;

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    mechanism::Mechanism,
    object::{Attribute, ObjectClass},
    session::{Session, UserType},
    types::AuthPin,
};
use gatewright_testkit::softhsm::{self, PIN};

pub(crate) use gatewright_testkit::softhsm::Ran;

pub(crate) fn with_token(test: &str) -> Ran {
    softhsm::with_token(test).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn tokens() -> PathBuf {
    softhsm::tokens().unwrap()
}

/// A session that may make keys.
pub(crate) fn session() -> Session {
    let context = Pkcs11::new(softhsm::module().unwrap()).unwrap();
    let how = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    // The code under test may have been first.
    let _ = context.initialize(how);
    let slots = context.get_slots_with_initialized_token().unwrap();
    let session = context.open_rw_session(slots[0]).unwrap();
    let _ = session.login(UserType::User, Some(&AuthPin::from(PIN.to_owned())));
    session
}

/// A secret key that is fit, but for what `besides` changes.
pub(crate) fn make_key(session: &Session, label: &str, id: u8, besides: &[Attribute]) {
    let mut template = vec![
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Encrypt(true),
        Attribute::Decrypt(true),
        Attribute::Label(label.as_bytes().to_vec()),
        Attribute::Id(vec![id]),
    ];
    let says = |wanted: fn(&Attribute) -> bool| besides.iter().any(wanted);
    if !says(|one| matches!(one, Attribute::ValueLen(_))) {
        template.push(Attribute::ValueLen(32.into()));
    }
    if !says(|one| matches!(one, Attribute::Extractable(_))) {
        template.push(Attribute::Extractable(false));
    }
    template.extend_from_slice(besides);
    session
        .generate_key(&Mechanism::AesKeyGen, &template)
        .unwrap();
}

/// The address of a key in the child's token.
pub(crate) fn address(label: &str) -> String {
    let module = softhsm::module().unwrap();
    format!(
        "pkcs11:token=gatewright;object={label}?module-path={}",
        module.display()
    )
}
