//! An installation that runs: `gatewright serve`, a gateway inside it or apart, and what programs and people send to both.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use gatewright_testkit::database::{DatabaseUrl, Engine};
use serde_json::{Value, json};

use crate::{
    apart::gateway_program,
    http::{Answer, Ask},
    ports::free_port,
    program::{Place, Ran, Running, ran},
};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Where the gateway runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Inside `gatewright serve`.
    Embedded,
    /// As `gatewright-gateway`, enrolled under the name `edge`.
    Apart,
}

pub(crate) struct Instance {
    pub(crate) engine: Engine,
    pub(crate) layout: Layout,
    pub(crate) portal: String,
    pub(crate) gateway: String,
    /// An access token of the administrator.
    pub(crate) admin: String,
    /// What `serve` printed at its first start.
    pub(crate) first_words: Vec<String>,
    serving: Option<Running>,
    apart: Option<Running>,
    snapshot_key: String,
    place: Place,
    postgres: Option<DatabaseUrl>,
    ports: [u16; 2],
    /// What its environment says besides.
    also: Vec<(&'static str, String)>,
}

impl Instance {
    /// An installation that was just started for the first time: it has no operator, and no gateway apart runs yet.
    pub(crate) fn new(engine: Engine, layout: Layout) -> Self {
        Self::new_with(engine, layout, Vec::new())
    }

    fn new_with(engine: Engine, layout: Layout, also: Vec<(&'static str, String)>) -> Self {
        let ports = [free_port(), free_port()];
        let [portal, gateway] = ports.map(|port| format!("http://127.0.0.1:{port}"));
        let postgres = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(DatabaseUrl::postgres().unwrap()),
        };
        let mut instance = Self {
            engine,
            layout,
            portal,
            gateway,
            admin: String::new(),
            first_words: Vec::new(),
            serving: None,
            apart: None,
            snapshot_key: String::new(),
            place: Place::new(),
            postgres,
            ports,
            also,
        };
        instance.first_words = instance.serve();
        instance
    }

    /// An installation with an administrator, `ada`, admitted at the terminal, and with its gateway.
    pub(crate) fn founded(engine: Engine, layout: Layout) -> Self {
        Self::founded_with(engine, layout, Vec::new())
    }

    /// The same, with more in its environment.
    pub(crate) fn founded_with(
        engine: Engine,
        layout: Layout,
        also: Vec<(&'static str, String)>,
    ) -> Self {
        let mut instance = Self::new_with(engine, layout, also);
        instance.admit_at_terminal("ada", "admin");
        instance.begin();
        instance
    }

    /// Once there is an administrator `ada`: takes an access token, and starts the gateway when it runs apart.
    pub(crate) fn begin(&mut self) {
        self.admin = self.access_token("ada");
        if self.layout == Layout::Apart {
            let enrolled = self.post("/gateways", &json!({ "name": "edge" })).good(201);
            let token = enrolled["token"].as_str().unwrap();
            std::fs::write(self.place.path().join("gateway-token"), token).unwrap();
            enrolled["snapshot_key"]
                .as_str()
                .unwrap()
                .clone_into(&mut self.snapshot_key);
            self.start_gateway();
        }
    }

    /// The command with these arguments, in the directory and with the settings of this installation.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let [portal, gateway] = self.ports;
        let mut command = self.place.command(arguments);
        command
            .env("GATEWRIGHT_LISTEN", format!("127.0.0.1:{portal}"))
            .env("GATEWRIGHT_GATEWAY_LISTEN", format!("127.0.0.1:{gateway}"))
            .env("GATEWRIGHT_GRACE_S", "2")
            .envs(self.also.iter().map(|(name, value)| (name, value)));
        if self.layout == Layout::Apart {
            command.env("GATEWRIGHT_GATEWAY", "false");
        }
        if let Some(url) = &self.postgres {
            command.env("DATABASE_URL", url.to_string());
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        ran(&mut self.command(arguments))
    }

    /// The address of the database, for those who come behind the program's back.
    pub(crate) fn database(&self) -> String {
        match &self.postgres {
            Some(url) => url.to_string(),
            None => {
                let file = self.place.path().join("gatewright-data/gatewright.db");
                format!("sqlite://{}", file.display())
            }
        }
    }

    /// Starts the control plane, and gives what it printed until it was ready.
    pub(crate) fn serve(&mut self) -> Vec<String> {
        self.serve_by(self.command(&["serve"]))
    }

    /// Starts the control plane by a command that is not quite the usual one.
    pub(crate) fn serve_by(&mut self, command: Command) -> Vec<String> {
        let running = Running::start(command);
        let (lines, _) = running.until("Ready. Portal");
        self.serving = Some(running);
        lines
    }

    /// Ends the control plane in order, and starts it again. Gateways that wait for news must not keep it from ending.
    pub(crate) fn restart(&mut self) {
        let running = self.serving.take().unwrap();
        let began = Instant::now();
        assert_eq!(running.end(), Some(0));
        let took = began.elapsed();
        assert!(took < Duration::from_secs(8), "it took {took:?} to end");
        self.serve();
    }

    /// Ends the control plane at once, wherever it is.
    pub(crate) fn kill(&mut self) {
        self.serving.take().unwrap().kill();
    }

    /// What the control plane has logged since it was started.
    pub(crate) fn log(&self) -> Vec<String> {
        self.serving.as_ref().map_or_else(Vec::new, Running::log)
    }

    /// Starts the gateway that runs apart, and waits until it has something in force.
    pub(crate) fn start_gateway(&mut self) {
        let path = |name: &str| self.place.path().join(name);
        let mut command = Command::new(gateway_program());
        command
            .env_clear()
            .stdin(Stdio::null())
            .args(["--listen", &format!("127.0.0.1:{}", self.ports[1])])
            .args(["--control-plane", &self.portal, "--grace", "2"])
            .args(["--snapshot-key", &self.snapshot_key])
            .arg("--token-file")
            .arg(path("gateway-token"))
            .arg("--state-dir")
            .arg(path("gateway-state"));
        let running = Running::start(command);
        running.until("Listening");
        self.apart = Some(running);
        let ready = format!("{}/-/readyz", self.gateway);
        within(Duration::from_secs(10), "the gateway is ready", || {
            Ask::get(&ready).send().status == 200
        });
    }

    /// Ends the gateway that runs apart in order, and starts it again.
    pub(crate) fn restart_gateway(&mut self) {
        let running = self.apart.take().unwrap();
        assert_eq!(running.end(), Some(0));
        self.start_gateway();
    }

    /// Takes everything from the gateway that runs apart that it knew, and starts it again.
    pub(crate) fn forget_at_gateway(&mut self) {
        self.apart.take().unwrap().kill();
        std::fs::remove_dir_all(self.place.path().join("gateway-state")).unwrap();
        self.start_gateway();
    }

    /// Admits an operator with `gatewright operator add`.
    pub(crate) fn admit_at_terminal(&self, name: &str, role: &str) {
        let file = self.place.path().join("password");
        std::fs::write(&file, PASSWORD).unwrap();
        let file = file.display().to_string();
        let admitted = self.run(&[
            "operator",
            "add",
            name,
            "--role",
            role,
            "--password-file",
            &file,
        ]);
        assert_eq!(admitted.code, Some(0), "{admitted:?}");
    }

    /// An access token of an operator, issued at the terminal.
    pub(crate) fn access_token(&self, operator: &str) -> String {
        let issued = self.run(&[
            "operator",
            "access-token",
            operator,
            "--name",
            "tests",
            "--quiet",
        ]);
        assert_eq!(issued.code, Some(0), "{issued:?}");
        issued.out.trim().to_owned()
    }

    /// A request of the administrator to the JSON API.
    pub(crate) fn api(&self, method: &str, path: &str) -> Ask {
        Ask::new(method, format!("{}/api/v1{path}", self.portal)).bearer(&self.admin)
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.api("GET", path).send().good(200)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.api("POST", path).json(body).send()
    }

    /// A call through the gateway.
    pub(crate) fn call(&self, method: &str, path: &str, token: &str) -> Answer {
        Ask::new(method, format!("{}{path}", self.gateway))
            .bearer(token)
            .send()
    }

    /// How many events the trail holds, once all of it is found sound. That it was looked at is the last of them.
    pub(crate) fn events(&self) -> u64 {
        let proof = self.api("POST", "/audit/verify").send().good(200);
        assert_eq!(proof["valid"], true, "{proof}");
        proof["size"].as_u64().unwrap() + 1
    }

    /// What happened since the trail held so many events, in words; at most the first hundred.
    pub(crate) fn happened_since(&self, events: u64) -> Vec<String> {
        let last = events.checked_sub(1).unwrap();
        let page = self.get(&format!("/audit/events?after={last}&limit=100"));
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|event| event["sentence"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// Waits until something is so, and gives how long that took.
pub(crate) fn within(limit: Duration, what: &str, mut so: impl FnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < limit, "not within {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
    began.elapsed()
}
