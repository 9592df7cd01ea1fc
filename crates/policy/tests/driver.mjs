// Runs the evaluator for browser_parity.rs: a job as JSON on standard input, the answers on standard output.

let input = "";
process.stdin.setEncoding("utf8");
for await (const chunk of process.stdin) {
  input += chunk;
}
const job = JSON.parse(input);
const module = "data:text/javascript;charset=utf-8," + encodeURIComponent(job.evaluator);
const { evaluate } = await import(module);

const jobs = {
  // [rules as text, password] pairs, each answered by [[code, state], …].
  pairs: (pairs) =>
    pairs.map(([rules, password]) =>
      evaluate(JSON.parse(rules), password).map(({ code, state }) => [code, state]),
    ),
  // Each text between two private-use characters, which neither compose nor fold. `folded` holds what the
  // word in the last rule, the user's name, is for that text on the server.
  sweep: ({ rules, spelt, folded }) => {
    const parsed = JSON.parse(rules);
    const words = parsed.rules.at(-1).words;
    return spelt.map((text, i) => {
      words[0] = "\uE000" + folded[i] + "\uE000";
      const answer = evaluate(parsed, "\uE000" + text + "\uE000");
      return answer.map(({ state }) => state[0]).join("");
    });
  },
};
process.stdout.write(JSON.stringify(jobs[job.kind](job.data)));
