//! What a demo has in it: an administrator, an API that is published, and an application that may call it.

use std::{collections::BTreeSet, net::SocketAddr, time::Duration};

use anyhow::{Context, Result};
use gatewright_domain::{
    access::Caller,
    credential::{self, CredentialKind},
    handle::{ApiHandle, ApplicationHandle, ConsumerHandle, PlanHandle},
    id::OperatorId,
    limit::{Rate, RateParts},
    operation::Scope,
    plan::{Lifetime, Terms},
    token::TokenWish,
};
use gatewright_keys::IssuedToken;
use gatewright_operators::{AccessTokenWish, Password};
use gatewright_registry::{OpenPlan, RegisterApi, Subscribe, Upload, VersionAt};
use zeroize::Zeroizing;

use crate::house::House;

/// The sample contract.
const CONTRACT: &[u8] = include_bytes!("../../../assets/orders.yaml");

/// The operator of the demo.
pub(super) const OPERATOR: &str = "ada";

const HOUR: u64 = 3600;

/// What was made, with the secrets that are shown once.
pub(super) struct Town {
    pub(super) login_url: Zeroizing<String>,
    pub(super) password: Zeroizing<String>,
    pub(super) admin_token: Zeroizing<String>,
    pub(super) application: String,
    pub(super) reading: Issued,
    pub(super) writing: Issued,
}

/// A token of the application.
pub(super) struct Issued {
    pub(super) id: String,
    pub(super) text: Zeroizing<String>,
}

/// Builds it, through the same use-cases that the portal and the JSON API use.
pub(super) async fn build(house: &House, upstream: SocketAddr) -> Result<Town> {
    let caller = Caller::command_line();
    let (operator, password) = administrator(house).await?;
    let admin_token = access_token(house, &caller, operator).await?;
    let at = publish(house, &caller, upstream).await?;
    let application = subscribe(house, &caller, at).await?;
    let reading = issue(house, &caller, &application, "reading", &["read"]).await?;
    let writing = issue(house, &caller, &application, "writing", &["read", "write"]).await?;
    // Last of all, so that its quarter of an hour begins when it is shown.
    let link = house
        .operators
        .issue_sign_in_link(&caller, operator)
        .await?;
    Ok(Town {
        login_url: house.place.sign_in_url(link.secret),
        password,
        admin_token,
        application: application.to_string(),
        reading,
        writing,
    })
}

async fn administrator(house: &House) -> Result<(OperatorId, Zeroizing<String>)> {
    // A credential's drawn characters make a good password; its kind would only mislead.
    let drawn = credential::draw(CredentialKind::Session, &*house.entropy).expose_once();
    let password: String = drawn.chars().rev().take(20).collect();
    let chosen = Password::new(password.clone())?;
    let operator = house
        .operators
        .set_up_at_terminal(OPERATOR.parse()?, chosen)
        .await?;
    Ok((operator.id(), Zeroizing::new(password)))
}

async fn access_token(
    house: &House,
    caller: &Caller,
    operator: OperatorId,
) -> Result<Zeroizing<String>> {
    let wish = AccessTokenWish {
        name: "demo".parse()?,
        role: None,
        lifetime: Duration::from_secs(24 * 3600),
    };
    let issued = house
        .operators
        .issue_access_token(caller, operator, wish)
        .await?;
    Ok(issued.text.expose_once())
}

async fn publish(house: &House, caller: &Caller, upstream: SocketAddr) -> Result<VersionAt> {
    let register = RegisterApi {
        name: "orders".parse()?,
        title: Some("Orders".parse()?),
        team: None,
    };
    let api = house.registry.register_api(caller, register).await?;
    let at = VersionAt {
        api: ApiHandle::Id(api.id),
        number: "v1".parse()?,
    };
    let upstream = format!("http://{upstream}").parse()?;
    let registry = &house.registry;
    registry
        .draft_version(caller, &at.api, at.number, upstream)
        .await?;
    let contract = Upload {
        document: CONTRACT.to_vec(),
        reason: None,
        expected: None,
    };
    registry.upload_contract(caller, &at, contract).await?;
    registry.publish_version(caller, &at, None, None).await?;
    Ok(at)
}

async fn subscribe(house: &House, caller: &Caller, at: VersionAt) -> Result<ApplicationHandle> {
    let registry = &house.registry;
    let rate = RateParts {
        requests: 50,
        per_seconds: 1,
        burst: 100,
    };
    let terms = Terms {
        rate: Rate::try_from(rate)?,
        daily_quota: Some(100_000),
        max_token_lifetime: Lifetime::try_from(24 * HOUR)?,
    };
    let name = "standard".parse()?;
    let plan = registry
        .open_plan(caller, &at.api, OpenPlan { name, terms })
        .await?;
    let consumer = registry.register_consumer(caller, "Acme".parse()?).await?;
    let consumer = ConsumerHandle::Id(consumer.id);
    let application = registry
        .register_application(caller, &consumer, "shop".parse()?)
        .await?;
    let application = ApplicationHandle::Id(application.id);
    let scopes = ["read", "write"].map(str::parse).into_iter();
    let subscription = Subscribe {
        at,
        plan: PlanHandle::Id(plan.id),
        scopes: scopes.collect::<Result<_, _>>()?,
    };
    registry
        .subscribe(caller, &application, subscription)
        .await?;
    Ok(application)
}

async fn issue(
    house: &House,
    caller: &Caller,
    application: &ApplicationHandle,
    name: &str,
    scopes: &[&str],
) -> Result<Issued> {
    let scopes = scopes
        .iter()
        .map(|scope| format!("orders:v1:{scope}").parse());
    let wish = TokenWish {
        name: name.parse()?,
        scopes: scopes.collect::<Result<BTreeSet<Scope>, _>>()?,
        lifetime: Lifetime::try_from(24 * HOUR)?,
    };
    let issued = house.keys.issue(caller, application, wish).await;
    let IssuedToken { token, text } = issued.context("could not issue the demo's tokens")?;
    Ok(Issued {
        id: token.id().to_string(),
        text: text.expose_once(),
    })
}
