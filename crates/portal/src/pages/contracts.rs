//! Contracts: the upload with what was found in it, the history, and what changed from one to another.

use askama::Template;

use crate::page::{
    badge::Badge,
    changes::ChangeList,
    empty::Empty,
    findings::FindingList,
    form::{Faults, Field},
    frame::{Frame, Theme},
    icon::Icon,
    list::{Filters, Pages},
    moment::Moment,
};

/// Upload a contract, and see what was found in it.
#[derive(Template)]
#[template(path = "contract.html")]
pub struct ContractPage {
    /// The frame.
    pub frame: Frame,
    /// What was wrong with the form itself.
    pub faults: Faults,
    /// What the findings mean, in a few words and in a sentence.
    pub verdict: Option<[String; 2]>,
    /// Why it cannot be taken, or only with a reason.
    pub findings: Option<FindingList>,
    /// What breaks callers, when it does.
    pub changes: Option<ChangeList>,
    /// The fields: a file, or the text.
    pub fields: Vec<Field>,
    /// Whether the sample contract is offered.
    pub offer_sample: bool,
    /// Where the form goes.
    pub action: String,
    /// Where Cancel leads.
    pub back: String,
}

/// What is noteworthy in a stored contract.
#[derive(Template)]
#[template(path = "findings.html")]
pub struct FindingsPage {
    /// The frame; its title is `Findings in the contract of orders v1`.
    pub frame: Frame,
    /// The ruleset it was held against.
    pub ruleset: &'static str,
    /// What depends on the findings, in a sentence.
    pub consequence: &'static str,
    /// `Revision 3`.
    pub contract: String,
    /// `2 errors, 1 warning.`
    pub summary: String,
    /// What is wrong with the filter.
    pub faults: Faults,
    /// By severity.
    pub filters: Filters,
    /// What is said when there is nothing to show.
    pub empty: Option<Empty>,
    /// What was found, unless the filter makes no sense.
    pub found: Option<FindingList>,
    /// What of the ruleset was not run.
    pub not_run: Vec<NotRunRow>,
    /// Where the contract can be fetched.
    pub download: String,
    /// Where its other revisions are.
    pub history: String,
}

/// Something of a ruleset that was not run.
pub struct NotRunRow {
    /// The rule, unless it is about the ruleset as a whole.
    pub rule: Option<String>,
    /// Why.
    pub reason: String,
}

/// The revisions of a contract.
#[derive(Template)]
#[template(path = "contract_history.html")]
pub struct HistoryPage {
    /// The frame; its title is `Contract history of orders v1`.
    pub frame: Frame,
    /// What is said when there is none.
    pub empty: Option<Empty>,
    /// Where two contracts are compared.
    pub compare: Option<String>,
    /// The revisions, the latest first.
    pub rows: Vec<RevisionRow>,
    /// The way to older ones.
    pub pages: Pages,
}

/// One revision of a contract.
pub struct RevisionRow {
    /// `Revision 3`.
    pub number: String,
    /// The document's own title.
    pub title: String,
    /// Whether it is the one in use.
    pub state: Option<Badge>,
    /// How many operations it describes.
    pub operations: String,
    /// Its size in bytes.
    pub bytes: String,
    /// When it was uploaded.
    pub uploaded: Moment,
    /// Where it can be fetched.
    pub download: String,
    /// Where its findings are.
    pub findings: String,
    /// Where it is compared with the one in use.
    pub compare: Option<String>,
}

/// Two contracts, and what changed between them.
#[derive(Template)]
#[template(path = "compare.html")]
pub struct ComparePage {
    /// The frame; its title is `Compare contracts of orders`.
    pub frame: Frame,
    /// The two to choose.
    pub fields: Vec<Field>,
    /// What was wrong with the choice.
    pub faults: Faults,
    /// What is said when there is none to choose.
    pub empty: Option<Empty>,
    /// What changed.
    pub changes: Option<ChangeList>,
}
