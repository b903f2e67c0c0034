/**
 * Forms that nobody fills in: each is answered, none costs more than its size, and nothing of it
 * reaches a prototype.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import type { StandardSchema } from "@pyramidion/pyramidion";
import * as v from "npm:valibot@1.5.0";
import * as z from "npm:zod@4.6.7";
import { ANYTHING, memberOf, multipart, outcomeOf, schemaOf, urlEncoded } from "./form_app.ts";

const TEXT = z.object({ text: z.string("Write a text").max(10_000_000) });
const FILE = z.object({ text: z.file("Choose a file") });
const FIELDS = (count: number) => Array.from({ length: count }, (_, at) => `f${at}=1`).join("&");
const BYTES = (...bytes: number[]) => new Uint8Array(bytes);

function typed(body: BodyInit | null, type: string | null): Request {
  const raw = new Request("https://app.test/", { method: "POST", body });
  if (type === null) raw.headers.delete("content-type");
  else raw.headers.set("content-type", type);
  return raw;
}

const FORM = "application/x-www-form-urlencoded";
const UPLOAD = "multipart/form-data; boundary=X";

/** What is wanted: a status of an error, the value, or the errors by field. */
type Wanted = number | { readonly value: unknown } | { readonly errors: unknown };

const ROWS: Readonly<Record<string, readonly [Request | (() => Request), StandardSchema, Wanted]>> =
  {
    "__proto__ in a query string": [urlEncoded("__proto__=1&text=a"), TEXT, {
      value: { text: "a" },
    }],
    "__proto__ where all is kept": [
      urlEncoded("__proto__=1&__proto__=2&constructor=3&text=a"),
      z.looseObject({ text: z.string() }),
      { value: { constructor: "3", text: "a" } },
    ],
    "__proto__ as a file": [
      multipart(["__proto__", new File(["{}"], "a.json")], ["text", "a"]),
      z.looseObject({ text: z.string() }),
      { value: { text: "a" } },
    ],
    "__proto__ with brackets": [
      urlEncoded("a[__proto__][x]=1&constructor.prototype.x=1&text=a"),
      TEXT,
      { value: { text: "a" } },
    ],
    "a fault at __proto__": [
      urlEncoded("text=a"),
      schemaOf(() => ({ issues: [{ message: "no", path: ["__proto__"] }] })),
      { errors: JSON.parse('{"__proto__":["no"]}') },
    ],
    "1,000 fields": [urlEncoded(`${FIELDS(999)}&text=a`), TEXT, { value: { text: "a" } }],
    "10,000 fields": [urlEncoded(FIELDS(10_000)), TEXT, 413],
    "one name 1,000 times": [
      urlEncoded(Array(1000).fill("text=a").join("&")),
      TEXT,
      { value: { text: "a" } },
    ],
    "500 names twice": [
      urlEncoded(`${FIELDS(499)}&${FIELDS(499)}&text=a`),
      TEXT,
      { value: { text: "a" } },
    ],
    "500 names twice, and a schema that throws for lists": [
      urlEncoded(`${FIELDS(499)}&${FIELDS(499)}&text=a`),
      schemaOf((value) => {
        const all = Object.values(value as Record<string, unknown>);
        return { value: all.map((text) => String(text).length).length };
      }),
      { value: 500 },
    ],
    "brackets": [urlEncoded("text[]=a&text[0]=b"), TEXT, { errors: { text: ["Write a text"] } }],
    "a name of 500 KB": [urlEncoded(`${"n".repeat(500_000)}=1&text=a`), TEXT, {
      value: { text: "a" },
    }],
    "a name of 2 MB": [urlEncoded(`${"n".repeat(2_000_000)}=1&text=a`), TEXT, 413],
    "a text of 2 MB": [urlEncoded(`text=${"x".repeat(2_000_000)}`), TEXT, 413],
    "an empty name": [urlEncoded("=1&text=a"), TEXT, { value: { text: "a" } }],
    "only separators": [urlEncoded("&&&&&"), TEXT, { errors: { text: ["Write a text"] } }],
    "bad percent signs": [urlEncoded("text=%ZZ%E0%A4"), TEXT, { value: { text: "%ZZ\uFFFD" } }],
    "invalid UTF-8": [typed(BYTES(116, 101, 120, 116, 61, 255), FORM), TEXT, {
      value: { text: "\uFFFD" },
    }],
    "a byte order mark first": [urlEncoded("\uFEFFtext=a"), TEXT, {
      errors: { text: ["Write a text"] },
    }],
    "a null byte": [urlEncoded("text=a%00b"), TEXT, { value: { text: "a\0b" } }],
    "a null byte in a name": [urlEncoded("text%00=a"), TEXT, {
      errors: { text: ["Write a text"] },
    }],
    "a lone surrogate": [urlEncoded("text=%ED%A0%80"), TEXT, {
      value: { text: "\uFFFD\uFFFD\uFFFD" },
    }],
    "no content type": [typed(BYTES(97), null), TEXT, 415],
    "JSON": [typed("{}", "application/json"), TEXT, 415],
    "plain text": [typed("text=a", "text/plain"), TEXT, 415],
    "another charset": [typed("text=%C3%A9", `${FORM}; charset=utf-7`), TEXT, {
      value: { text: "é" },
    }],
    "no body": [typed(null, FORM), TEXT, { errors: { text: ["Write a text"] } }],
    "no body and no type": [typed(null, null), TEXT, { errors: { text: ["Write a text"] } }],
    "a form without its boundary": [typed("x", "multipart/form-data"), TEXT, 400],
    "a form that is cut short": [
      typed('--X\r\nContent-Disposition: form-data; name="text"\r\n\r\na', UPLOAD),
      TEXT,
      400,
    ],
    "a file where a text is wanted": [multipart(["text", new File(["a"], "a.txt")]), TEXT, {
      errors: { text: ["Write a text"] },
    }],
    "a text where a file is wanted": [multipart(["text", "a"]), FILE, {
      errors: { text: ["Choose a file"] },
    }],
    "a text in place of a file, without enctype": [urlEncoded("text=a.txt"), FILE, {
      errors: { text: ["Choose a file"] },
    }],
    "a part of JSON where a text is wanted": [
      typed(
        '--X\r\nContent-Disposition: form-data; name="text"\r\nContent-Type: application/json\r\n\r\n{}\r\n--X--\r\n',
        UPLOAD,
      ),
      TEXT,
      { errors: { text: ["Write a text"] } },
    ],
    "a regular expression that a visitor names": [
      urlEncoded("(a%2B)%2B%24=1&text=a"),
      v.object({ text: v.string() }),
      { value: { text: "a" } },
    ],
    "a strict schema": [urlEncoded("text=a&admin=1"), v.strictObject({ text: v.string() }), {
      errors: { admin: ['Invalid key: Expected never but received "admin"'] },
    }],
    "a result that is none": [urlEncoded("text=a"), schemaOf(() => null as never), 500],
    "a schema that never makes up its mind": [
      urlEncoded("text=a"),
      schemaOf(() => ({ issues: [] })),
      { errors: {} },
    ],
  };

Deno.test("ViewRequest.readForm() answers what nobody fills in", async (t) => {
  for (const [name, [raw, schema, wanted]] of Object.entries(ROWS)) {
    await t.step(name, async () => {
      const { read, response } = await outcomeOf(
        typeof raw === "function" ? raw() : raw,
        (request) => request.readForm(schema),
      );
      if (typeof wanted === "number") assertEquals(response.status, wanted);
      else if ("value" in wanted) assertEquals(memberOf(read, "value"), wanted.value);
      else assertEquals(entriesOf(memberOf(read, "errors")), entriesOf(wanted.errors));
      assertEquals(Reflect.get({}, "x"), undefined);
      assertEquals(Object.getPrototypeOf({}), Object.prototype);
    });
  }
});

function entriesOf(value: unknown): unknown {
  return typeof value === "object" && value !== null ? Object.entries(value) : value;
}

Deno.test("ViewRequest.readForm() gives errors and values without a prototype to a schema that keeps all", async () => {
  const { read } = await outcomeOf(
    urlEncoded("__proto__=1&toString=2"),
    (request) => request.readForm(ANYTHING),
  );
  const value = memberOf(read, "value");
  assert(typeof value === "object" && value !== null);
  assertEquals([Object.getPrototypeOf(value), Object.keys(value)], [null, [
    "__proto__",
    "toString",
  ]]);
});

Deno.test("ViewRequest.readJson() answers what no client sends", async (t) => {
  const post = (body: BodyInit) => typed(body, "application/json");
  const names = z.object({ names: z.array(z.string("A text")) });
  const rows: Record<
    string,
    [raw: Request, schema: StandardSchema, status: number, errors?: number]
  > = {
    "__proto__": [post('{"__proto__":{"admin":true},"names":[]}'), names, 200],
    "nested 100,000 deep": [post("[".repeat(100_000) + "]".repeat(100_000)), names, 200, 0],
    "100,000 faults": [post(`{"names":[${Array(100_000).fill(1)}]}`), names, 200, 500],
    "invalid UTF-8": [post(BYTES(34, 255, 34)), names, 400],
    "NaN": [post("NaN"), names, 400],
    "a comma at the end": [post('{"names":[],}'), names, 400],
    "2 MB": [post(`"${"x".repeat(2_000_000)}"`), names, 413],
    "null": [post("null"), names, 200, 0],
  };
  for (const [name, [raw, schema, status, errors]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { read, response } = await outcomeOf(raw, (request) => request.readJson(schema));
      assertEquals(response.status, status);
      assertEquals(memberOf(memberOf(read, "value"), "admin"), undefined);
      const found = memberOf(read, "errors");
      if (errors !== undefined) assertEquals(Object.keys(found as object).length, errors);
    });
  }
});
