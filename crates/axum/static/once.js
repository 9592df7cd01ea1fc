// Drops a form that is sent a second time within a few seconds, by a double click say. The answer to the first
// would be lost, and with it what comes only once: a new session, or the recovery codes.
const A_FEW_SECONDS = 3000;
const sent = new Map();

addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  const since = event.timeStamp - (sent.get(form) ?? -Infinity);
  if (since < A_FEW_SECONDS) event.preventDefault();
  else sent.set(form, event.timeStamp);
});

// Who comes back to a page that the browser has kept may send it again at once.
addEventListener("pageshow", () => sent.clear());
