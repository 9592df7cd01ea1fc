// QR codes as zbarimg, an independent reader, sees them.
import assert from 'node:assert/strict'
import { run } from './process.mjs'

/** The texts of all QR codes in a PNG file. */
export async function qrTexts(pngFile) {
  const { code, stdout, stderr } = await run('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', pngFile])
  // 4 is zbarimg's word for "no symbol found".
  assert.ok(code === 0 || code === 4, `zbarimg: ${stderr}`)
  return stdout.split('\n').filter(Boolean)
}

export async function qrText(pngFile) {
  const texts = await qrTexts(pngFile)
  assert.equal(texts.length, 1, `exactly one QR code in ${pngFile}`)
  return texts[0]
}
