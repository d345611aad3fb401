//! The closed catalogue of audit events: each kind's name in the trail, and the actions whose permit may write it.

use std::{fmt, str::FromStr};

use crate::access::Action;

/// A name that is not in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an event of the catalogue; names are `noun.verb`, for instance version.publish")]
pub struct NotAKind;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal by $($action:ident)|+;)*) => {
        /// What happened: `noun.verb` on the wire.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
            /// The policy forbade an action.
            AccessDenied(Action),
        }

        impl Kind {
            /// Every kind, in the order of the catalogue; `access.deny` stands once, whatever was denied.
            pub const NAMES: &'static [&'static str] = &[$($name,)* "access.deny"];

            /// The name in the trail.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                    Self::AccessDenied(_) => "access.deny",
                }
            }

            /// The actions whose permit may write this kind.
            #[must_use]
            pub const fn actions(self) -> &'static [Action] {
                match self {
                    $(Self::$kind => &[$(Action::$action),+],)*
                    Self::AccessDenied(_) => &[],
                }
            }
        }

        impl FromStr for Kind {
            type Err = NotAKind;

            /// Reads every name but `access.deny`, whose action stands beside it in the event.
            fn from_str(name: &str) -> Result<Self, NotAKind> {
                match name {
                    $($name => Ok(Self::$kind),)*
                    _ => Err(NotAKind),
                }
            }
        }
    };
}

kinds! {
    /// The first administrator was made with the set-up link.
    InstallationSetUp = "installation.set-up" by SetUp;
    /// The server started.
    ServerStarted = "server.start" by Operate;
    /// Somebody signed in.
    SignedIn = "session.start" by SignIn | SetUp;
    /// A sign-in failed.
    SignInFailed = "session.refuse" by SignIn;
    /// Somebody signed out.
    SignedOut = "session.end" by SignOut;
    /// A team was formed.
    TeamFormed = "team.form" by FormTeam | SetUp | Operate;
    /// An operator was admitted.
    OperatorAdmitted = "operator.admit" by AdmitOperator | SetUp;
    /// An operator's role or teams changed.
    OperatorReassigned = "operator.reassign" by ReassignOperator;
    /// An operator was disabled.
    OperatorDisabled = "operator.disable" by DisableOperator;
    /// An operator was enabled again.
    OperatorEnabled = "operator.enable" by EnableOperator;
    /// A password changed.
    PasswordChanged = "operator.change-password" by ChangePassword | ResetPassword;
    /// A link that signs an operator in once was issued at the terminal.
    SignInLinkIssued = "operator.issue-sign-in-link" by IssueSignInLink;
    /// A personal access token was issued.
    AccessTokenIssued = "access-token.issue" by IssueAccessToken;
    /// A personal access token was revoked.
    AccessTokenRevoked = "access-token.revoke" by RevokeAccessToken;
    /// An API was registered.
    ApiRegistered = "api.register" by RegisterApi;
    /// An API's title or description changed.
    ApiEdited = "api.edit" by EditApi;
    /// What an API's tokens are signed with was chosen.
    AlgorithmChosen = "api.choose-algorithm" by ChooseAlgorithm;
    /// The ruleset that an API's contracts must have no error of was chosen.
    RulesetChosen = "api.choose-ruleset" by ChooseRuleset;
    /// A version was drafted.
    VersionDrafted = "version.draft" by DraftVersion;
    /// A draft's or live version's upstream changed.
    VersionRedirected = "version.redirect" by EditVersion;
    /// What becomes of a version's calls at gateways that are out of date changed.
    VersionStalenessAgreed = "version.agree-staleness" by EditVersion;
    /// A contract was uploaded, as a new revision.
    ContractUploaded = "contract.upload" by UploadContract;
    /// A version took a revision of its contract into use.
    ContractAdopted = "version.adopt-contract" by UploadContract;
    /// A version was published.
    VersionPublished = "version.publish" by PublishVersion;
    /// A version was deprecated.
    VersionDeprecated = "version.deprecate" by DeprecateVersion;
    /// A version was retired.
    VersionRetired = "version.retire" by RetireVersion;
    /// A version was blocked.
    VersionBlocked = "version.block" by BlockVersion;
    /// A version was unblocked.
    VersionUnblocked = "version.unblock" by UnblockVersion;
    /// A draft was discarded.
    VersionDiscarded = "version.discard" by DiscardVersion;
    /// A plan was opened.
    PlanOpened = "plan.open" by OpenPlan;
    /// A plan's terms changed.
    PlanEdited = "plan.edit" by EditPlan;
    /// A plan was closed.
    PlanClosed = "plan.close" by ClosePlan;
    /// A consumer was registered.
    ConsumerRegistered = "consumer.register" by RegisterConsumer;
    /// An application was registered.
    ApplicationRegistered = "application.register" by RegisterApplication | RegisterOneself;
    /// An application was disabled.
    ApplicationDisabled = "application.disable" by DisableApplication | ManageOwnRegistration;
    /// An application was enabled again.
    ApplicationEnabled = "application.enable" by EnableApplication;
    /// Every token of an application was revoked.
    ApplicationTokensRevoked = "application.revoke-tokens" by RevokeAllTokens | ManageOwnRegistration;
    /// What an application may ask the token endpoint for changed.
    ClientEdited = "client.edit" by EditClient | RegisterOneself | ManageOwnRegistration;
    /// A client secret was issued.
    ClientSecretIssued = "client-secret.issue" by IssueClientSecret | RegisterOneself | ManageOwnRegistration;
    /// A client secret was given an end, since it has a successor.
    ClientSecretEnding = "client-secret.overlap" by IssueClientSecret;
    /// A client secret was revoked.
    ClientSecretRevoked = "client-secret.revoke" by RevokeClientSecret | ManageOwnRegistration;
    /// A token was minted with which applications register themselves.
    InitialTokenIssued = "initial-token.issue" by IssueInitialToken;
    /// An application registered itself with such a token.
    InitialTokenUsed = "initial-token.use" by RegisterOneself;
    /// Such a token was revoked.
    InitialTokenRevoked = "initial-token.revoke" by RevokeInitialToken;
    /// An application that registered itself was given a token for its own registration.
    OwnRegistrationBegun = "own-registration.begin" by RegisterOneself;
    /// That token was used, and another one took its place.
    OwnRegistrationTurned = "own-registration.turn" by ManageOwnRegistration;
    /// An application said that people are to call it otherwise.
    OwnRegistrationRenamed = "own-registration.rename" by ManageOwnRegistration;
    /// What an application may register for itself was bounded by what an operator made of it.
    OwnRegistrationBounded = "own-registration.bound" by EditClient;
    /// An application's registration is its own no more.
    OwnRegistrationEnded = "own-registration.end" by ManageOwnRegistration | DisableApplication;
    /// A subscription began.
    Subscribed = "subscription.open" by Subscribe;
    /// A subscription was paused.
    SubscriptionPaused = "subscription.pause" by PauseSubscription;
    /// A subscription was resumed.
    SubscriptionResumed = "subscription.resume" by ResumeSubscription;
    /// A subscription ended.
    SubscriptionClosed = "subscription.close" by CloseSubscription;
    /// A token was issued.
    TokenIssued = "token.issue" by IssueToken;
    /// Several tokens were issued in one transaction, to one or several applications.
    TokensIssued = "token.issue-many" by IssueToken;
    /// A token was revoked.
    TokenRevoked = "token.revoke" by RevokeToken | Operate;
    /// A token was given a successor, and a time at which it is revoked.
    TokenReplaced = "token.replace" by RevokeToken;
    /// A token ends soon.
    TokenEndsSoon = "token.end-soon" by Operate;
    /// An API key was issued.
    ApiKeyIssued = "api-key.issue" by IssueApiKey;
    /// An API key was revoked.
    ApiKeyRevoked = "api-key.revoke" by RevokeApiKey;
    /// A person allowed an application to act for them.
    AuthorizationAllowed = "authorization.allow" by IssueToken;
    /// An application took up what a person had allowed it.
    AuthorizationRedeemed = "authorization.redeem" by IssueToken;
    /// A grant began that can be refreshed.
    FamilyBegun = "refresh-family.begin" by IssueToken;
    /// A refresh token was used, and its successor took its place.
    FamilyTurned = "refresh-family.turn" by IssueToken;
    /// A refresh token was presented again soon after its use, and the same successor was given.
    FamilyRepeated = "refresh-family.repeat" by IssueToken;
    /// A grant was ended, with every token that came of it; by itself when a used refresh token was used again.
    FamilyRevoked = "refresh-family.revoke" by RevokeToken | IssueToken;
    /// Every token of a session was revoked.
    SessionRevoked = "session.revoke" by RevokeSession;
    /// Every token of an application was revoked, as far as one version goes.
    SubscriptionTokensRevoked = "subscription.revoke-tokens" by RevokeSubscriptionTokens;
    /// Every token for a version was revoked.
    VersionTokensRevoked = "version.revoke-tokens" by RevokeVersionTokens;
    /// Every token of a consumer was revoked.
    ConsumerTokensRevoked = "consumer.revoke-tokens" by RevokeConsumerTokens;
    /// Every token of the installation was revoked.
    IssuerTokensRevoked = "issuer.revoke-tokens" by RevokeEverything | Restore;
    /// Everything that is stored was copied.
    InstallationBackedUp = "installation.back-up" by BackUp;
    /// The database was put back from a copy: a new epoch begins.
    InstallationRestored = "installation.restore" by Restore;
    /// What was revoked since the copy was made is accounted for.
    InstallationReconciled = "installation.reconcile" by Restore;
    /// Revocations that the copy did not know were taken over from those who did.
    RevocationsRecovered = "installation.recover-revocations" by Restore;
    /// A key ring was made.
    RingFormed = "key-ring.form" by Operate | ManageRing;
    /// A key ring was given other times.
    RingRetimed = "key-ring.retime" by ManageRing;
    /// A key ring signs again.
    RingEnabled = "key-ring.enable" by ManageRing;
    /// A key ring signs no more.
    RingDisabled = "key-ring.disable" by ManageRing;
    /// Another key of a ring signs.
    RingRotated = "key-ring.rotate" by Operate | RotateKey | SuspendKey | CompromiseKey;
    /// A rotation was due and waits for those who do not know the next key.
    RotationHeld = "key-ring.hold" by Operate;
    /// A signing key was generated and kept back.
    KeyStaged = "signing-key.stage" by RotateKey;
    /// A signing key was published.
    KeyPublished = "signing-key.publish" by Operate | ManageRing | RotateKey | SuspendKey | CompromiseKey;
    /// A staged signing key was given up.
    KeyDiscarded = "signing-key.discard" by RotateKey;
    /// A signing key began to sign.
    KeyActivated = "signing-key.activate" by Operate | ManageRing | RotateKey | SuspendKey | CompromiseKey;
    /// A signing key began to sign before everybody could know it, because nobody else was there.
    KeyActivatedInEmergency = "signing-key.activate-in-emergency" by Operate | SuspendKey | CompromiseKey;
    /// A signing key stopped signing; its private part was erased.
    KeyDeactivated = "signing-key.deactivate" by Operate | ManageRing | RotateKey | SuspendKey;
    /// A signing key was set aside.
    KeySuspended = "signing-key.suspend" by Operate | SuspendKey;
    /// A signing key returned to where it stood before it was set aside.
    KeyResumed = "signing-key.resume" by SuspendKey;
    /// A signing key left the key set for good.
    KeyRetired = "signing-key.retire" by Operate | RotateKey;
    /// A signing key was declared compromised.
    KeyCompromised = "signing-key.compromise" by CompromiseKey;
    /// A compromise was rehearsed; nothing changed.
    CompromiseRehearsed = "signing-key.rehearse-compromise" by CompromiseKey;
    /// A key-encryption key was made known.
    KekAdded = "kek.add" by AddKek | RotateKek;
    /// A key-encryption key began to seal.
    KekActivated = "kek.activate" by RotateKek;
    /// A key-encryption key stopped sealing, because another does.
    KekSuperseded = "kek.supersede" by RotateKek;
    /// A key-encryption key was retired: it opens nothing any more.
    KekRetired = "kek.retire" by RetireKek;
    /// An outside issuer was trusted.
    IssuerTrusted = "issuer.trust" by TrustIssuer;
    /// What an outside issuer's tokens may do changed.
    IssuerRulesEdited = "issuer.edit-rules" by EditIssuer;
    /// An outside issuer was suspended.
    IssuerSuspended = "issuer.suspend" by SuspendIssuer;
    /// An outside issuer's tokens are accepted again.
    IssuerResumed = "issuer.resume" by ResumeIssuer;
    /// An outside issuer was withdrawn for good.
    IssuerWithdrawn = "issuer.withdraw" by WithdrawIssuer;
    /// Other keys of an outside issuer were fetched.
    IssuerKeysTaken = "issuer.take-keys" by RefreshIssuer | Operate;
    /// A gateway was enrolled.
    GatewayEnrolled = "gateway.enrol" by EnrolGateway;
    /// A gateway was removed.
    GatewayRemoved = "gateway.remove" by RemoveGateway;
    /// The trail was verified.
    AuditVerified = "audit.verify" by VerifyAudit;
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
