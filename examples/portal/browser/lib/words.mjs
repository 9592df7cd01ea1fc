// The names of the controls, as the portal's contract fixes them; a person finds a control by these.
const nl = {
  lang: 'nl',
  forgot: 'Wachtwoord vergeten?',
  userName: 'Gebruikersnaam',
  send: 'Versturen',
  sent: /verzonden/i,
  newPassword: 'Nieuw wachtwoord',
  requirements: 'Wachtwoordeisen',
  save: 'Opslaan',
  change: 'Wachtwoord wijzigen',
  currentPassword: 'Huidig wachtwoord',
  password: 'Wachtwoord',
  signIn: 'Inloggen',
  app: 'Authenticator-app',
  code: 'Verificatiecode',
  newCode: 'Nieuwe code',
  useRecovery: 'Herstelcode gebruiken',
  recoveryCode: 'Herstelcode',
  signedIn: 'Ingelogd',
  goOn: 'Doorgaan',
  signOut: 'Uitloggen',
  waitForNext: /wacht.*volgende code|volgende code.*wacht/is,
  validity: /\b(\d+|een|één|twee)\s+(minu\w+|uur|uren)\b/i,
  resetSubject: /wachtwoord/i,
  imagesBlocked: /afbeeldingen geblokkeerd/i,
  stopLinks: 'Links laten vervallen',
  lockAccount: 'Account op slot zetten',
}

const en = {
  lang: 'en',
  forgot: 'Forgot password?',
  userName: 'User name',
  send: 'Send',
  sent: /sent/i,
  newPassword: 'New password',
  requirements: 'Password requirements',
  save: 'Save',
  change: 'Change password',
  currentPassword: 'Current password',
  password: 'Password',
  signIn: 'Sign in',
  app: 'Authenticator app',
  code: 'Verification code',
  newCode: 'New code',
  useRecovery: 'Use a recovery code',
  recoveryCode: 'Recovery code',
  signedIn: 'Signed in',
  goOn: 'Continue',
  signOut: 'Sign out',
  waitForNext: /wait.*next code|next code.*wait/is,
  validity: /\b(\d+|one|an|two)\s+(minutes?|hours?)\b/i,
  resetSubject: /password/i,
  imagesBlocked: /images blocked/i,
  stopLinks: 'Stop these links',
  lockAccount: 'Lock the account',
}

export const words = { nl, en }

/** The demonstration tenants: the language of their people, and how the second factor is set up. */
export const tenants = {
  noord: { lang: 'nl', mailed: true },
  zuid: { lang: 'en', mailed: false },
}

/** The one person of each tenant whose mail and pages are in the other language. */
export const GUEST = 'extra8'
export const otherLang = lang => (lang === 'nl' ? 'en' : 'nl')
export const accountLang = (tenant, login) =>
  login === GUEST ? otherLang(tenants[tenant].lang) : tenants[tenant].lang

export const address = (tenant, login) => `${login}@${tenant}.example`

/** Good under both tenants' rules; each differs from every other. */
export const GOOD = ['Vlotte9-Kanaal.Brug+Riet', 'Stille4.Molen_Dijk=Wolk', 'Ruime7=Zolder-Kist.Vacht', 'Groen3+Laken.Steiger_Mus']
