// The real programs, on free ports of this machine, with everything they write in a directory that goes away.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startPostgres } from "./postgres.js";
import { startUpstream } from "./upstream.js";

const programs = process.env.GATEWRIGHT_PROGRAMS;
if (!programs) throw new Error("run the suite with tests/browser/run, which says where the programs are");

/** What is around, less what would be taken for settings. */
function inherited() {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(GATEWRIGHT_|DATABASE_URL)/.test(key)));
}

/** A program that has said what it says when it is ready. */
class Program {
  static async start(name, flags, { ready, environment = {} }) {
    const program = new Program();
    program.said = "";
    program.child = spawn(join(programs, name), flags, {
      env: { ...inherited(), ...environment },
      stdio: ["ignore", "ignore", "pipe"],
    });
    program.child.stderr.on("data", (chunk) => { program.said += chunk; });
    await until(`${name} to be ready`, () => {
      if (program.child.exitCode !== null) throw new Error(`${name} ended at once:\n${program.said}`);
      return ready.test(program.said);
    });
    return program;
  }

  async stop(signal = "SIGTERM") {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill(signal);
    await once(this.child, "exit");
  }
}

/** Waits until something holds, and says what did not when it takes too long. */
export async function until(what, holds, patience = 15_000) {
  const end = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${patience} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** An installation: the server, its gateway inside or apart, its database, and an upstream. */
export class Installation {
  /** `database` is sqlite or postgres, `gateway` is inside or apart. */
  static async start({ database = "sqlite", gateway = "inside" } = {}) {
    const house = new Installation();
    house.directory = mkdtempSync(join(tmpdir(), "gatewright-browser-"));
    house.gatewayIs = gateway;
    house.upstream = await startUpstream();
    house.postgres = database === "postgres" ? await startPostgres() : null;
    house.ports = { portal: await freePort(), gateway: await freePort() };
    house.portal = `http://127.0.0.1:${house.ports.portal}`;
    house.gateway = `http://127.0.0.1:${house.ports.gateway}`;
    await house.serve();
    return house;
  }

  async serve() {
    const flags = [
      "serve", "--listen", `127.0.0.1:${this.ports.portal}`, "--data-dir", join(this.directory, "data"),
      "--gateway-listen", `127.0.0.1:${this.ports.gateway}`, "--gateway-url", this.gateway,
    ];
    if (this.gatewayIs === "apart") flags.push("--no-gateway");
    const environment = this.postgres ? { DATABASE_URL: this.postgres.url } : {};
    this.server = await Program.start("gatewright", flags, { ready: /Ready\. Portal/, environment });
  }

  /** The one-time link that a fresh installation prints. */
  get setUpLink() {
    return this.server.said.match(/https?:\S+\/set-up\/\S+/)?.[0];
  }

  /** Starts the gateway that runs apart, with what its enrolment showed. */
  async startGateway({ token, snapshotKey }) {
    const file = join(this.directory, "gateway-token");
    writeFileSync(file, token, { mode: 0o600 });
    this.gatewayFlags = [
      "--listen", `127.0.0.1:${this.ports.gateway}`, "--control-plane", this.portal, "--token-file", file,
      "--snapshot-key", snapshotKey, "--state-dir", join(this.directory, "state"),
    ];
    await this.serveGateway();
  }

  async serveGateway() {
    this.apart = await Program.start("gatewright-gateway", this.gatewayFlags, { ready: /./ });
    const isReady = () => fetch(`${this.gateway}/-/readyz`).then((answer) => answer.ok, () => false);
    await until("the gateway to have a snapshot", isReady);
  }

  async restart() {
    await this.apart?.stop();
    await this.server.stop();
    await this.serve();
    if (this.apart) await this.serveGateway();
  }

  /** What a command prints on the machine that holds the data. */
  command(...words) {
    const flags = ["--data-dir", join(this.directory, "data"), "--quiet"];
    return execFileSync(join(programs, "gatewright"), [...words, ...flags], {
      encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], env: { ...inherited(), GATEWRIGHT_PUBLIC_URL: this.portal },
    }).trim();
  }

  /** Runs a statement behind the program's back. */
  sql(statement) {
    if (this.postgres) return this.postgres.query(statement);
    return execFileSync("sqlite3", [join(this.directory, "data", "gatewright.db"), ".timeout 5000", statement], { encoding: "utf8" });
  }

  async stop() {
    await this.apart?.stop();
    await this.server?.stop();
    await this.upstream?.stop();
    await this.postgres?.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
