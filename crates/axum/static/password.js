// Ticks the password requirements off while the person types. The server judges again when the form is
// sent; without this script the page works just the same, only later.
import { evaluate } from "/static/evaluator.js";

// The server decides what no script can, such as how hard a password is to guess. It is asked once the typing pauses.
const PAUSE_MS = 300;
// Long enough not to interrupt a screen reader at each key.
const QUIET_MS = 800;
const MET = { met: "true", unmet: "false", pending: "unknown" };

const rules = JSON.parse(document.getElementById("rules").textContent);
const field = document.getElementById("password");
const box = document.getElementById("rules-box");
const all = [...document.querySelectorAll("#all-requirements > li")];
const lines = [...document.querySelectorAll("#requirements > li")];
const progress = document.getElementById("progress");
const words = {
  true: box.dataset.wordTrue,
  false: box.dataset.wordFalse,
  unknown: box.dataset.wordUnknown,
};
let announcement;
let question;
let asking;
// What the server said last, and of which password.
let answered = { password: "", states: [] };

function judge() {
  // With nothing typed there is nothing to find fault with.
  const verdict = field.value === "" ? [] : evaluate(rules, field.value);
  // The verdict is in the order of the whole list.
  const states = all.map((_, i) => state(verdict[i], i));
  all.forEach((item, i) => mark(item, states[i]));
  for (const line of lines) {
    mark(line, combined(line.dataset.places.split(" ").map((place) => states[place])));
    line.hidden = "prohibition" in line.dataset && line.dataset.met !== "false";
  }
  askLater(states);
  clearTimeout(announcement);
  announcement = setTimeout(() => announce(states), QUIET_MS);
}

/** The page's own verdict on a requirement, else the server's on this password. */
function state(own, place) {
  const met = MET[own?.state] ?? "unknown";
  if (met !== "unknown" || answered.password !== field.value) return met;
  return answered.states[place] ?? "unknown";
}

function askLater(states) {
  clearTimeout(question);
  const isOpen = states.includes("unknown") && answered.password !== field.value;
  if (!("live" in box.dataset) || field.value === "" || !isOpen) return;
  question = setTimeout(ask, PAUSE_MS, field.value);
}

/** Asks for a verdict at the form's own address. Without an answer the marks stay open until the form is sent. */
async function ask(password) {
  asking?.abort();
  asking = new AbortController();
  const csrf = field.form.elements.csrf.value;
  const body = new URLSearchParams({ csrf, password, judge: "1" });
  try {
    const answer = await fetch(field.form.action, { method: "POST", body, signal: asking.signal, redirect: "error" });
    if (!answer.ok) return;
    answered = { password, states: (await answer.text()).split(" ") };
  } catch {
    return;
  }
  if (password === field.value) judge();
}

function mark(item, met) {
  item.dataset.met = met;
  item.querySelector("[data-state]").textContent = words[met];
}

function combined(states) {
  if (states.includes("false")) return "false";
  return states.every((state) => state === "true") ? "true" : "unknown";
}

function announce(states) {
  const met = states.filter((state) => state === "true").length;
  const onlyServerKnows = met > 0 && met < states.length && !states.includes("false");
  const text = onlyServerKnows ? progress.dataset.progressRest : progress.dataset.progress;
  progress.textContent = field.value === "" ? "" : text.replace("#", met);
}

field.addEventListener("input", judge);
// The answer would come when the form has changed the session.
field.form.addEventListener("submit", () => {
  clearTimeout(question);
  asking?.abort();
});
// What the server said about the last attempt stays until something is typed; but a browser that comes
// back to the page may have kept what was in the field.
addEventListener("pageshow", () => {
  if (field.value !== "") judge();
});
