/**
 * `authTktCookies()` and Pyramid's `AuthTktCookieHelper` write and read the same tickets: golden ones
 * that Pyramid wrote once, and random ones in both directions.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import GOLDEN from "../data/pyramid_tickets.json" with { type: "json" };
import { Random } from "../random.ts";
import { testUnless } from "../requirements.ts";
import { missingPyramid } from "../session/pyramid_process.ts";
import {
  askPyramid,
  askUs,
  attributesOf,
  type HelperOptions,
  pairOf,
  type PythonId,
  type Question,
} from "./ticket_questions.ts";

interface Golden extends Question {
  readonly name: string;
  readonly set_cookie: readonly string[];
}

function isGolden(rows: unknown): rows is Golden[] {
  return Array.isArray(rows) && rows.every((row) => typeof row.name === "string");
}

Deno.test("authTktCookies() writes and reads the tickets that Pyramid wrote", async (t) => {
  const rows: unknown = GOLDEN;
  assert(isGolden(rows) && rows.length > 20);
  for (const { name, set_cookie: [theirs = ""], ...question } of rows) {
    await t.step(name, async () => {
      const written = await askUs(question);
      assert(Array.isArray(written));
      assertEquals(written.map(pairOf), [pairOf(theirs)]);
      assertEquals(attributesOf(written[0] ?? ""), attributesOf(theirs));
      const { write, ...rest } = question;
      const read = await askUs({ ...rest, read: pairOf(theirs) });
      assert(read !== null && !Array.isArray(read));
      assertEquals([read.userid, read.tokens, read.timestamp], [
        write?.userid,
        write?.tokens,
        question.now,
      ]);
    });
  }
});

const NOW = 1_700_000_000;
const CHARACTERS = [...'aZ09+/=!|,;"\\ %é😀ключ\n'];

function randomId(random: Random): PythonId {
  const length = 1 + random.below(12);
  switch (random.below(3)) {
    case 0:
      return ["int", String(random.below(2 ** 31) - 2 ** 30)];
    case 1:
      return ["str", Array.from({ length }, () => random.pick(CHARACTERS)).join("")];
    default:
      return [
        "bytes",
        Uint8Array.from({ length }, () => random.below(256)).toHex(),
      ];
  }
}

function randomAddress(random: Random): string {
  const part = () => random.below(256);
  return random.chance(0.7)
    ? [part(), part(), part(), part()].join(".")
    : `2001:db8::${(1 + random.below(0xfffe)).toString(16)}`;
}

function randomQuestion(random: Random): Question & { readonly write: { userid: PythonId } } {
  const letter = () => random.pick([..."abXY"]) + random.pick(["", "9", "-", "_", "+"]);
  const options: HelperOptions = {
    secret: `live: ${Array.from({ length: 32 }, () => random.pick(CHARACTERS)).join("")} ${
      random.below(1e9)
    }`,
    hashalg: random.pick(["sha256", "sha384", "sha512"]),
    include_ip: random.chance(0.5),
    wild_domain: random.chance(0.5),
    parent_domain: random.chance(0.3),
  };
  return {
    options,
    now: NOW + random.below(1e6),
    ip: randomAddress(random),
    host: random.pick(["app.test", "www.app.test", "a.b.app.test"]),
    write: {
      userid: randomId(random),
      tokens: Array.from({ length: random.below(4) }, letter),
    },
  };
}

testUnless(
  missingPyramid,
  "authTktCookies() and real Pyramid read each other's random tickets, and write the same",
  async (t) => {
    const random = new Random(20_261_129);
    const questions = Array.from({ length: 200 }, () => randomQuestion(random));
    const theirs = await askPyramid(questions);
    const ours = await Promise.all(questions.map(askUs));
    const reading = questions.map(({ write: _, ...question }, index) => {
      const written = ours[index];
      assert(Array.isArray(written));
      return { ...question, read: pairOf(written[0] ?? "") };
    });
    const readThere = await askPyramid(reading);
    for (const [index, question] of questions.entries()) {
      await t.step(`${index}: ${question.write.userid}`, async () => {
        assertEquals(
          (ours[index] as string[]).map((one) => [pairOf(one), ...attributesOf(one)]),
          (theirs[index] as string[]).map((one) => [pairOf(one), ...attributesOf(one)]),
        );
        const { write: _, ...rest } = question;
        const readHere = await askUs({
          ...rest,
          read: pairOf((theirs[index] as string[])[0] ?? ""),
        });
        assertEquals(readHere, readThere[index] as typeof readHere);
        assert(readHere !== null && !Array.isArray(readHere));
        assertEquals(readHere.userid, question.write.userid);
      });
    }
  },
);

testUnless(
  missingPyramid,
  "authTktCookies() and real Pyramid agree on timeout and on the time of reissue, to the second",
  async (t) => {
    const options = { secret: "limits: 4kQ9wZ2mX7vB1nL6cR8pT3y0aH5", wild_domain: false };
    const write = { userid: ["str", "ada"], tokens: ["editor"] } as const;
    const written = await askUs({ options, now: NOW, write });
    assert(Array.isArray(written));
    const read = pairOf(written[0] ?? "");
    const questions = [0, 1, 9, 10, 10.5, 11, 59, 60, 60.5, 61].map((age) => ({
      options: { ...options, timeout: 60, reissue_time: 10 },
      now: NOW + age,
      read,
    }));
    const theirs = await askPyramid(questions);
    for (const [index, question] of questions.entries()) {
      await t.step(`${question.now - NOW} seconds`, async () => {
        const ours = await askUs(question);
        const shown = (answer: unknown) => {
          if (answer === null) return null;
          const { reissued, ...rest } = answer as { reissued: string[] };
          return { ...rest, reissued: reissued.map((one) => [pairOf(one), ...attributesOf(one)]) };
        };
        assertEquals(shown(ours), shown(theirs[index]));
      });
    }
  },
);

/** Headers that somebody could send, or a broken program, each with what Pyramid makes of it. */
const HOSTILE: Readonly<Record<string, (ticket: string) => string>> = {
  "nothing": () => "auth_tkt=",
  "a quote": () => 'auth_tkt="',
  "two quotes": () => 'auth_tkt=""',
  "no digest": () => "auth_tkt=ada!userid_type:b64unicode",
  "the digest alone": (ticket) => `auth_tkt=${ticket.slice(0, 128)}`,
  "no mark": (ticket) => `auth_tkt=${ticket.replaceAll("!", "")}`,
  "digits that are none": (ticket) =>
    `auth_tkt=${ticket.slice(0, 128)}zzzzzzzz${ticket.slice(136)}`,
  "another digit": (ticket) => `auth_tkt=${ticket[0] === "0" ? "1" : "0"}${ticket.slice(1)}`,
  "a later time": (ticket) => `auth_tkt=${ticket.slice(0, 128)}ffffffff${ticket.slice(136)}`,
  "another user": (ticket) => `auth_tkt=${ticket.replace("YWRh", "ZXZl")}`,
  "another type": (ticket) => `auth_tkt=${ticket.replace("b64unicode", "int")}`,
  "a token more": (ticket) => `auth_tkt=${ticket.replace("!userid", "!admin!userid")}`,
  "user data more": (ticket) => `auth_tkt=${ticket}|admin`,
  "beyond ASCII": (ticket) => `auth_tkt=${ticket.replace("YWRh", "\u00e9")}`,
  "a broken percent sign": (ticket) => `auth_tkt=${ticket.replace("YWRh", "%zz")}`,
  "percent signs that are no UTF-8": (ticket) => `auth_tkt=${ticket.replace("YWRh", "%ff%fe")}`,
  "much": (ticket) => `auth_tkt=${ticket}${"a".repeat(60_000)}`,
  "many marks": () => `auth_tkt=${"!".repeat(60_000)}`,
  "many cookies": () => "auth_tkt=x; ".repeat(5_000),
  "quotes within": (ticket) => `auth_tkt="${ticket}\\"x"`,
  "another cookie": (ticket) => `Auth_tkt=${ticket}`,
  "zeros": () => `auth_tkt=${"0".repeat(136)}!`,
};

testUnless(
  missingPyramid,
  "authTktCookies() takes hostile tickets for nobody, as real Pyramid does where it throws nothing",
  async (t) => {
    const options = { secret: "hostile: 4kQ9wZ2mX7vB1nL6cR8pT3y0aH" };
    const written = await askUs({ options, now: NOW, write: { userid: ["str", "ada"] } });
    assert(Array.isArray(written));
    const ticket = pairOf(written[0] ?? "").slice("auth_tkt=".length);
    const questions = Object.entries(HOSTILE).map(([name, of]) => ({
      name,
      options,
      now: NOW,
      read: of(ticket),
    }));
    const theirs = await askPyramid(questions);
    for (const [index, { name, ...question }] of questions.entries()) {
      await t.step(name, async () => {
        assertEquals(await askUs(question), null);
        assertEquals(theirs[index], null);
      });
    }
    await t.step("the ticket itself, in quotes too", async () => {
      for (
        const read of [`auth_tkt=${ticket}`, `auth_tkt="${ticket}"`, `a=b; auth_tkt=${ticket}`]
      ) {
        const [there] = await askPyramid([{ options, now: NOW, read }]);
        const here = await askUs({ options, now: NOW, read });
        assert(here !== null);
        assertEquals(here, there as typeof here);
      }
    });
  },
);

testUnless(
  missingPyramid,
  "authTktCookies() differs from real Pyramid as docs/pyramid.md says: several tickets, the future",
  async () => {
    const options = { secret: "differences: 4kQ9wZ2mX7vB1nL6cR8pT3y0" };
    const ticketOf = async (user: string, now: number) => {
      const written = await askUs({ options, now, write: { userid: ["str", user] } });
      assert(Array.isArray(written));
      return pairOf(written[0] ?? "");
    };
    const newest = await ticketOf("newest", NOW - 1), older = await ticketOf("older", NOW - 9);
    const future = await ticketOf("future", NOW + 61);
    const questions = [`${newest}; ${older}`, future].map((read) => ({ options, now: NOW, read }));
    const userOf = (answer: unknown) => (answer as { userid: PythonId } | null)?.userid[1] ?? null;
    assertEquals((await askPyramid(questions)).map(userOf), ["older", "future"]);
    assertEquals((await Promise.all(questions.map(askUs))).map(userOf), ["newest", null]);
  },
);

testUnless(
  missingPyramid,
  "docs/pyramid.md names each option of AuthTktCookieHelper, with its default",
  async () => {
    const script =
      "import inspect, json; from pyramid.authentication import AuthTktCookieHelper as A;" +
      "print(json.dumps({name: one.default for name, one in inspect.signature(A).parameters.items()" +
      " if name != 'secret'}))";
    const { stdout } = await new Deno.Command("/usr/bin/python3", {
      args: ["-W", "ignore", "-c", script],
    }).output();
    const defaults: Record<string, unknown> = JSON.parse(new TextDecoder().decode(stdout));
    const page = await Deno.readTextFile(new URL("../../docs/pyramid.md", import.meta.url));
    const [, section = ""] = page.split("\n## Share auth_tkt tickets\n");
    const listed: Record<string, unknown> = {};
    for (const line of section.split("\n## ")[0]?.split("\n") ?? []) {
      const [, names = "", , values = ""] = line.split("|").map((cell) =>
        cell.replaceAll("`", "").split(",").map((word) => word.trim())
      );
      for (const [index, name] of (names || []).entries()) {
        const value = values[index] ?? "";
        if (name in defaults) {
          listed[name] = { False: false, True: true, none: null }[value] ?? value;
          if (value === "none") listed[name] = null;
        }
      }
    }
    assertEquals(listed, defaults);
  },
);
