/**
 * The text of a ticket.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  isSigned,
  parseTicket,
  type Ticket,
  type TicketKey,
  writeTicket,
} from "../../lib/auth_tkt/ticket.ts";

const KEY: TicketKey = { secret: new TextEncoder().encode("a secret"), hash: "SHA-256" };
const ADDRESS = "0.0.0.0";
const TICKET: Ticket = { timestamp: 1_700_000_000, userId: "ada", tokens: "a,b", userData: "x|y" };

async function written(ticket: Partial<Ticket>): Promise<string> {
  return await writeTicket({ ...TICKET, ...ticket }, KEY, ADDRESS);
}

Deno.test("parseTicket() reads what writeTicket() wrote, and isSigned() knows its key", async (t) => {
  const rows: Record<string, Partial<Ticket>> = {
    "tokens and data": {},
    "no tokens": { tokens: "" },
    "no data": { userData: "" },
    "data with marks and no tokens": { tokens: "", userData: "a!b!c" },
    "data with marks": { userData: "a!b" },
    "an id of all kinds of characters": { userId: "a!b/c%'()*é😀 ;,\"" },
    "the first second": { timestamp: 0 },
    "the last second": { timestamp: 0xffffffff },
  };
  for (const [name, ticket] of Object.entries(rows)) {
    await t.step(name, async () => {
      const read = parseTicket(await written(ticket), "SHA-256");
      assert(read !== null);
      const { digest: _, ...rest } = read;
      assertEquals(rest, { ...TICKET, ...ticket });
      assert(await isSigned(read, KEY, ADDRESS));
    });
  }
});

Deno.test("isSigned() refuses every other part, key and address", async (t) => {
  const ticket = parseTicket(await written({}), "SHA-256");
  assert(ticket !== null);
  const rows: Record<string, [ticket: typeof ticket, key: TicketKey, address: string]> = {
    "digest": [{ ...ticket, digest: ticket.digest.replace(/.$/, "") }, KEY, ADDRESS],
    "no digest": [{ ...ticket, digest: "" }, KEY, ADDRESS],
    "time": [{ ...ticket, timestamp: ticket.timestamp + 1 }, KEY, ADDRESS],
    "user": [{ ...ticket, userId: "eve" }, KEY, ADDRESS],
    "tokens": [{ ...ticket, tokens: "a,b,c" }, KEY, ADDRESS],
    "data": [{ ...ticket, userData: "" }, KEY, ADDRESS],
    "a letter from one part to the next": [
      { ...ticket, userId: "ad", tokens: "aa,b" },
      KEY,
      ADDRESS,
    ],
    "secret": [ticket, { ...KEY, secret: new Uint8Array([1]) }, ADDRESS],
    "hash": [ticket, { ...KEY, hash: "SHA-512" }, ADDRESS],
    "address": [ticket, KEY, "0.0.0.1"],
    "an address of IPv6": [ticket, KEY, "::1"],
  };
  for (const [name, [one, key, address]] of Object.entries(rows)) {
    await t.step(name, async () => assertEquals(await isSigned(one, key, address), false));
  }
});

Deno.test("parseTicket() refuses what is no ticket", async (t) => {
  const good = await written({ tokens: "" });
  const digest = good.slice(0, 64);
  const rows: Record<string, string> = {
    "nothing": "",
    "short": digest,
    "no mark": `${digest}6553f100ada`,
    "capitals in the digest": `${digest.toUpperCase()}6553f100ada!`,
    "a time with a sign": `${digest}+553f100ada!`,
    "a time with a prefix": `${digest}0x53f100ada!`,
    "a time with an underscore": `${digest}65_3f100ada!`,
    "a time in capitals": `${digest}6553F100ada!`,
    "a space": `${digest}6553f100ada! `,
    "beyond ASCII": `${digest}6553f100ada!é`,
    "a broken percent sign": `${digest}6553f100%!`,
    "no UTF-8": `${digest}6553f100%ff!`,
    "NUL in the id": `${digest}6553f100a%00b!`,
  };
  for (const [name, text] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(parseTicket(text, "SHA-256"), null));
  }
  await t.step("a ticket of another hash", () => assertEquals(parseTicket(good, "SHA-512"), null));
});
