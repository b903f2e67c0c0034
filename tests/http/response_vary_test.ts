import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { addVary } from "../../lib/http/response.ts";

Deno.test("addVary() adds a field once, whatever is there", async (t) => {
  const many = "a,".repeat(32_768);
  const rows: Record<string, [present: string | null, field: string, vary: string]> = {
    "nothing there": [null, "Cookie", "Cookie"],
    "an empty one there": ["", "Cookie", "Cookie"],
    "another there": ["Accept", "Cookie", "Accept, Cookie"],
    "there already": ["Accept, Cookie", "Cookie", "Accept, Cookie"],
    "there in other letters": ["accept,COOKIE", "Cookie", "accept,COOKIE"],
    "there with tabs": ["accept,\tcookie\t", "Cookie", "accept,\tcookie"],
    "a longer one there": ["x-cookie, cookie2", "Cookie", "x-cookie, cookie2, Cookie"],
    "*": ["*", "Cookie", "*"],
    "* in a list": ["accept, *", "Cookie", "accept, *"],
    "* is asked for": ["accept", "*", "*"],
    "a no-break space is not whitespace": ["\u00a0cookie", "Cookie", "\u00a0cookie, Cookie"],
    "64 KB of commas": [",".repeat(65_536), "Cookie", `${",".repeat(65_536)}, Cookie`],
    "64 KB of fields": [many, "Cookie", `${many}, Cookie`],
  };
  for (const [name, [present, field, vary]] of Object.entries(rows)) {
    await t.step(name, () => {
      const headers = new Headers(present === null ? {} : { vary: present });
      addVary(headers, field);
      assertEquals(headers.get("vary"), vary);
    });
  }
  await t.step("two headers there", () => {
    const headers = new Headers([["vary", "a"], ["vary", "cookie"]]);
    addVary(headers, "Cookie");
    assertEquals(headers.get("vary"), "a, cookie");
  });
});

Deno.test("addVary() refuses a field that is no header value", () => {
  assertThrows(() => addVary(new Headers(), "a\r\nb"), TypeError);
});
