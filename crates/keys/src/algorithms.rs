//! What the tokens of an API are signed with: chosen for each, and in force once those who verify them can know the keys.

use gatewright_domain::{
    access::{Action, Caller, Denied},
    api::{Api, ChoiceError, Earlier, TokenRings},
    handle::ApiHandle,
    key::Algorithm,
    revision::Revision,
    ring::Haste,
};
use gatewright_store::{StoreError, expect};

use crate::{JwksError, Keys};

/// What is chosen for an API.
#[derive(Clone, Debug)]
pub struct AlgorithmWish {
    /// The algorithm; nothing for what the installation says.
    pub chosen: Option<Algorithm>,
    /// Whether it signs before everybody can know its keys.
    pub haste: Haste,
    /// The revision at which the API was seen, if they said which.
    pub at: Option<Revision>,
}

/// What the tokens of an API are signed with now, and next.
#[derive(Clone, Debug)]
pub struct ApiSigning {
    /// The API.
    pub api: Api,
    /// What signs its tokens now.
    pub signs: Algorithm,
    /// What signs then.
    pub next: Algorithm,
    /// What still signs, and until when, while the next does not.
    pub waits: Option<Earlier>,
    /// The algorithms whose keys its key set shows, as `ES256+RS256`.
    pub shown: String,
}

/// Why nothing was chosen.
#[derive(Debug, thiserror::Error)]
pub enum AlgorithmError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such API among those the caller sees.
    #[error("no such API")]
    NotFound,
    /// The rules refuse.
    #[error(transparent)]
    Refused(#[from] ChoiceError),
    /// Somebody else changed the API meanwhile.
    #[error("the API was changed meanwhile; look again and repeat")]
    Stale,
    /// Its key set cannot be made.
    #[error("the key set of the API cannot be made")]
    KeySet(#[from] JwksError),
    /// The store failed.
    #[error("the API could not be read or stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for AlgorithmError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Stale => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl Keys {
    /// What the tokens of an API are signed with.
    ///
    /// # Errors
    /// `NotFound`; `KeySet`; `Store`.
    pub async fn api_signing(
        &self,
        caller: &Caller,
        api: &ApiHandle,
    ) -> Result<ApiSigning, AlgorithmError> {
        let api = self.store.reader().as_seen_by(caller).find_api(api).await?;
        self.signing_of(api).await
    }

    /// Chooses what an API's tokens are signed with. From now on the key set of the API shows its keys; they sign once they
    /// have been there for the lead of their rings, unless in haste. Tokens that were signed before stay good.
    ///
    /// # Errors
    /// Every variant of `AlgorithmError`.
    pub async fn choose_algorithm(
        &self,
        caller: &Caller,
        api: &ApiHandle,
        wish: AlgorithmWish,
    ) -> Result<ApiSigning, AlgorithmError> {
        let now = self.clock.now();
        let found = self.store.reader().as_seen_by(caller).find_api(api).await?;
        let (action, on) = (Action::ChooseAlgorithm, found.reference().subject());
        let permit = self.store.permit(caller, action, on, now).await?;
        let rings = self.read_rings().await?;
        let installation = self.config.token_algorithm;
        let AlgorithmWish { chosen, haste, at } = wish;
        let api = self
            .store
            .write(permit, now, async move |tx| {
                let api = tx.api(found.id).await?;
                expect(&api, at)?;
                let rings = TokenRings {
                    rings: &rings,
                    installation,
                };
                let change = api.choose_algorithm(chosen, haste, rings, now)?;
                Ok::<_, AlgorithmError>(tx.write(change).await?)
            })
            .await?;
        self.signing_of(api).await
    }

    async fn signing_of(&self, api: Api) -> Result<ApiSigning, AlgorithmError> {
        let (now, installation) = (self.clock.now(), self.config.token_algorithm);
        let set = self.key_set_to_be(api.name.as_str()).await?;
        let algorithm = &api.token_algorithm;
        let signs = algorithm.signs(installation, now);
        Ok(ApiSigning {
            signs,
            next: algorithm.meant(installation),
            waits: algorithm.waits(now),
            shown: set.map_or_else(|| signs.to_string(), |set| set.shown.to_string()),
            api,
        })
    }
}
