// SPDX-License-Identifier: MIT
// What the page does better with JavaScript. Everything here works without it as well: links open
// exchanges, forms are sent, times stand in UTC.

const reduced = matchMedia("(prefers-reduced-motion: reduce)");
const announce = (words) => {
  const status = document.getElementById("announce");
  if (status) status.textContent = words;
};

// Theme: what the person chose is kept; the system's holds until then.
const theme = () =>
  document.documentElement.dataset.theme ||
  (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-toggle]")) return;
  const next = theme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem("theme", next);
  } catch {
    // Not kept then.
  }
});

// Countdown: digits and ring, by the clock of this machine.
const clockWords = (seconds) => {
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
};
const tick = () => {
  for (const timer of document.querySelectorAll("[data-expires]")) {
    const until = Number(timer.dataset.expires);
    if (!until) continue;
    const left = Math.max(0, Math.round(until - Date.now() / 1000));
    const digits = timer.querySelector("[data-left]");
    if (digits) digits.textContent = left > 0 ? clockWords(left) : "expired";
    timer.classList.toggle("soon", left < 300);
    const ring = timer.querySelector(".ring-left");
    const share = (100 * left) / Math.max(1, Number(timer.dataset.lifetime));
    if (ring) ring.setAttribute("stroke-dasharray", `${share.toFixed(1)} 100`);
  }
};
const localTimes = () => {
  for (const time of document.querySelectorAll("time[data-until]")) {
    const when = new Date(time.dateTime);
    time.textContent = when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  }
};
tick();
localTimes();
setInterval(tick, 1000);

// The open arrows are in sight, whatever else scrolled.
const seeOpenRow = () => {
  const diagram = document.querySelector(".diagram");
  const open = [...document.querySelectorAll("#rows .row.open")];
  if (!diagram || open.length === 0) return;
  const top = open[0].offsetTop;
  const bottom = open.at(-1).offsetTop + open.at(-1).offsetHeight;
  if (top < diagram.scrollTop) diagram.scrollTop = top;
  if (bottom > diagram.scrollTop + diagram.clientHeight) {
    diagram.scrollTop = bottom - diagram.clientHeight;
  }
};
seeOpenRow();

// Exchanges open and close in place: the same page is fetched, its parts are put in.
const parts = ["stage", "strip-4", "strip-6", "strip-7", "calls", "transcript"];
const show = async (address, keep) => {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const scrolled = document.querySelector(".diagram")?.scrollTop ?? 0;
  for (const id of parts) {
    const fresh = page.getElementById(id);
    const old = document.getElementById(id);
    if (fresh && old) old.replaceWith(fresh);
  }
  const diagram = document.querySelector(".diagram");
  if (diagram) diagram.scrollTop = scrolled;
  seeOpenRow();
  const stage = document.getElementById("stage");
  if (stage && !reduced.matches) stage.classList.add("opening");
  // Focus stays on what was pressed; where that is gone, it goes to the message.
  const again = [...document.querySelectorAll("a[data-swap]")].find(
    (link) => link.getAttribute("href") === keep && link.offsetParent !== null,
  );
  const current = [...document.querySelectorAll("[aria-current=true]")].find(
    (link) => link.offsetParent !== null,
  );
  (again ?? current)?.focus({ preventScroll: true });
  announce(current ? current.textContent.trim() : "Exchange closed");
};
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-swap]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const href = link.getAttribute("href");
  const [address] = href.split("#");
  // Pressing an open arrow closes it.
  const wanted = link.getAttribute("aria-current") === "true" ? "/?exchange=0" : address;
  show(wanted, href).then(
    () => history.replaceState(null, "", wanted + location.hash),
    () => location.assign(href),
  );
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const explained = document.querySelector(".head[open]");
  if (explained) {
    explained.open = false;
    explained.firstElementChild.focus();
    return;
  }
  document.querySelector("#drawer a[aria-label^=Close]")?.click();
});

// A participant explains itself until something else is pressed.
document.addEventListener("click", (event) => {
  for (const head of document.querySelectorAll(".head[open]")) {
    if (!head.contains(event.target)) head.open = false;
  }
});

// A demo account fills the form; the person sends it. Without JavaScript the button sends it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-fill]")) {
    event.preventDefault();
    const target = document.getElementById("credentials");
    target.elements.username.value = form.elements.username.value;
    target.elements.password.value = form.elements.password.value;
    target.querySelector("button[type=submit]").focus();
    announce(`The form holds the name and the password of ${form.elements.username.value}`);
    return;
  }
  if (form.matches("[data-busy]")) {
    const button = form.querySelector("button[type=submit]");
    // Keeps its size; a second press sends nothing.
    if (button?.getAttribute("aria-disabled") === "true") event.preventDefault();
    button?.setAttribute("aria-disabled", "true");
  }
});
// Coming back by the browser's Back shows the page as it was left: buttons work again.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[aria-disabled=true]")) {
    button.removeAttribute("aria-disabled");
  }
});

// The implicit grant: the token leaves the address at once, and goes to the app.
const landing = document.querySelector("form[data-fragment]");
if (landing && location.hash.length > 1) {
  landing.elements.answer.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  landing.requestSubmit();
}

// Copy what is shown; line ends that are only there for reading are left out.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const shown = [...button.parentElement.querySelectorAll("pre")].find((pre) => pre.offsetParent);
  if (!shown) return;
  const copy = shown.cloneNode(true);
  for (const lineEnd of copy.querySelectorAll(".br")) lineEnd.remove();
  try {
    await navigator.clipboard.writeText(copy.textContent);
    announce("Copied");
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1200);
  } catch {
    announce("The browser did not allow copying");
  }
});

// Where the reader is.
const bars = [...document.querySelectorAll(".bars li")];
const number = document.querySelector("[data-step-number]");
const steps = [...document.querySelectorAll(".step")];
const seeStep = () => {
  if (!number) return;
  const middle = innerHeight * 0.3;
  // A lesson above the steps belongs to the step that the server named.
  const lesson = document.querySelector(".story > .lesson");
  let step = lesson ? Number(document.querySelector(".tour").dataset.step) : 1;
  for (const section of steps) {
    if (section.getBoundingClientRect().top < middle) step = Number(section.id.slice(5));
  }
  const end = scrollY + innerHeight >= document.documentElement.scrollHeight - 4;
  if (end && steps.length > 0) step = Math.max(step, 7);
  number.textContent = String(step);
  bars.forEach((bar, index) => {
    const refused = bar.classList.contains("refused");
    bar.className = index + 1 < step ? "done" : index + 1 === step ? "now" : "";
    if (refused) bar.className = "refused";
  });
};
addEventListener("scroll", seeStep, { passive: true });

// A new run is drawn arrow by arrow, once, and told in words.
const tour = document.querySelector(".tour");
const run = tour?.dataset.run ?? "0";
try {
  if (tour && run !== "0" && sessionStorage.getItem("drawn") !== run) {
    sessionStorage.setItem("drawn", run);
    if (!reduced.matches) {
      const stage = document.getElementById("stage");
      stage?.classList.add("drawing");
      setTimeout(() => stage?.classList.remove("drawing"), 2600);
    }
    const told = [...document.querySelectorAll("#rows .row.done .hit, #rows .row.refused .hit")];
    announce(told.map((row) => row.textContent.trim().replace(/^\d+/, "")).join(". "));
  }
} catch {
  // Without storage nothing is drawn slowly.
}

// A list narrows while one types. "/" goes there.
const search = document.querySelector("[data-filter]");
search?.addEventListener("input", () => {
  const wanted = search.value.toLowerCase().split(/\s+/);
  for (const group of document.querySelectorAll(".group")) {
    let shown = 0;
    for (const item of group.querySelectorAll("li")) {
      const words = item.dataset.words.toLowerCase();
      item.hidden = !wanted.every((word) => words.includes(word));
      if (!item.hidden) shown += 1;
    }
    group.hidden = shown === 0;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || !search || event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  search.focus();
});

// The language that was chosen on one visit is chosen on the next.
for (const choice of document.querySelectorAll("input[data-keep]")) {
  try {
    if (localStorage.getItem(choice.dataset.keep) === choice.value) choice.checked = true;
    choice.addEventListener("change", () => localStorage.setItem(choice.dataset.keep, choice.value));
  } catch {
    // Not kept then.
  }
}

// For a projector: the diagram alone, one arrow a key press. "p" begins and ends it.
const projector = {
  on: false,
  at: 0,
  rows: () => [...document.querySelectorAll("#rows .row")],
  show() {
    const rows = this.rows();
    rows.forEach((row, index) => row.classList.toggle("later", index >= this.at));
    const row = rows[this.at - 1];
    row?.scrollIntoView({ block: "nearest" });
    if (row) announce(row.querySelector(".hit").textContent.trim().replace(/^\d+/, ""));
    const href = row?.querySelector("a.hit")?.getAttribute("href");
    return href ? show(href.split("#")[0], href).then(() => this.mark()) : Promise.resolve();
  },
  // The diagram was put in anew with the exchange: what is to come stays hidden.
  mark() {
    this.rows().forEach((row, index) => row.classList.toggle("later", index >= this.at));
  },
  toggle() {
    if (!document.getElementById("stage")) return;
    this.on = !this.on;
    this.at = 0;
    document.documentElement.classList.toggle("projector", this.on);
    if (!this.on) this.rows().forEach((row) => row.classList.remove("later"));
    else this.mark();
    announce(this.on ? "Projector: right arrow shows the next message, Escape ends it" : "Projector ended");
  },
  step(by) {
    this.at = Math.min(this.rows().length, Math.max(0, this.at + by));
    this.show();
  },
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, textarea, select")) return;
  if (event.key === "p") projector.toggle();
  else if (!projector.on) return;
  else if (event.key === "Escape") projector.toggle();
  else if (["ArrowRight", "ArrowDown", "PageDown", " "].includes(event.key)) projector.step(1);
  else if (["ArrowLeft", "ArrowUp", "PageUp"].includes(event.key)) projector.step(-1);
  else return;
  event.preventDefault();
});
document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-projector]")) projector.toggle();
  if (!event.target.closest("[data-link]")) return;
  try {
    await navigator.clipboard.writeText(location.href);
    announce("The link was copied. It holds no secret, and works in this browser's session.");
  } catch {
    announce("The browser did not allow copying. The address of this page is the link.");
  }
});
