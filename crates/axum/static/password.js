// Ticks the password requirements off while the person types. The server judges again when the form is
// sent; without this script the page works just the same, only later.
import { evaluate } from "/static/evaluator.js";

// Long enough not to interrupt a screen reader at each key.
const QUIET_MS = 800;
const MET = { met: "true", unmet: "false", pending: "unknown" };

const rules = JSON.parse(document.getElementById("rules").textContent);
const field = document.getElementById("password");
const list = document.getElementById("requirements");
const progress = document.getElementById("progress");
const words = {
  true: list.dataset.wordTrue,
  false: list.dataset.wordFalse,
  unknown: list.dataset.wordUnknown,
};
let announcement;

function judge() {
  // With nothing typed there is nothing to find fault with.
  const verdict = field.value === "" ? [] : evaluate(rules, field.value);
  const items = [...list.querySelectorAll("[data-rule]")];
  // The verdict is in the order of the list.
  items.forEach((item, i) => {
    const met = MET[verdict[i]?.state] ?? "unknown";
    item.dataset.met = met;
    item.querySelector("[data-state]").textContent = words[met];
  });
  clearTimeout(announcement);
  announcement = setTimeout(() => announce(items.map((item) => item.dataset.met)), QUIET_MS);
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

const show = document.getElementById("show");
const texts = { password: show.textContent, text: show.dataset.hide };
function display(type) {
  field.type = type;
  show.textContent = texts[type];
}
show.addEventListener("click", () => display(field.type === "password" ? "text" : "password"));
// Sent as a password field, so that the browser offers to keep it as one and not as an ordinary text.
field.form.addEventListener("submit", () => display("password"));
show.hidden = false;
