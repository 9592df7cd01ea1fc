// The names of the controls, as the contract of the pages fixes them; a person finds a control by these.
import { host } from './hosts.mjs'

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
  saved: 'Ik heb deze codes bewaard',
  signOut: 'Uitloggen',
  waitForNext: /wacht.*volgende code|volgende code.*wacht/is,
  validity: /\b(\d+|een|één|twee)\s+(minu\w+|uur|uren)\b/i,
  resetSubject: /wachtwoord/i,
  imagesBlocked: /afbeeldingen geblokkeerd/i,
  stopLinks: 'Links laten vervallen',
  lockAccount: 'Account op slot zetten',
  twoStep: 'Tweestapsverificatie',
  apps: 'Authenticator-apps',
  addApp: 'Authenticator-app toevoegen',
  add: 'Toevoegen',
  replace: 'Vervangen',
  remove: 'Verwijderen',
  rename: 'Naam wijzigen',
  name: 'Naam',
  cancel: 'Annuleren',
  copy: 'Kopiëren',
  copied: 'De instelcode is gekopieerd.',
  newCodes: 'Nieuwe herstelcodes',
  makeCodes: 'Nieuwe herstelcodes maken',
  stepUp: 'Bevestig dat jij het bent',
  added: /is toegevoegd/,
  replaced: /is vervangen/,
  renamed: /naam is gewijzigd/,
  removed: /is verwijderd/,
  gone: /niet meer in de lijst/,
  codesShown: /één keer getoond/,
  full: /meer kunnen het er niet zijn/i,
  lastStays: /enige authenticator-app/,
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
  saved: 'I have saved these codes',
  signOut: 'Sign out',
  waitForNext: /wait.*next code|next code.*wait/is,
  validity: /\b(\d+|one|an|two)\s+(minutes?|hours?)\b/i,
  resetSubject: /password/i,
  imagesBlocked: /images blocked/i,
  stopLinks: 'Stop these links',
  lockAccount: 'Lock the account',
  twoStep: 'Two-step verification',
  apps: 'Authenticator apps',
  addApp: 'Add an authenticator app',
  add: 'Add',
  replace: 'Replace',
  remove: 'Remove',
  rename: 'Rename',
  name: 'Name',
  cancel: 'Cancel',
  copy: 'Copy',
  copied: 'The set-up code was copied.',
  newCodes: 'New recovery codes',
  makeCodes: 'Make new recovery codes',
  stepUp: 'Confirm that it is you',
  added: /was added/,
  replaced: /was replaced/,
  renamed: /name was changed/,
  removed: /was removed/,
  gone: /not in the list any more/,
  codesShown: /shown once/,
  full: /there cannot be more/,
  lastStays: /only authenticator app/,
}

export const words = { nl, en }

export const { tenants } = host
/** The tenant that a test of one takes, and the one that shows the set-up of the app on the page. */
export const [oneTenant] = Object.keys(tenants)
export const onScreen = Object.keys(tenants).find(name => !tenants[name].mailed)

/** The one person of each tenant whose mail and pages are in the other language. */
export const GUEST = host.guest
export const otherLang = lang => (lang === 'nl' ? 'en' : 'nl')
export const accountLang = (tenant, login) =>
  GUEST && login === GUEST ? otherLang(tenants[tenant].lang) : tenants[tenant].lang

export const address = (tenant, login) => `${login}@${tenant}.example`

/** Good under both tenants' rules; each differs from every other. */
export const GOOD = ['Vlotte9-Kanaal.Brug+Riet', 'Stille4.Molen_Dijk=Wolk', 'Ruime7=Zolder-Kist.Vacht', 'Groen3+Laken.Steiger_Mus']
