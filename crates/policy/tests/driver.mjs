// Runs the evaluator for browser_parity.rs: a job as JSON on standard input, the answers on standard output.

let input = "";
process.stdin.setEncoding("utf8");
for await (const chunk of process.stdin) {
  input += chunk;
}
const job = JSON.parse(input);
const module = "data:text/javascript;charset=utf-8," + encodeURIComponent(job.evaluator);
const { evaluate } = await import(module);

// The states of an answer, an initial for each.
const initials = (answer) => answer.map(({ state }) => state[0]).join("");

const jobs = {
  // [rules as text, passwords], each answered by [codes, initials for each password].
  verdicts: (cases) =>
    cases.map(([text, passwords]) => {
      const rules = JSON.parse(text);
      const answers = passwords.map((password) => evaluate(rules, password));
      const codes = answers.map((answer) => answer.map(({ code }) => code).join());
      if (codes.some((list) => list !== codes[0])) {
        throw new Error("the codes depend on the password");
      }
      return [codes[0].split(","), answers.map(initials)];
    }),
  // Each text between private-use characters, which neither compose nor fold, under all policies.
  // `words` holds what the user's name is for that text on the server.
  sweep: ({ policies, spelt, words }) => {
    const parsed = policies.map((text) => JSON.parse(text));
    const names = parsed[0].rules.find(({ code }) => code === "without-attributes").words;
    return spelt.map((text, i) => {
      const around = "\uE000\uE000";
      names[0] = around + words[i] + around;
      return parsed.map((rules) => initials(evaluate(rules, around + text + around))).join(" ");
    });
  },
};
process.stdout.write(JSON.stringify(jobs[job.kind](job.data)));
