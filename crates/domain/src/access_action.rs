//! Everything that can be asked for, in the product's verbs, and the class of trust each needs.

macro_rules! actions {
    ($($class:ident { $($(#[$doc:meta])* $action:ident = $name:literal;)* })*) => {
        /// Something that can be asked for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($($(#[$doc])* $action,)*)* }

        impl Action {
            /// Every action, by class of trust.
            pub const ALL: &'static [Self] = &[$($(Self::$action,)*)*];

            /// The name in the trail and in refusals.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$action => $name,)*)* }
            }

            const fn class(self) -> Class {
                match self { $($(Self::$action => Class::$class,)*)* }
            }
        }
    };
}

/// The class of trust an action needs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Publishing,
    Guarding,
    Shared,
    Reading,
    Administering,
    Personal,
    Reserved,
}

actions! {
    Publishing {
        /// Register an API.
        RegisterApi = "register an API";
        /// Change an API's title or description.
        EditApi = "edit an API";
        /// Choose what an API's tokens are signed with.
        ChooseAlgorithm = "choose what an API's tokens are signed with";
        /// Choose the ruleset that an API's contracts must have no error of.
        ChooseRuleset = "choose the ruleset of an API";
        /// Begin a version.
        DraftVersion = "draft a version";
        /// Change where a version's requests go.
        EditVersion = "edit a version";
        /// Upload a contract.
        UploadContract = "upload a contract";
        /// Publish a version.
        PublishVersion = "publish a version";
        /// Deprecate a version.
        DeprecateVersion = "deprecate a version";
        /// Retire a version.
        RetireVersion = "retire a version";
        /// Let a blocked version answer again.
        UnblockVersion = "unblock a version";
        /// Discard a draft.
        DiscardVersion = "discard a version";
        /// Open a plan.
        OpenPlan = "open a plan";
        /// Change a plan's terms.
        EditPlan = "edit a plan";
        /// Close a plan.
        ClosePlan = "close a plan";
        /// Register a consumer.
        RegisterConsumer = "register a consumer";
        /// Register an application.
        RegisterApplication = "register an application";
        /// Mint a token with which applications register themselves.
        IssueInitialToken = "issue an initial access token";
        /// Subscribe an application to a version.
        Subscribe = "subscribe an application";
        /// Resume a subscription.
        ResumeSubscription = "resume a subscription";
        /// Issue a token.
        IssueToken = "issue a token";
        /// Issue an API key.
        IssueApiKey = "issue an API key";
        /// Issue a client secret to an application.
        IssueClientSecret = "issue a client secret";
        /// Change what an application may ask the token endpoint for.
        EditClient = "edit a client";
    }
    Shared {
        /// Stop a version at once.
        BlockVersion = "block a version";
        /// Pause a subscription.
        PauseSubscription = "pause a subscription";
        /// End a subscription.
        CloseSubscription = "close a subscription";
        /// Revoke a token.
        RevokeToken = "revoke a token";
        /// Revoke an API key.
        RevokeApiKey = "revoke an API key";
        /// Revoke every token of an application.
        RevokeAllTokens = "revoke all tokens of an application";
        /// Revoke a client secret.
        RevokeClientSecret = "revoke a client secret";
        /// Revoke every token of an application, as far as one version goes.
        RevokeSubscriptionTokens = "revoke all tokens of a subscription";
        /// Revoke every token for a version.
        RevokeVersionTokens = "revoke all tokens for a version";
        /// Let no more applications register themselves with a token.
        RevokeInitialToken = "revoke an initial access token";
        /// Stop an application.
        DisableApplication = "disable an application";
    }
    Guarding {
        /// Rotate the signing key.
        RotateKey = "rotate the signing key";
        /// Change a key ring's times, or whether it signs.
        ManageRing = "manage a key ring";
        /// Suspend or resume a signing key.
        SuspendKey = "suspend or resume a signing key";
        /// Declare a signing key compromised.
        CompromiseKey = "declare a signing key compromised";
        /// Make a key-encryption key known.
        AddKek = "add a key-encryption key";
        /// Let another key-encryption key seal.
        RotateKek = "rotate the key-encryption key";
        /// Retire a key-encryption key that nothing needs.
        RetireKek = "retire a key-encryption key";
        /// Revoke every token of a consumer.
        RevokeConsumerTokens = "revoke all tokens of a consumer";
        /// Revoke every token of a session.
        RevokeSession = "revoke a session";
        /// Revoke every token there is.
        RevokeEverything = "revoke every token";
        /// Enrol a gateway.
        EnrolGateway = "enrol a gateway";
        /// Remove a gateway.
        RemoveGateway = "remove a gateway";
        /// Trust an outside issuer.
        TrustIssuer = "trust an outside issuer";
        /// Change what an outside issuer's tokens may do.
        EditIssuer = "edit an outside issuer";
        /// Accept no token of an outside issuer for now.
        SuspendIssuer = "suspend an outside issuer";
        /// Accept the tokens of a suspended outside issuer again.
        ResumeIssuer = "resume an outside issuer";
        /// Accept no token of an outside issuer ever again.
        WithdrawIssuer = "withdraw an outside issuer";
        /// Fetch an outside issuer's keys.
        RefreshIssuer = "refresh an outside issuer's keys";
        /// Let a disabled application call again.
        EnableApplication = "enable an application";
    }
    Reading {
        /// Read the trail.
        ReadAudit = "read the audit trail";
        /// Verify the trail.
        VerifyAudit = "verify the audit trail";
    }
    Administering {
        /// Form a team.
        FormTeam = "form a team";
        /// Admit an operator.
        AdmitOperator = "admit an operator";
        /// Change an operator's role or teams.
        ReassignOperator = "reassign an operator";
        /// Disable an operator.
        DisableOperator = "disable an operator";
        /// Enable an operator again.
        EnableOperator = "enable an operator";
        /// Set another operator's password.
        ResetPassword = "reset a password";
    }
    Personal {
        /// Change one's own password.
        ChangePassword = "change one's password";
        /// Issue a personal access token for oneself.
        IssueAccessToken = "issue a personal access token";
        /// Revoke a personal access token of one's own.
        RevokeAccessToken = "revoke a personal access token";
        /// Sign out.
        SignOut = "sign out";
    }
    Reserved {
        /// Make the first administrator.
        SetUp = "set the installation up";
        /// Make a link that signs an operator in once; only at the terminal of the machine that holds the data.
        IssueSignInLink = "issue a sign-in link";
        /// Copy everything that is stored; only at the terminal of the machine that holds the data.
        BackUp = "back the installation up";
        /// Take over a database that was put back from a copy; only at the terminal of the machine that holds the data.
        Restore = "take over a restored database";
        /// Try to sign in.
        SignIn = "sign in";
        /// Register oneself as an application, with an initial access token.
        RegisterOneself = "register oneself as an application";
        /// Read, replace or give up one's own registration, with the token for it.
        ManageOwnRegistration = "manage one's own registration";
        /// What the server does by itself.
        Operate = "operate the server";
    }
}

impl Action {
    /// What a publisher may do to the APIs of their teams.
    pub(crate) fn is_publishing(self) -> bool {
        matches!(self.class(), Class::Publishing | Class::Shared)
    }

    /// What the security role may do.
    pub(crate) fn is_guarding(self) -> bool {
        matches!(
            self.class(),
            Class::Guarding | Class::Shared | Class::Reading
        )
    }

    /// What a role that changes nothing may do.
    pub(crate) fn is_reading(self) -> bool {
        self.class() == Class::Reading
    }

    /// What everybody may do with what is their own. Whose it is, the use-case has checked.
    pub(crate) fn is_personal(self) -> bool {
        self.class() == Class::Personal
    }

    /// What an application may do with its own grant, and nothing else.
    pub(crate) fn is_for_clients(self) -> bool {
        matches!(self, Self::IssueToken | Self::RevokeToken)
    }

    /// What no signed-in person may do, whatever their role.
    pub(crate) fn is_reserved(self) -> bool {
        self.class() == Class::Reserved
    }

    /// What happens only at the door: before anybody is known.
    pub(crate) fn is_reserved_for_the_door(self) -> bool {
        matches!(
            self,
            Self::SetUp | Self::SignIn | Self::RegisterOneself | Self::ManageOwnRegistration
        )
    }

    /// Who may, in words for a refusal.
    #[must_use]
    pub const fn who(self) -> &'static str {
        match self.class() {
            Class::Publishing => "an administrator, or a publisher of the team that owns the API",
            Class::Shared => {
                "an administrator, the security role, or a publisher of the owning team"
            }
            Class::Guarding => "an administrator or the security role",
            Class::Reading => "an administrator, the security role or an auditor",
            Class::Administering => "an administrator",
            Class::Personal => "a signed-in operator",
            Class::Reserved => "the server itself",
        }
    }
}
