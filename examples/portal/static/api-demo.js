// A client of the JSON API in browser mode: the cookies of the pages hold session and sign-in, and each POST carries a
// token against forged requests.
const demo = document.getElementById("demo");
const problem = document.getElementById("problem");
const steps = [...demo.querySelectorAll("[data-step]")];
const { api, lang } = demo.dataset;
let token;

/** The answer of an operation. A problem document is thrown. */
async function call(operation, body) {
  const post = body && {
    method: "POST",
    headers: { "Content-Type": "application/json", "x-csrf-token": token },
    body: JSON.stringify(body),
  };
  const answer = await fetch(`${api}/${operation}`, post);
  const json = await answer.json();
  if (!answer.ok) throw json;
  return json;
}

/** Shows the step that comes next. Later versions of the API may name steps that this page does not know. */
async function goOn(next) {
  if (next === "signed_in") await fillAccount();
  const step = steps.find((one) => one.dataset.step === next) ?? steps.find((one) => one.dataset.step === "other");
  for (const one of steps) one.hidden = one !== step;
  step.querySelector("input, [tabindex]")?.focus();
}

async function fillAccount() {
  const [session, { sessions }] = await Promise.all([call("session"), call("sessions")]);
  for (const name of ["login", "recovery_codes_left"]) demo.querySelector(`dd[data-field=${name}]`).textContent = session[name];
  const items = sessions.map((one) => {
    const item = document.getElementById("session").content.cloneNode(true);
    const device = [one.browser, one.system].filter((part) => part).join(", ");
    if (device) item.querySelector("[data-field=device]").textContent = device;
    const used = new Date(one.used_at * 1000);
    const time = item.querySelector("time");
    time.dateTime = used.toISOString();
    time.textContent = used.toLocaleString(lang);
    return item;
  });
  demo.querySelector("ul").replaceChildren(...items);
}

/** The title of a problem is a text for people, in the language of the page. */
async function report(error) {
  problem.firstElementChild.textContent = error.title ?? String(error);
  problem.hidden = false;
  problem.focus();
  // Without its sign-in or its session, the person begins again.
  if (["ticket_invalid", "session_ended", "other_step"].includes(error.code)) {
    await goOn("sign_in");
    problem.focus();
  }
}

demo.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  const fields = Object.fromEntries(new FormData(form));
  button.disabled = true;
  problem.hidden = true;
  try {
    const { next } = await call(form.dataset.operation, fields);
    form.reset();
    await goOn(next);
  } catch (error) {
    await report(error);
  } finally {
    button.disabled = false;
  }
});

try {
  token = (await call("csrf")).csrf_token;
  const { next } = await call("second-factor/state", {});
  await goOn(next);
} catch (error) {
  await report(error);
}
