// Node's peers of this crate: its own crypto, and the npm package hash-wasm.
//
//   peers.mjs make    reads passwords, hashes each
//   peers.mjs check   reads passwords and Argon2id hashes, has the package verify them
//
// Lines of tab-separated fields, passwords as UTF-8 in hexadecimal. `make` writes
// `form, password, stored`; `check` reads `password, stored` and writes `peer, verdict`.
import { createInterface } from "node:readline";
import { pbkdf2Sync, randomBytes, scryptSync } from "node:crypto";
import { argon2d, argon2i, argon2id, argon2Verify } from "hash-wasm";

const unpadded = (bytes) => bytes.toString("base64").replace(/=+$/, "");

async function* forms(secret) {
  const salt = randomBytes(16);
  const scrypted = scryptSync(secret, salt, 64, { N: 1024, r: 8, p: 1 });
  yield ["scrypt", `$scrypt$ln=10,r=8,p=1$${unpadded(salt)}$${unpadded(scrypted)}`];
  for (const [name, digest, length] of [
    ["pbkdf2", "sha1", 20],
    ["pbkdf2-sha256", "sha256", 32],
    ["pbkdf2-sha512", "sha512", 64],
  ]) {
    const derived = pbkdf2Sync(secret, salt, 600, length, digest);
    yield [name, `$${name}$i=600,l=${length}$${unpadded(salt)}$${unpadded(derived)}`];
  }
  for (const [number, digest] of ["sha1", "sha256", "sha512"].entries()) {
    const header = Buffer.alloc(13);
    header.writeUInt8(1, 0);
    header.writeUInt32BE(number, 1);
    header.writeUInt32BE(500, 5);
    header.writeUInt32BE(salt.length, 9);
    const derived = pbkdf2Sync(secret, salt, 500, 32, digest);
    yield [`aspnet-v3-${digest}`, Buffer.concat([header, salt, derived]).toString("base64")];
  }
  for (const [name, hash] of [["d", argon2d], ["i", argon2i], ["id", argon2id]]) {
    const costs = { memorySize: 256, iterations: 3, parallelism: 1, hashLength: 32 };
    const stored = await hash({ password: secret, salt, ...costs, outputType: "encoded" });
    yield [`argon2${name}`, stored];
  }
}

const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  if (process.argv[2] === "make") {
    for await (const [form, stored] of forms(Buffer.from(line, "hex"))) {
      console.log(`node:${form}\t${line}\t${stored}`);
    }
  } else {
    const [password, stored] = line.split("\t");
    const verdict = await argon2Verify({ password: Buffer.from(password, "hex"), hash: stored });
    console.log(`node\t${verdict ? "yes" : "no"}`);
  }
}
