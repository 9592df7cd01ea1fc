// otplib, as a peer of this crate: reads and writes the lines that peers.py does.
import { createInterface } from "node:readline";
import { generateSync, verifySync } from "otplib";
import { generateTOTP, parse } from "@otplib/uri";

const yes = (result) => (result.valid ? "yes" : "no");

const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  const [secret, time, name, digits, period, issuer, account, ours, wrong, uri] = line.split("\t");
  const algorithm = name.toLowerCase();
  const options = { secret, algorithm, digits: Number(digits), period: Number(period), epoch: Number(time) };
  const read = parse(uri);
  const label = read.label.slice(read.label.indexOf(":") + 1);
  console.log(
    [
      generateSync(options),
      yes(verifySync({ ...options, token: ours })),
      yes(verifySync({ ...options, token: wrong })),
      generateTOTP({ issuer, label: account, secret, algorithm, digits: options.digits, period: options.period }),
      read.params.secret,
      (read.params.algorithm ?? "sha1").toUpperCase(),
      read.params.digits ?? 6,
      read.params.period ?? 30,
      read.params.issuer,
      label,
    ].join("\t"),
  );
}
