//! Settings: what this instance runs with.

use askama::Template;

use crate::page::{
    frame::{Frame, Theme},
    icon::Icon,
};

/// The settings of this instance.
#[derive(Template)]
#[template(path = "settings.html")]
pub struct SettingsPage {
    /// The frame.
    pub frame: Frame,
    /// The settings, by subject.
    pub groups: Vec<SettingGroup>,
}

/// The settings of one subject.
pub struct SettingGroup {
    /// The subject.
    pub title: &'static str,
    /// The settings.
    pub rows: Vec<SettingRow>,
}

/// One setting.
pub struct SettingRow {
    /// What it is, in words.
    pub name: String,
    /// Its value.
    pub value: String,
}
