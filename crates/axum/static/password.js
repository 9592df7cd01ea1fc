// Ticks the password requirements off while the person types. The server judges again when the form is
// sent; without this script the page works just the same, only later.
import { evaluate } from "/static/evaluator.js";

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

function judge() {
  // With nothing typed there is nothing to find fault with.
  const verdict = field.value === "" ? [] : evaluate(rules, field.value);
  // The verdict is in the order of the whole list.
  const states = all.map((_, i) => MET[verdict[i]?.state] ?? "unknown");
  all.forEach((item, i) => mark(item, states[i]));
  for (const line of lines) {
    mark(line, combined(line.dataset.places.split(" ").map((place) => states[place])));
    line.hidden = "prohibition" in line.dataset && line.dataset.met !== "false";
  }
  clearTimeout(announcement);
  announcement = setTimeout(() => announce(states), QUIET_MS);
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
// What the server said about the last attempt stays until something is typed; but a browser that comes
// back to the page may have kept what was in the field.
addEventListener("pageshow", () => {
  if (field.value !== "") judge();
});
