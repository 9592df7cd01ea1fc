// Counts waiting times down. Without this script the page says how long to wait, once.
const A_SECOND = 1000;

/** The words for so many seconds, as the server writes them. */
function wait(said, seconds) {
  if (seconds <= 0) return said.over;
  const [one, several, count] =
    seconds < 100
      ? [said.second, said.seconds, seconds]
      : seconds < 6000
        ? [said.minute, said.minutes, Math.ceil(seconds / 60)]
        : [said.hour, said.hours, Math.ceil(seconds / 3600)];
  return count === 1 ? one : several.replace("#", count);
}

for (const place of document.querySelectorAll("[data-wait]")) {
  const said = place.dataset;
  const loaded = performance.now();
  const timer = setInterval(() => {
    const left = said.wait - Math.floor((performance.now() - loaded) / A_SECOND);
    // An app shows one code after the other.
    const seconds = said.every && left <= 0 ? Number(said.every) + (left % said.every) : left;
    place.textContent = wait(said, seconds);
    if (seconds <= 0) clearInterval(timer);
  }, A_SECOND);
}
