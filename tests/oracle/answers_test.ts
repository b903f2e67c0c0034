/**
 * The tables of `docs/pyramid.md` that show answers of real Pyramid and of our app to one request:
 * each row is asked.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "jsr:@std/assert@^1.0.0";
import { missingPermission, testUnless } from "../requirements.ts";
import { missingPyramid } from "../session/pyramid_process.ts";
import { answersApp, type Asked, askPyramid, askUs } from "./answers_app.ts";

interface Row {
  readonly asked: Asked;
  readonly cells: readonly string[];
}

/** The rows of the table under a heading. */
function rowsOf(page: string, heading: string): Row[] {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  const [body = ""] = section.split("\n## ");
  return body.split("\n").filter((line) => line.startsWith("|")).slice(2).map((line) => {
    const [asked = "", ...cells] = line.split("|").slice(1, -1).map((cell) => cell.trim());
    return { asked: askedBy(asked), cells };
  });
}

/** `` `GET /x` with `Name: value` and a body `a=1` ``: what stands in backticks is sent. */
function askedBy(cell: string): Asked {
  const [first = "", ...rest] = [...cell.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);
  const [method = "", target = ""] = first.split(" ");
  const headers: Record<string, string> = {};
  let body: string | undefined;
  for (const span of rest) {
    const [, name, value] = /^([A-Z][\w-]+): (.+)$/.exec(span) ?? [];
    if (name === undefined || value === undefined) body = span;
    else headers[name.toLowerCase()] = value;
  }
  if (body === undefined) return [method, target, headers];
  headers["content-type"] = body.startsWith("{")
    ? "application/json"
    : "application/x-www-form-urlencoded";
  return [method, target, headers, body];
}

/** The words of a cell without its backticks. */
function answerOf(cell: string | undefined): string {
  return cell?.replaceAll("`", "") ?? "";
}

const PAGE = new URL("../../docs/pyramid.md", import.meta.url);
const DIFFERENT = "Answers that differ", SAME = "Answers that do not differ";

Deno.test("askedBy() reads a request from the cell of a table", () => {
  assertEquals(askedBy("`GET /x?a=1`"), ["GET", "/x?a=1", {}]);
  assertEquals(askedBy('`GET /x` with `Cookie: a="b c"` and `X-A: 1`'), [
    "GET",
    "/x",
    { "cookie": 'a="b c"', "x-a": "1" },
  ]);
  assertEquals(askedBy('`POST /x` with `{"a":`')[3], '{"a":');
  assertEquals(askedBy("`POST /x` with `a=1`")[2], {
    "content-type": "application/x-www-form-urlencoded",
  });
});

testUnless(
  missingPermission({ name: "read" }),
  "our app answers as the tables of docs/pyramid.md say",
  async (t) => {
    const page = await Deno.readTextFile(PAGE);
    const app = answersApp();
    const different = rowsOf(page, DIFFERENT), same = rowsOf(page, SAME);
    assert(different.length >= 25 && same.length >= 15);
    for (const { asked, cells: [theirs, ours, why = ""] } of different) {
      await t.step(asked.slice(0, 2).join(" "), async () => {
        assertEquals(await askUs(app, asked), answerOf(ours));
        assertNotEquals(ours, theirs);
        assert(why !== "");
      });
    }
    for (const { asked, cells: [both] } of same) {
      await t.step(asked.slice(0, 2).join(" "), async () => {
        assertEquals(await askUs(app, asked), answerOf(both));
      });
    }
  },
);

testUnless(
  missingPyramid ?? missingPermission({ name: "read" }),
  "real Pyramid answers as the tables of docs/pyramid.md say",
  async (t) => {
    const page = await Deno.readTextFile(PAGE);
    const rows = [...rowsOf(page, DIFFERENT), ...rowsOf(page, SAME)];
    const answers = await askPyramid(rows.map(({ asked }) => asked));
    for (const [index, { asked, cells: [theirs] }] of rows.entries()) {
      await t.step(asked.slice(0, 2).join(" "), () => {
        assertEquals(answers[index], answerOf(theirs));
      });
    }
  },
);
