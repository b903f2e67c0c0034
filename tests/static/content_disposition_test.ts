import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { parseParameters } from "../../lib/http/field_syntax.ts";
import { contentDisposition } from "../../lib/static/content_disposition.ts";

Deno.test("contentDisposition() names a file in ASCII, and whole where ASCII is not enough", async (t) => {
  const rows: Record<string, [name: string, value: string]> = {
    "plain": ["report.pdf", `filename="report.pdf"`],
    "spaces": ["my report.pdf", `filename="my report.pdf"`],
    "signs that are plain": ["a;b=c,d'e(1)*.txt", `filename="a;b=c,d'e(1)*.txt"`],
    "accents": ["Résumé.pdf", `filename="Resume.pdf"; filename*=UTF-8''R%C3%A9sum%C3%A9.pdf`],
    "another script": ["報告.pdf", `filename="__.pdf"; filename*=UTF-8''%E5%A0%B1%E5%91%8A.pdf`],
    "an emoji": ["👍.txt", `filename="_.txt"; filename*=UTF-8''%F0%9F%91%8D.txt`],
    "quotes": [`a"b.txt`, `filename="a_b.txt"; filename*=UTF-8''a%22b.txt`],
    "a percent sign": ["100%41.txt", `filename="100_41.txt"; filename*=UTF-8''100%2541.txt`],
    "signs that filename* must not have": [
      "é'(1)*.txt",
      `filename="e'(1)*.txt"; filename*=UTF-8''%C3%A9%27%281%29%2A.txt`,
    ],
    "a path": ["../../etc/passwd", `filename="passwd"`],
    "a path of Windows": ["C:\\temp\\a.txt", `filename="a.txt"`],
    "line breaks": ["a\r\nx-evil: 1.txt", `filename="ax-evil: 1.txt"`],
    "a mark for the direction": ["a\u202etxt.exe", `filename="atxt.exe"`],
    "nothing": ["", `filename="download"`],
    "dots": ["..", `filename="download"`],
    "control characters alone": ["\0\r\n", `filename="download"`],
    "5,000 characters": ["a".repeat(5_000), `filename="${"a".repeat(255)}"`],
    "a lone surrogate": ["\ud800.txt", `filename="_.txt"; filename*=UTF-8''%EF%BF%BD.txt`],
  };
  for (const [name, [given, value]] of Object.entries(rows)) {
    await t.step(name, () => {
      const header = contentDisposition("attachment", given);
      assertEquals(header, `attachment; ${value}`);
      // It is a header, and it is one that our own parser of forms reads.
      assertEquals(
        new Headers({ "content-disposition": header }).get("content-disposition"),
        header,
      );
      assertEquals(parseParameters(header) === null, false);
    });
  }
  await t.step("inline", () => {
    assertEquals(contentDisposition("inline", "a.pdf"), `inline; filename="a.pdf"`);
  });
});
