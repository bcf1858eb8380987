// A phone with an authenticator app, as RFC 6238 describes it: SHA-1, six digits, 30 seconds.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP_MS = 30_000;
/** How long a code may be on its way to the server. */
const ON_THE_WAY_MS = 5_000;

export class Authenticator {
  /** Takes the secret as somebody types it. */
  constructor(typed) {
    const secret = typed.replaceAll(/\s/g, "");
    assert.match(secret, /^[A-Z2-7]{32}$/);
    const bits = [...secret].map((sign) => BASE32.indexOf(sign).toString(2).padStart(5, "0")).join("");
    this.secret = secret;
    this.key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
    this.used = 0;
  }

  code(step) {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const mac = createHmac("sha1", this.key).update(counter).digest();
    const number = mac.readUInt32BE(mac[19] & 0xf) & 0x7fffffff;
    return String(number % 1_000_000).padStart(6, "0");
  }

  /** A code that was not used yet. The server takes those of the step before and after, too, so three come at once. */
  async next() {
    const stepAt = (time) => Math.floor(time / STEP_MS);
    const earliest = stepAt(Date.now() + ON_THE_WAY_MS) - 1;
    const step = Math.max(this.used + 1, earliest);
    while (step > stepAt(Date.now()) + 1) await new Promise((resolve) => setTimeout(resolve, 200));
    this.used = step;
    return this.code(step);
  }

  /** Six digits that are no code of this time. */
  wrong() {
    const now = Math.floor(Date.now() / STEP_MS);
    const right = [-2, -1, 0, 1, 2].map((n) => this.code(now + n));
    return ["000000", "111111", "222222", "333333", "444444", "555555"].find((code) => !right.includes(code));
  }
}

// the standard's own examples
const RFC = new Authenticator("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
assert.equal(RFC.code(1), "287082");
assert.equal(RFC.code(37_037_036), "081804");
assert.equal(RFC.code(666_666_666), "353130");
