// Saves round trips; no page needs it. Writes text and attributes only, never markup (Trusted Types).

const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const found = event.target instanceof Element && event.target.closest(selector);
    if (found) act(event, found);
  });

const said = document.querySelector("#said");
const say = (text) => { if (said) said.textContent = text; };

// Copy: the button names what it copies by id, and says for two seconds that it did.
on("click", "[data-copy]", async (_, button) => {
  const source = document.getElementById(button.dataset.copy);
  if (!source) return;
  const word = button.querySelector("[data-word]") ?? button;
  const before = word.textContent;
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    word.textContent = "Copied";
    say("Copied to the clipboard");
    button.dispatchEvent(new CustomEvent("copied", { bubbles: true }));
  } catch {
    word.textContent = "Select and copy";
    const range = document.createRange();
    if (source.select) return source.select();
    range.selectNodeContents(source);
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(range);
  }
  setTimeout(() => { word.textContent = before; }, 2000);
});

// A secret that was neither copied nor called saved: leaving asks.
const unsaved = document.querySelector("[data-unsaved]");
if (unsaved) {
  // Coming back or loading again leads to the form; it never sends the form a second time.
  history.replaceState(history.state, "", location.href);
  const ask = (event) => event.preventDefault();
  const rest = () => removeEventListener("beforeunload", ask);
  addEventListener("beforeunload", ask);
  unsaved.addEventListener("copied", rest);
  unsaved.addEventListener("copy", rest);
  document.addEventListener("submit", (event) => { if (!event.target.target) rest(); });
  on("click", "[data-saved]", rest);
}

// Confirmations: the page behind the link, shown in a dialog. The parser of XMLHttpRequest runs no script.
const page = (address) => new Promise((resolve, reject) => {
  const request = new XMLHttpRequest();
  request.open("GET", address);
  request.responseType = "document";
  request.onload = () => (request.status === 200 && request.response ? resolve(request.response) : reject());
  request.onerror = reject;
  request.send();
});
on("click", "a[data-dialog]", async (event, link) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  try {
    const answer = await page(link.href);
    const heading = document.createElement("h2");
    heading.id = "dialog-title";
    heading.textContent = answer.querySelector("h1").textContent;
    const dialog = document.createElement("dialog");
    dialog.className = "over";
    dialog.setAttribute("aria-labelledby", heading.id);
    dialog.append(heading, document.adoptNode(answer.querySelector("[data-confirm]")));
    for (const form of dialog.querySelectorAll("form:not([action])")) form.action = link.href;
    dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
    document.body.append(dialog);
    dialog.showModal();
    arm(dialog);
    tell(dialog);
  } catch {
    location.assign(link.href);
  }
});
on("click", "dialog [data-cancel]", (event, link) => {
  event.preventDefault();
  link.closest("dialog").close();
});

// Danger: the last button wakes when the name has been typed. Without a script the server compares.
const arm = (inside) => {
  for (const field of inside.querySelectorAll("[data-must-equal]")) {
    const button = field.form?.querySelector(".final");
    const compare = () => { if (button) button.disabled = field.value !== field.dataset.mustEqual; };
    field.addEventListener("input", compare);
    compare();
  }
};
arm(document);

// Times: relative in the text, kept fresh; local and UTC in the title.
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
const units = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const tell = (inside) => {
  for (const time of inside.querySelectorAll("time[data-moment]")) {
    const at = Date.parse(time.dateTime);
    const exact = (at - Date.now()) / 1000;
    // What was chosen as 30 days reads so for the first minute as well.
    const away = exact > 0 ? exact + 59 : exact;
    const [unit, size] = units.find(([, size]) => Math.abs(away) >= size) ?? ["second", 1];
    time.title = `${local.format(at)} (${new Date(at).toISOString().replace("T", " ").slice(0, 19)} UTC)`;
    if (time.dataset.moment === "relative") time.textContent = relative.format(Math.trunc(away / size), unit);
  }
};
tell(document);
setInterval(() => { if (!document.hidden) tell(document); }, 30000);

// Theme: the form works by itself; here it spares the reload.
on("click", ".theme button", async (event, button) => {
  event.preventDefault();
  const { form } = button;
  document.documentElement.dataset.theme = button.value;
  for (const other of form.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
  const body = new URLSearchParams(new FormData(form, button));
  const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
  if (!answer) say("The theme could not be saved");
});

// A form with nothing to fill in goes off by itself: what the page says was said where the link was shown.
document.querySelector("form[data-at-once]")?.requestSubmit();

// Search: `/` and Ctrl K (⌘K) lead to it.
addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  const wanted = (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey)
    || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey));
  const search = document.querySelector("[data-search]");
  if (!wanted || !search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// Issue a token: which operations the ticked scopes open. Each operation lists its alternatives, one a line.
const opens = document.querySelector("[data-operations]");
const scopes = [...document.querySelectorAll("input[data-scope]")];
if (opens && scopes.length) {
  const rows = [...opens.querySelectorAll("[data-requires]")];
  const count = document.querySelector("[data-count]");
  const refresh = () => {
    const held = new Set(scopes.filter((box) => box.checked).map((box) => box.dataset.scope));
    let open = 0;
    for (const row of rows) {
      const alternatives = row.dataset.requires.split("\n").map((line) => line.split(" ").filter(Boolean));
      // A token is for the versions whose scopes it carries; one without scopes is for all.
      const reached = held.size === 0 || [...held].some((scope) => scope.startsWith(row.dataset.place));
      const met = reached && alternatives.some((all) => all.every((scope) => held.has(scope)));
      row.dataset.opens = met ? "yes" : "no";
      if (met) open += 1;
    }
    if (count) count.textContent = `${open} of ${rows.length} operations`;
  };
  document.addEventListener("change", refresh);
  refresh();
}

// Long lists that are already here: filter as one types.
on("input", "[data-filter]", (_, field) => {
  const wanted = field.value.trim().toLowerCase();
  for (const row of document.querySelectorAll(`#${field.dataset.filter} [data-text]`)) {
    row.hidden = wanted !== "" && !row.dataset.text.toLowerCase().includes(wanted);
  }
});
