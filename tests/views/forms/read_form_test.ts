/**
 * `request.readForm()`, `readQuery()` and `readJson()`, with schemas of zod, valibot and by hand; and
 * the calls that throw.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  csrfField,
  html,
  HttpServiceUnavailable,
  signedCookieSessionFactory,
  type StandardSchema,
  ValidationError,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { TestClient } from "@pyramidion/pyramidion/testing";
import * as v from "npm:valibot@1.5.0";
import * as z from "npm:zod@4.6.7";
import { SAMPLE_SECRET } from "../../sample_app.ts";
import { ANYTHING, memberOf, multipart, outcomeOf, schemaOf, urlEncoded } from "./form_app.ts";

interface Note {
  readonly text: string;
  readonly tags: string[];
}

const text = (value: unknown) => {
  const text = memberOf(value, "text");
  return typeof text === "string" ? text : "";
};
const tags = (value: unknown) => {
  const tags = memberOf(value, "tags");
  return Array.isArray(tags) ? tags : null;
};

/** The same note in three ways. */
const SCHEMAS: Readonly<Record<string, StandardSchema<Note>>> = {
  "zod": z.object({
    text: z.string().min(1, "Write something").max(5, "Too long"),
    tags: z.array(z.enum(["a", "b"], "No such tag")),
  }),
  "zod, asynchronous": z.object({
    text: z.string().min(1, "Write something").max(5, "Too long")
      .refine(async (value) => (await Promise.resolve(value)) !== "never", "Never"),
    tags: z.array(z.enum(["a", "b"], "No such tag")),
  }),
  "valibot": v.object({
    text: v.pipe(v.string(), v.minLength(1, "Write something"), v.maxLength(5, "Too long")),
    tags: v.array(v.picklist(["a", "b"], "No such tag")),
  }),
  "by hand": schemaOf((value) => {
    const issues = [];
    if (text(value) === "") issues.push({ message: "Write something", path: ["text"] });
    if (text(value).length > 5) issues.push({ message: "Too long", path: ["text"] });
    const found = tags(value);
    if (found === null) issues.push({ message: "Expected a list", path: ["tags"] });
    for (const [index, tag] of (found ?? []).entries()) {
      if (tag !== "a" && tag !== "b") {
        issues.push({ message: "No such tag", path: ["tags", index] });
      }
    }
    if (issues.length > 0) return { issues };
    return { value: { text: text(value), tags: found?.map(String) ?? [] } };
  }),
};

for (const [vendor, schema] of Object.entries(SCHEMAS)) {
  Deno.test(`ViewRequest.readForm() gives the value or the errors: ${vendor}`, async (t) => {
    const rows: Record<string, [body: string, read: unknown]> = {
      "a list of two": ["text=tea&tags=a&tags=b", { text: "tea", tags: ["a", "b"] }],
      "a list of one": ["text=tea&tags=b", { text: "tea", tags: ["b"] }],
      "a list of none": ["text=tea", { text: "tea", tags: [] }],
      "a text that was sent twice": ["text=long+text&text=tea&tags=a", {
        text: "tea",
        tags: ["a"],
      }],
      "an empty text": ["text=&tags=a", { text: ["Write something"] }],
      "the last text is empty": ["text=tea&text=", { text: ["Write something"] }],
      "a text that is too long": ["text=long+text&tags=a&tags=b", { text: ["Too long"] }],
      "a wrong tag": ["text=tea&tags=a&tags=c", { tags: ["No such tag"] }],
      "both": ["text=long+text&tags=c", { text: ["Too long"], tags: ["No such tag"] }],
    };
    for (const [name, [body, wanted]] of Object.entries(rows)) {
      await t.step(name, async () => {
        const outcome = await outcomeOf(urlEncoded(body), async (request) => {
          const read = await request.readForm(schema);
          return read.ok ? read.value : { ...read.errors };
        });
        assertEquals(outcome.read, wanted);
      });
    }
  });

  Deno.test(`ViewRequest.readQuery() and readJson() give the value or the errors: ${vendor}`, async () => {
    const query = await outcomeOf(
      new Request("https://app.test/?text=tea&tags=a&tags=b"),
      (request) => request.readQuery(schema),
    );
    assertEquals(query.read, { ok: true, value: { text: "tea", tags: ["a", "b"] } });
    const wrong = await outcomeOf(json({ text: "tea", tags: ["a", "c", "d"] }), async (request) => {
      const read = await request.readJson(schema);
      return read.ok ? read : { ...read.errors };
    });
    assertEquals(wrong.read, { "tags.1": ["No such tag"], "tags.2": ["No such tag"] });
    const right = await outcomeOf(json({ text: "", tags: [] }), (request) => {
      return request.readJson(ANYTHING);
    });
    assertEquals(right.read, { ok: true, value: { text: "", tags: [] } });
  });
}

function json(value: unknown, type = "application/json"): Request {
  const headers = { "content-type": type };
  return new Request("https://app.test/", { method: "POST", body: JSON.stringify(value), headers });
}

Deno.test("ViewRequest.readForm() infers the output of the schema", async () => {
  const age = z.object({ age: z.coerce.number(), born: z.string().optional() })
    .transform(({ age }) => ({ years: age }));
  const outcome = await outcomeOf(urlEncoded("age=7"), async (request) => {
    const read = await request.readForm(age);
    if (!read.ok) return read.errors;
    const years: number = read.value.years;
    const valid: { years: number } = await request.validForm(age);
    return [years, valid];
  });
  assertEquals(outcome.read, [7, { years: 7 }]);
});

Deno.test("ViewRequest.readForm() gives files, and leaves out a file input without a choice", async () => {
  const schema = z.strictObject({ name: z.string(), photo: z.file(), more: z.file().optional() });
  const photo = new File(["png"], "a.png", { type: "image/png" });
  const outcome = await outcomeOf(
    multipart(["name", "Ada"], ["photo", photo], ["more", new File([], "")]),
    async (request) => {
      const read = await request.readForm(schema);
      return read.ok ? [await read.value.photo.text(), "more" in read.value] : read;
    },
  );
  assertEquals(outcome.read, ["png", false]);
});

Deno.test("ViewRequest.readForm() gives errors of the whole apart", async () => {
  const schema = z.object({ one: z.string(), two: z.string() })
    .refine(({ one, two }) => one === two, "The two differ");
  const { read } = await outcomeOf(
    urlEncoded("one=1&two=2"),
    (request) => request.readForm(schema),
  );
  assertEquals(memberOf(read, "formErrors"), ["The two differ"]);
  assertEquals({ ...memberOf(read, "errors") as object }, {});
});

Deno.test("ViewRequest.readForm() leaves the CSRF token out, under the name that the app states", async (t) => {
  for (const token of [undefined, "csrf"]) {
    await t.step(token ?? "the default", async () => {
      const config = new Configurator({
        sessionFactory: signedCookieSessionFactory<Record<string, unknown>>(SAMPLE_SECRET),
      });
      config.setDefaultCsrfOptions(token === undefined ? {} : { token });
      config.addRoute("form", "/").addView(
        async (request) =>
          html`<form method="post">${csrfField(await request.session)}<input name="text"></form>`,
        {
          routeName: "form",
        },
      );
      config.addView(async (request) => {
        const read = await request.readForm(z.strictObject({ text: z.string().min(1) }));
        return html`${read.ok ? "valid" : read.input.toString()}`;
      }, { routeName: "form", requestMethod: "POST" });
      const visitor = new TestClient(config.makeApp());
      const form = (await visitor.open("/")).form();
      assertEquals(Object.keys(form.fields), [token ?? "csrf_token", "text"]);
      assertEquals((await form.submit({ text: "tea" })).text, "valid");
      assertEquals((await form.submit({ text: "" })).text, "text=");
    });
  }
});

Deno.test("a schema that throws is a 500 that names the schema and the view", async (t) => {
  const broken = new Error("no database");
  const rows: Record<string, StandardSchema> = {
    "it throws": schemaOf(() => {
      throw broken;
    }),
    "it rejects": schemaOf(() => Promise.reject(broken)),
  };
  for (const [name, schema] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { response, logged } = await outcomeOf(
        urlEncoded("a=1"),
        (request) => request.readForm(schema),
      );
      assertEquals([response.status, logged.length], [500, 1]);
      assert(logged[0] instanceof Error);
      assertMatch(
        logged[0].message,
        /^Cannot validate what was sent: the schema \(by hand\) of request\.readForm\(\) in view .*form_app\.ts:\d+.* threw$/,
      );
      assertEquals(logged[0].cause, broken);
    });
  }
  await t.step("an HttpError is the answer", async () => {
    const schema = schemaOf(() => Promise.reject(new HttpServiceUnavailable()));
    const { response } = await outcomeOf(urlEncoded("a=1"), (request) => request.readForm(schema));
    assertEquals(response.status, 503);
  });
  await t.step("a Response is the answer", async () => {
    const schema = schemaOf(() => Promise.reject(new Response(null, { status: 204 })));
    const { response } = await outcomeOf(urlEncoded("a=1"), (request) => request.readForm(schema));
    assertEquals(response.status, 204);
  });
});

Deno.test("each call refuses by its name what is no schema", async (t) => {
  const none: unknown = { parse: () => {} };
  const schema = none as StandardSchema;
  const calls: Record<string, (request: ViewRequest) => unknown> = {
    "readForm()": (request) => request.readForm(schema),
    "readQuery()": (request) => request.readQuery(schema),
    "readJson()": (request) => request.readJson(schema),
    "validForm()": (request) => request.validForm(schema),
    "validQuery()": (request) => request.validQuery(schema),
    "validJson()": (request) => request.validJson(schema),
  };
  for (const [call, read] of Object.entries(calls)) {
    await t.step(call, async () => {
      const { thrown, response } = await outcomeOf(urlEncoded("a=1"), read);
      assert(thrown instanceof TypeError);
      const [what] = thrown.message.split(": must be a schema that speaks Standard Schema");
      assertEquals([what, response.status], [`Cannot use the schema of request.${call}`, 500]);
    });
  }
});

Deno.test("ViewRequest.readJson() refuses what is no JSON", async (t) => {
  const rows: Record<string, [raw: Request, status: number]> = {
    "a type of JSON": [json(1), 200],
    "one of its kind": [json(1, "application/merge-patch+json; charset=utf-8"), 200],
    "in capitals": [json(1, "Application/JSON"), 200],
    "plain text": [json(1, "text/plain"), 415],
    "a form": [urlEncoded("1"), 415],
    "no type": [new Request("https://app.test/", { method: "POST" }), 415],
    "broken": [
      new Request("https://app.test/", {
        method: "POST",
        body: "{",
        headers: { "content-type": "application/json" },
      }),
      400,
    ],
    "empty": [
      new Request("https://app.test/", {
        method: "POST",
        headers: { "content-type": "application/json" },
      }),
      400,
    ],
    "too large": [json("x".repeat(100)), 413],
  };
  for (const [name, [raw, status]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { response } = await outcomeOf(
        raw,
        (request) => request.readJson(ANYTHING, { maxBytes: 50 }),
      );
      assertEquals(response.status, status);
      if (status !== 415) return;
      assertEquals(response.headers.get("accept"), "application/json");
      assertMatch(await response.text(), /Send application\/json\./);
    });
  }
});

Deno.test("validForm(), validQuery() and validJson() give the value, or a 422 for each client", async (t) => {
  const schema = z.object({ age: z.coerce.number().min(18, "Too <young>") })
    .refine(({ age }) => age !== 99, "Not 99");
  const body = { form: "age=7", json: JSON.stringify({ age: "7" }) };
  const calls: Record<string, [raw: () => Request, read: (request: ViewRequest) => unknown]> = {
    "validForm()": [() => urlEncoded(body.form), (request) => request.validForm(schema)],
    "validQuery()": [
      () => new Request("https://app.test/?age=7"),
      (request) => request.validQuery(schema),
    ],
    "validJson()": [() => json({ age: 7 }), (request) => request.validJson(schema)],
  };
  for (const [name, [make, read]] of Object.entries(calls)) {
    await t.step(`${name}: problem details`, async () => {
      const raw = make();
      raw.headers.set("accept", "application/json");
      const { response, thrown } = await outcomeOf(raw, read);
      assert(thrown instanceof ValidationError);
      assertEquals(response.headers.get("content-type"), "application/problem+json");
      assertEquals(await response.json(), {
        type: "about:blank",
        title: thrown.title,
        status: 422,
        detail: "Some of the data is not valid. age: Too <young>",
        errors: { age: ["Too <young>"] },
        formErrors: [],
      });
    });
    await t.step(`${name}: a page`, async () => {
      const raw = make();
      raw.headers.set("accept", "text/html");
      const { response } = await outcomeOf(raw, read);
      assertEquals(response.status, 422);
      assertMatch(
        await response.text(),
        /<p>Some of the data is not valid\. age: Too &lt;young&gt;<\/p>/,
      );
    });
  }
  await t.step("a value", async () => {
    const { read } = await outcomeOf(urlEncoded("age=18"), (request) => request.validForm(schema));
    assertEquals(read, { age: 18 });
  });
});

Deno.test("ViewRequest.readForm() reads within its limits", async (t) => {
  const rows: Record<string, [limits: { maxBytes?: number; maxParts?: number }, status: number]> = {
    "as large as allowed": [{ maxBytes: 7, maxParts: 2 }, 200],
    "too large": [{ maxBytes: 6 }, 413],
    "too many fields": [{ maxParts: 1 }, 413],
  };
  for (const [name, [limits, status]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { response } = await outcomeOf(
        urlEncoded("a=1&b=2"),
        (request) => request.readForm(ANYTHING, limits),
      );
      assertEquals(response.status, status);
    });
  }
});
