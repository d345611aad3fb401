//! Who asks, before anything else: a stranger's path, body and `Idempotency-Key` are not even looked at.

use actix_web::{
    Error, FromRequest, HttpMessage,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};

use crate::web::problem::Problem;

/// Wraps what only callers of one kind may reach; the handler finds the caller without asking again.
///
/// # Errors
/// Those of layers inside that cannot answer themselves.
pub async fn first<T: FromRequest<Error = Problem> + 'static>(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match request.extract::<T>().await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        Err(problem) => Ok(request.error_response(problem)),
    }
}
