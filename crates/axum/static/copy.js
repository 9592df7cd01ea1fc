// Copies a set-up code or recovery codes. Without this script they are text to select; and where the browser has no
// clipboard for this page, the button stays away.
const button = document.getElementById("copy");
const said = document.getElementById("copied");

/** A set-up code without its blanks, which are for the eye; recovery codes one a line. */
function text() {
  const places = document.querySelectorAll(button.dataset.copies);
  return [...places].map((place) => place.textContent.replace(/\s/g, "")).join("\n");
}

async function copy() {
  try {
    await navigator.clipboard.writeText(text());
    return said.dataset.done;
  } catch {
    return said.dataset.failed;
  }
}

if (button && navigator.clipboard) {
  button.addEventListener("click", async () => {
    said.textContent = "";
    said.textContent = await copy();
  });
  button.hidden = false;
}
