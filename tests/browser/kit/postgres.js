// A throw-away PostgreSQL server, kept by the same keeper as in the tests of Rust: it ends when its standard input closes.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const keeper = readFileSync(new URL("../../../crates/testkit/src/postgres.sh", import.meta.url), "utf8");

function programs() {
  const installed = "/usr/lib/postgresql";
  const versions = existsSync(installed) ? readdirSync(installed) : [];
  const bins = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(installed, version, "bin"));
  const path = (process.env.PATH ?? "").split(":");
  const bin = [...bins, ...path].find((directory) => existsSync(join(directory, "initdb")));
  if (!bin) throw new Error("PostgreSQL is not installed; on Debian: apt-get install --no-install-recommends postgresql");
  return bin;
}

/** PostgreSQL does not run as root. */
function unprivileged(command) {
  if (process.getuid() !== 0) return command;
  const users = readFileSync("/etc/passwd", "utf8").split("\n").map((line) => line.split(":")[0]);
  const [user, group] = [["postgres", "postgres"], ["nobody", "nogroup"]].find(([name]) => users.includes(name));
  return ["setpriv", "--reuid", user, "--regid", group, "--clear-groups", "--", ...command];
}

export async function startPostgres() {
  const bin = programs();
  const [program, ...rest] = unprivileged(["sh", "-c", keeper, "postgres.sh", bin, "off"]);
  const child = spawn(program, rest, { cwd: "/", stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (chunk) => { complaint += chunk; });
  const [first] = await Promise.race([once(child.stdout, "data"), once(child, "exit").then(() => [""])]);
  const socket = String(first).trim();
  if (!socket) throw new Error(`PostgreSQL did not start: ${complaint}`);
  const query = (database, statement) => execFileSync(join(bin, "psql"), [
    "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1",
    "--username", "gatewright", "--host", socket, "--dbname", database, "--command", statement,
  ], { encoding: "utf8" });
  query("postgres", "create database portal");
  return {
    url: `postgres://gatewright@localhost/portal?host=${socket}`,
    query: (statement) => query("portal", statement),
    stop: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}
