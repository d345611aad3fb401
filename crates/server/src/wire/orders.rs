//! The upstream of the demo: it really serves orders, and asks nobody who they are, because the gateway did.

use std::{
    collections::BTreeMap,
    net::{SocketAddr, TcpListener},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use actix_web::{
    App, HttpResponse, HttpServer, delete,
    dev::ServerHandle,
    get, post,
    web::{Bytes, Data, Json, Path},
};
use anyhow::Result;
use futures_util::stream;
use serde::{Deserialize, Serialize};

/// How many events are told before the stream ends, and how far apart.
const EVENTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(500);

#[derive(Clone, Debug, Serialize)]
struct Order {
    id: u32,
    item: String,
    quantity: u32,
}

#[derive(Debug, Deserialize)]
struct NewOrder {
    item: String,
    quantity: u32,
}

/// The orders, by number.
struct Book(Mutex<BTreeMap<u32, Order>>);

impl Book {
    fn open() -> Self {
        let first = [("tea", 2), ("bread", 1), ("apples", 12)];
        let orders = (1..).zip(first).map(|(id, (item, quantity))| {
            let item = item.to_owned();
            (id, Order { id, item, quantity })
        });
        Self(Mutex::new(orders.collect()))
    }

    fn orders(&self) -> MutexGuard<'_, BTreeMap<u32, Order>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running upstream.
pub(crate) struct Orders {
    pub(crate) address: SocketAddr,
    server: ServerHandle,
}

impl Orders {
    /// Starts it on a free port of this machine.
    pub(crate) fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let book = Data::new(Book::open());
        let app = move || {
            App::new()
                .app_data(book.clone())
                .service((status, list, place, show, cancel, follow))
        };
        let server = HttpServer::new(app)
            .workers(1)
            .disable_signals()
            .listen(listener)?
            .run();
        let handle = server.handle();
        tokio::spawn(server);
        Ok(Self {
            address,
            server: handle,
        })
    }

    /// Ends it.
    pub(crate) async fn stop(self) {
        self.server.stop(false).await;
    }
}

#[get("/status")]
async fn status() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "open": true }))
}

#[get("/orders")]
async fn list(book: Data<Book>) -> HttpResponse {
    let orders: Vec<Order> = book.orders().values().cloned().collect();
    HttpResponse::Ok().json(orders)
}

#[post("/orders")]
async fn place(book: Data<Book>, new: Json<NewOrder>) -> HttpResponse {
    let NewOrder { item, quantity } = new.into_inner();
    let fits = (1..=100).contains(&item.chars().count()) && (1..=1000).contains(&quantity);
    if !fits {
        return HttpResponse::UnprocessableEntity().finish();
    }
    let mut orders = book.orders();
    let id = orders.last_key_value().map_or(1, |(last, _)| last + 1);
    let order = Order { id, item, quantity };
    orders.insert(id, order.clone());
    HttpResponse::Created().json(order)
}

#[get("/orders/{id}")]
async fn show(book: Data<Book>, id: Path<u32>) -> HttpResponse {
    match book.orders().get(&id) {
        Some(order) => HttpResponse::Ok().json(order),
        None => HttpResponse::NotFound().finish(),
    }
}

#[delete("/orders/{id}")]
async fn cancel(book: Data<Book>, id: Path<u32>) -> HttpResponse {
    match book.orders().remove(&id) {
        Some(_) => HttpResponse::NoContent().finish(),
        None => HttpResponse::NotFound().finish(),
    }
}

/// Tells the newest order again and again, as a stream that a proxy must not hold back.
#[get("/events")]
async fn follow(book: Data<Book>) -> HttpResponse {
    let events = stream::unfold(0, move |told| {
        let book = book.clone();
        async move {
            if told == EVENTS {
                return None;
            }
            if told > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            let newest = book.orders().values().next_back().cloned();
            let data = serde_json::to_string(&newest).unwrap_or_default();
            let event = format!("id: {}\nevent: order\ndata: {data}\n\n", told + 1);
            Some((Ok::<_, actix_web::Error>(Bytes::from(event)), told + 1))
        }
    });
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("cache-control", "no-store"))
        .streaming(Box::pin(events))
}
