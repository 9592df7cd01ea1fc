// The Python interpreter that has the SMTP server of requirements.txt.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const venv = fileURLToPath(new URL('../../../../target/ci-venv/bin/python', import.meta.url))

export const python = process.env.SLOTWERK_PYTHON || (existsSync(venv) ? venv : 'python3')
