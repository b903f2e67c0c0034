/**
 * `PartReader`: the parts of a form while its body arrives.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { HttpBadRequest, HttpContentTooLarge } from "../../lib/http/errors.ts";
import { type FormPart, type PartLimits, PartReader } from "../../lib/http/form_parts.ts";

const LIMITS: PartLimits = {
  maxStreamedBytes: 10_000,
  maxFileBytes: 1_000,
  maxBytes: 1_000,
  maxParts: 10,
  timeout: null,
};

const FORM = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" +
  '--b\r\nContent-Disposition: form-data; name=f; filename="x/y.txt"\r\n\r\nfile\r\n--b--';

function readerOf(text: string, limits: Partial<PartLimits> = {}): PartReader {
  const body = new Blob([text]).stream().getReader();
  return new PartReader(body, "b", { ...LIMITS, ...limits });
}

async function textOf(part: FormPart | null): Promise<string | undefined> {
  return part?.kind === "file" ? await new Response(part.stream).text() : part?.value;
}

Deno.test("PartReader.next() gives fields and files in their order, then null", async () => {
  const reader = readerOf(FORM);
  const field = await reader.next();
  assertEquals(field, { kind: "field", name: "a", value: "1" });
  const file = await reader.next();
  assertEquals([file?.kind, file?.name], ["file", "f"]);
  assertEquals(file?.kind === "file" && file.fileName, "y.txt");
  assertEquals(await textOf(file), "file");
  assertEquals(await reader.next(), null);
});

Deno.test("PartReader.next() skips a file that was not read", async () => {
  const reader = readerOf(FORM);
  for (let at = 0; at < 2; at++) await reader.next();
  assertEquals(await reader.next(), null);
});

Deno.test("PartReader refuses what passes a limit, and repeats the refusal", async (t) => {
  const rows: Record<string, Partial<PartLimits>> = {
    "the body": { maxStreamedBytes: FORM.length - 1 },
    "the fields": { maxBytes: 1 },
    "the parts": { maxParts: 1 },
  };
  for (const [name, limits] of Object.entries(rows)) {
    await t.step(name, async () => {
      const reader = readerOf(FORM, limits);
      const all = async () => {
        while (await reader.next() !== null);
      };
      const first = await assertRejects(all, HttpContentTooLarge);
      assertEquals(await assertRejects(() => reader.next()), first);
    });
  }
  await t.step("a file, in its stream too", async () => {
    const reader = readerOf(FORM, { maxFileBytes: 3 });
    await reader.next();
    const file = await reader.next();
    await assertRejects(() => textOf(file), HttpContentTooLarge);
  });
});

Deno.test("PartReader answers 400 to a body that is cut short", async () => {
  const reader = readerOf(FORM.slice(0, -4));
  await reader.next();
  await reader.next();
  await assertRejects(() => reader.next(), HttpBadRequest);
});
