// Copies the set-up code. Without this script it is text that one press selects; and where the browser has no
// clipboard for this page, the button stays away.
const button = document.getElementById("copy");
const said = document.getElementById("copied");

async function copy() {
  // The groups are for the eye.
  const code = document.getElementById("secret").textContent.replace(/\s/g, "");
  try {
    await navigator.clipboard.writeText(code);
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
