//! The parts of an operation as its reference tells them: parameters, bodies and responses.

use gatewright_contract::{
    ReferenceBody, ReferenceField, ReferenceMedia, ReferenceParameter, ReferenceResponse,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A parameter of an operation, or a header of a response.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ToldParameter {
    /// Its name.
    pub(crate) name: String,
    /// Where it stands: `path`, `query`, `querystring`, `header` or `cookie`.
    pub(crate) place: String,
    /// Whether it must be there.
    pub(crate) required: bool,
    /// What it is, on one line.
    pub(crate) kind: String,
    /// What it is for.
    pub(crate) description: Option<String>,
    /// A value of it.
    pub(crate) example: Option<String>,
}

/// A body of a request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ToldBody {
    /// Whether it must be there.
    pub(crate) required: bool,
    /// What it is.
    pub(crate) description: Option<String>,
    /// The forms it may take.
    pub(crate) media: Vec<ToldMedia>,
}

/// One media type of a body.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ToldMedia {
    /// The media type.
    pub(crate) media_type: String,
    /// What it holds, on one line.
    pub(crate) kind: String,
    /// Its members, those inside others behind them.
    pub(crate) fields: Vec<ToldField>,
    /// One that could be sent or answered.
    pub(crate) example: Option<String>,
}

/// A member of a body.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ToldField {
    /// Its name, with the names it stands under: `items[].id`.
    pub(crate) name: String,
    /// What it is, on one line.
    pub(crate) kind: String,
    /// Whether it must be there.
    pub(crate) required: bool,
    /// What it is for.
    pub(crate) description: Option<String>,
}

/// A response of an operation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ToldResponse {
    /// Its status, a range of them such as `4XX`, or `default`.
    pub(crate) status: String,
    /// When it comes.
    pub(crate) description: Option<String>,
    /// Its headers.
    pub(crate) headers: Vec<ToldParameter>,
    /// The forms it may take.
    pub(crate) media: Vec<ToldMedia>,
}

impl From<ReferenceParameter> for ToldParameter {
    fn from(parameter: ReferenceParameter) -> Self {
        let ReferenceParameter {
            name,
            place,
            required,
            kind,
            description,
            example,
        } = parameter;
        Self {
            name,
            place,
            required,
            kind,
            description,
            example,
        }
    }
}

impl From<ReferenceBody> for ToldBody {
    fn from(body: ReferenceBody) -> Self {
        let ReferenceBody {
            required,
            description,
            media,
        } = body;
        Self {
            required,
            description,
            media: media.into_iter().map(ToldMedia::from).collect(),
        }
    }
}

impl From<ReferenceMedia> for ToldMedia {
    fn from(media: ReferenceMedia) -> Self {
        let ReferenceMedia {
            media_type,
            kind,
            fields,
            example,
        } = media;
        Self {
            media_type,
            kind,
            fields: fields.into_iter().map(ToldField::from).collect(),
            example,
        }
    }
}

impl From<ReferenceField> for ToldField {
    fn from(field: ReferenceField) -> Self {
        let ReferenceField {
            name,
            kind,
            required,
            description,
        } = field;
        Self {
            name,
            kind,
            required,
            description,
        }
    }
}

impl From<ReferenceResponse> for ToldResponse {
    fn from(response: ReferenceResponse) -> Self {
        let ReferenceResponse {
            status,
            description,
            headers,
            media,
        } = response;
        Self {
            status,
            description,
            headers: headers.into_iter().map(ToldParameter::from).collect(),
            media: media.into_iter().map(ToldMedia::from).collect(),
        }
    }
}
