// The portal's own mailbox, which it has when no mail server is named.
export const MAILBOX = '/mailbox'

/** Opens the newest mail whose entry in the mailbox has this text. */
export async function openMail(v, text) {
  await v.go(MAILBOX)
  const entry = v.page.getByRole('link').filter({ hasText: text }).first()
  await v.expectSeen(entry, `a mail "${text}" in the mailbox`)
  await v.press(entry)
}

/** The switch that shows the mail as a program that blocks images would. */
export async function blockImages(v) {
  const control = ['link', 'button', 'switch', 'checkbox']
    .map(role => v.page.getByRole(role, { name: v.words.imagesBlocked }))
    .reduce((one, other) => one.or(other))
    .first()
  await v.expectSeen(control, 'the switch "images blocked"')
  await v.press(control)
}

/** All images on the page and in its frames that show something. */
export async function imagesShown(v) {
  const shown = await Promise.all(v.page.frames().map(frame =>
    frame.evaluate(() => [...document.images].filter(image => image.naturalWidth > 0).map(image => image.src))))
  return shown.flat()
}
