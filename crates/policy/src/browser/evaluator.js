// Judges a password by the rules of a slotwerk-policy, exactly as the server does.
// A plain ES module: no dependency, no DOM, no eval, no regular expression made from data.

const CLASSES = {
  uppercase: /^\p{Uppercase}$/u,
  lowercase: /^\p{Lowercase}$/u,
  letter: /^\p{Alphabetic}$/u,
  digit: /^\p{N}$/u,
  symbol: /^[^\p{Alphabetic}\p{N}\p{White_Space}]$/u,
};

// What a rule asks for is unmet as long as nothing was typed; what a rule forbids cannot be judged yet.
const DEMANDS = new Set([
  "minimum-length",
  "minimum-uppercase",
  "minimum-lowercase",
  "minimum-letters",
  "minimum-digits",
  "minimum-symbols",
  "classes-present",
  "minimum-distinct",
]);

/**
 * @param {{version: number, ceiling: number, rules: object[]}} rules the parsed `browser_rules()`
 * @param {string} password the value of the field
 * @returns {{code: string, state: "met" | "unmet" | "pending"}[]} in the order of the server's verdict
 */
export function evaluate(rules, password) {
  if (rules.version !== 1) {
    throw new RangeError("unknown version of the password rules");
  }
  const judge = judgeOf(password, rules.ceiling);
  return rules.rules.map((rule) => ({ code: rule.code, state: judge(rule) }));
}

function judgeOf(password, ceiling) {
  if (password === "") {
    return (rule) => (DEMANDS.has(rule.code) ? "unmet" : "pending");
  }
  // No text has fewer bytes of UTF-8 than UTF-16 units, so a huge one need not be encoded to be refused.
  if (password.length > ceiling || new TextEncoder().encode(password).length > ceiling) {
    return (rule) => (rule.code === "maximum-length" ? "unmet" : "pending");
  }
  const candidate = takeApart(password);
  return (rule) => {
    const satisfied = rule.pending ? undefined : satisfies(rule, candidate);
    return satisfied === undefined ? "pending" : satisfied ? "met" : "unmet";
  };
}

// Half a surrogate pair reaches the server as U+FFFD, so it is judged as one.
function takeApart(password) {
  const received = Array.from(password, (c) => (/^\p{Cs}$/u.test(c) ? "\uFFFD" : c)).join("");
  const characters = Array.from(received.normalize("NFC"));
  let longestRun = 0;
  let run = 0;
  characters.forEach((c, i) => {
    run = c === characters[i - 1] ? run + 1 : 1;
    longestRun = Math.max(longestRun, run);
  });
  return {
    characters,
    longestRun,
    distinct: new Set(characters).size,
    folded: characters.map((c) => c.toLowerCase().toUpperCase().toLowerCase()).join("").normalize("NFC"),
    ofClass: (name) => characters.filter((c) => CLASSES[name].test(c)).length,
  };
}

// Undefined for a rule that this version does not know: then only the server can tell.
function satisfies(rule, candidate) {
  switch (rule.code) {
    case "minimum-length":
      return candidate.characters.length >= rule.characters;
    case "maximum-length":
      return candidate.characters.length <= rule.characters;
    case "minimum-uppercase":
    case "minimum-lowercase":
    case "minimum-letters":
    case "minimum-digits":
    case "minimum-symbols":
      return candidate.ofClass(rule.class) >= rule.characters;
    case "classes-present":
      return rule.classes.filter((name) => candidate.ofClass(name) > 0).length >= rule.atLeast;
    case "minimum-distinct":
      return candidate.distinct >= rule.characters;
    case "maximum-run":
      return candidate.longestRun <= rule.characters;
    case "without-attributes":
      return !rule.words.some((word) => candidate.folded.includes(word));
    default:
      return undefined;
  }
}
