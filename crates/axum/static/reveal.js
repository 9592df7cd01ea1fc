// Shows what was typed into a password field, at a press of the button beside it.
for (const button of document.querySelectorAll("button.reveal")) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const texts = { password: button.textContent, text: button.dataset.hide };
  const display = (type) => {
    field.type = type;
    button.textContent = texts[type];
  };
  button.addEventListener("click", () => display(field.type === "password" ? "text" : "password"));
  // Sent as a password field, so that the browser offers to keep it as one and not as an ordinary text.
  field.form.addEventListener("submit", () => display("password"));
  button.hidden = false;
}
