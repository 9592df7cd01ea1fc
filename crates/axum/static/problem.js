// Leads to what went wrong: the focus goes to the alert, and the alert goes once the person types.
const problem = document.getElementById("problem");

// A limit stays in view: typing does not end it.
const isLimit = document.querySelector("#problem.alert [data-wait]") !== null;

function typed(event) {
  if (isLimit || !event.target.form) return;
  problem.hidden = true;
  for (const field of document.querySelectorAll("[aria-describedby~='problem']")) {
    field.removeAttribute("aria-invalid");
    const others = field.getAttribute("aria-describedby").split(" ").filter((id) => id !== "problem");
    if (others.length > 0) field.setAttribute("aria-describedby", others.join(" "));
    else field.removeAttribute("aria-describedby");
  }
}

if (problem) {
  addEventListener("input", typed);
  problem.focus();
}
