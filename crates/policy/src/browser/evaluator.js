// Judges a password by the rules of a slotwerk-policy, exactly as the server does.
// A plain ES module: no dependency, no DOM, no eval, no regular expression made from data.

const CLASSES = {
  uppercase: /^\p{Uppercase}$/u,
  lowercase: /^\p{Lowercase}$/u,
  letter: /^\p{Alphabetic}$/u,
  digit: /^\p{N}$/u,
  symbol: /^[^\p{Alphabetic}\p{N}\p{White_Space}]$/u,
};
const WHITE_SPACE = /^\p{White_Space}$/u;
const HALF_A_PAIR = /^\p{Cs}$/u;
// Unicode Default_Ignorable_Code_Point.
const IGNORABLE =
  /^[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]$/u;
const FULL_WIDTH = /^[\uFF01-\uFF5E]$/u;

// No row of a keyboard is as long as this, so the place of a key is one number: row * ROW + column.
const ROW = 100;
const STEPS = new Set([1, -1, ROW, -ROW]);

/**
 * @param {{version: number, ceiling: number, leet: string[], rules: object[]}} rules the parsed `browser_rules()`
 * @param {string} password the value of the field
 * @returns {{code: string, state: "met" | "unmet" | "pending"}[]} in the order of the server's verdict
 */
export function evaluate(rules, password) {
  if (rules.version !== 1) {
    throw new RangeError("unknown version of the password rules");
  }
  const judge = judgeOf(password, rules);
  return rules.rules.map((rule) => ({ code: rule.code, state: judge(rule) }));
}

function judgeOf(password, { ceiling, leet }) {
  if (password === "") {
    // What a rule asks for is not there yet; what a rule forbids cannot be judged yet.
    return (rule) => (rule.demand ? "unmet" : "pending");
  }
  // No text has fewer bytes of UTF-8 than UTF-16 units, so a huge one need not be encoded to be refused.
  if (password.length > ceiling || new TextEncoder().encode(password).length > ceiling) {
    return (rule) => (rule.code === "maximum-length" ? "unmet" : "pending");
  }
  const candidate = takeApart(password, leet);
  return (rule) => {
    const satisfied = rule.pending ? undefined : satisfies(rule, candidate);
    return satisfied === undefined ? "pending" : satisfied ? "met" : "unmet";
  };
}

// Half a surrogate pair reaches the server as U+FFFD, so it is judged as one.
function takeApart(password, leet) {
  const received = Array.from(password, (c) => (HALF_A_PAIR.test(c) ? "\uFFFD" : c)).join("");
  const characters = Array.from(received.normalize("NFC"));
  const folded = once(() => Array.from(characters.map(fold).join("").normalize("NFC")));
  const foldedText = once(() => folded().join(""));
  const candidate = {
    characters,
    folded,
    // A word without letters comes as it is, and no skeleton holds such a word unless the text does too.
    contains: (word) => candidate.skeleton().includes(word) || foldedText().includes(word),
    // Leet speak undone. The words of the rules come in the same form.
    skeleton: once(() => {
      const [signs, letters] = leet.map((text) => Array.from(text));
      const meant = new Map(signs.map((c, i) => [c, letters[i]]));
      return folded().map((c) => meant.get(c) ?? c).join("");
    }),
    ofClass: (name) => characters.filter((c) => CLASSES[name].test(c)).length,
  };
  return candidate;
}

// For comparison only. A full-width form lies as far from the ASCII character as the first does from `!`.
function fold(c) {
  if (IGNORABLE.test(c)) {
    return "";
  }
  const plain = FULL_WIDTH.test(c) ? String.fromCodePoint(c.codePointAt(0) - 0xfee0) : c;
  return plain.toLowerCase().toUpperCase().toLowerCase();
}

function once(work) {
  let result;
  return () => (result ??= work());
}

// Undefined for a rule that this version does not know: then only the server can tell.
function satisfies(rule, candidate) {
  const { characters } = candidate;
  // Without the limit `below` this is false: a rule without a condition spares no password.
  const isSpared = characters.length >= rule.below;
  switch (rule.code) {
    case "minimum-length":
      return characters.length >= rule.characters;
    case "maximum-length":
      return characters.length <= rule.characters;
    case "minimum-uppercase":
    case "minimum-lowercase":
    case "minimum-letters":
    case "minimum-digits":
    case "minimum-symbols":
      return isSpared || candidate.ofClass(rule.class) >= rule.characters;
    case "classes-present":
      return isSpared || rule.classes.filter((name) => candidate.ofClass(name) > 0).length >= rule.atLeast;
    case "minimum-distinct":
      return new Set(characters).size >= rule.characters;
    case "allowed-characters":
      return characters.every(memberOf(rule));
    case "forbidden-characters":
      return !characters.some((c) => rule.characters.includes(c));
    case "white-space":
      return whiteSpaceIsWhereItMay(characters, rule.allowed);
    case "maximum-run":
      return longestRun(characters) <= rule.characters;
    case "without-repeated-block":
      return !hasRepeatedBlock(candidate.folded(), rule.shortest);
    case "maximum-alphabetical":
    case "maximum-numerical":
    case "maximum-qwerty":
    case "maximum-azerty":
    case "maximum-qwertz":
      return longestSequence(characters, rule.rows) <= rule.characters;
    case "without-attributes":
    case "without-words":
      return !rule.words.some(candidate.contains);
    default:
      return undefined;
  }
}

function memberOf({ printableAscii, classes, characters }) {
  return (c) =>
    (printableAscii && c >= " " && c <= "~") ||
    classes.some((name) => CLASSES[name].test(c)) ||
    characters.includes(c);
}

function whiteSpaceIsWhereItMay(characters, allowed) {
  const isWhite = (c) => WHITE_SPACE.test(c);
  switch (allowed) {
    case "inside":
      return !isWhite(characters.at(0)) && !isWhite(characters.at(-1));
    case "nowhere":
      return !characters.some(isWhite);
    default:
      return undefined;
  }
}

function longestRun(characters) {
  let longest = 0;
  let run = 0;
  characters.forEach((c, i) => {
    run = c === characters[i - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
  });
  return longest;
}

// A block of n characters is followed by itself where n characters in a row equal those n places before them.
function hasRepeatedBlock(folded, shortest) {
  const points = Uint32Array.from(folded, (c) => c.codePointAt(0));
  for (let n = shortest; 2 * n <= points.length; n += 1) {
    let run = 0;
    for (let i = n; i < points.length; i += 1) {
      run = points[i] === points[i - n] ? run + 1 : 0;
      if (run === n) {
        return true;
      }
    }
  }
  return false;
}

// The most characters whose keys lie side by side on one line, all in one direction. `rows` holds the
// keys without and with Shift; a space stands where there is no key.
function longestSequence(characters, rows) {
  const keys = new Map();
  rows.forEach((shifts, row) => {
    shifts.forEach((line) => Array.from(line).forEach((c, column) => keys.set(c, ROW * row + column)));
  });
  keys.delete(" ");
  let longest = 0;
  let run = 0;
  let direction;
  characters.forEach((c, i) => {
    const step = keys.get(c) - keys.get(characters[i - 1]);
    run = !STEPS.has(step) ? 1 : step === direction ? run + 1 : 2;
    longest = Math.max(longest, run);
    direction = step;
  });
  return longest;
}
