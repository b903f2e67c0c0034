import { assert, assertEquals, assertInstanceOf, assertThrows } from "jsr:@std/assert@^1.0.0";
import { HttpBadRequest, HttpContentTooLarge } from "../../lib/http/errors.ts";
import { parseMultipart } from "../../lib/http/multipart.ts";

const DISPOSITION = "Content-Disposition: form-data; ";

function part(head: string, body = "v"): string {
  return `--X\r\n${head}\r\n\r\n${body}\r\n`;
}

function field(name: string, body = "v"): string {
  return part(`${DISPOSITION}name="${name}"`, body);
}

function upload(fileName: string): string {
  return part(`${DISPOSITION}name="f"; filename="${fileName}"\r\nContent-Type: image/png`);
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Entries as plain data: text, or a file as its name, type and size. */
function entries(form: FormData): unknown[] {
  return [...form].map(([name, value]) => [
    name,
    typeof value === "string" ? value : [value.name, value.type, value.size],
  ]);
}

Deno.test("parseMultipart() reads fields and files", async (t) => {
  const rows: Record<string, [body: string, form: unknown[]]> = {
    "no part": ["--X--\r\n", []],
    "no part, no line break": ["--X--", []],
    "a field": [field("a") + "--X--\r\n", [["a", "v"]]],
    "two of one name": [field("a", "1") + field("a", "2") + "--X--", [["a", "1"], ["a", "2"]]],
    "an empty field": [field("a", "") + "--X--", [["a", ""]]],
    "a field without its line break": [`--X\r\n${DISPOSITION}name="a"\r\n\r\n--X--`, [["a", ""]]],
    "an empty name": [field("") + "--X--", [["", "v"]]],
    "line breaks in a field": [field("a", "1\r\n2\n3\r") + "--X--", [["a", "1\r\n2\n3\r"]]],
    "the boundary within a line": [field("a", "v--X w --X--") + "--X--", [["a", "v--X w --X--"]]],
    "half a boundary": [field("a", "\r\n--\r\n-X\r\n\r\n--") + "--X--", [
      ["a", "\r\n--\r\n-X\r\n\r\n--"],
    ]],
    "a line break before": ["\r\n" + field("a") + "--X--", [["a", "v"]]],
    "white space after": [field("a") + "--X-- \t\r\n\r\n", [["a", "v"]]],
    "a header of any token": [
      part(`X_Trace.!#$%&'*+-^\`|~1: x\r\n${DISPOSITION}name="a"`) + "--X--",
      [["a", "v"]],
    ],
    "spaces after the boundary": [
      `--X \t\r\n${DISPOSITION}name="a"\r\n\r\nv\r\n--X--`,
      [["a", "v"]],
    ],
    "a semicolon and an equals sign in the name": [field("a;b=c") + "--X--", [["a;b=c", "v"]]],
    "a name without quotes": [part(DISPOSITION + "name=a") + "--X--", [["a", "v"]]],
    "a name in UTF-8": [field("né😀") + "--X--", [["né😀", "v"]]],
    "a name as browsers escape it": [field("a%22b%0D%0Ac%41") + "--X--", [['a"b\r\nc%41', "v"]]],
    "names that are plain": [
      field("__proto__") + field("a[__proto__][x]") + field("constructor.prototype.x") + "--X--",
      [["__proto__", "v"], ["a[__proto__][x]", "v"], ["constructor.prototype.x", "v"]],
    ],
    "headers in capitals": [
      part('CONTENT-DISPOSITION: FORM-DATA; NAME="a"') + "--X--",
      [["a", "v"]],
    ],
    "a charset means nothing": [
      part(`${DISPOSITION}name="a"\r\nContent-Type: text/plain; charset=utf-7`, "+AGE-é") + "--X--",
      [["a", "+AGE-é"]],
    ],
    "_charset_ means nothing": [
      field("_charset_", "utf-16") + field("a", "é") + "--X--",
      [["_charset_", "utf-16"], ["a", "é"]],
    ],
    "a transfer encoding that changes nothing": [
      ["7bit", "8bit", "Binary"].map((encoding) =>
        part(`${DISPOSITION}name="a"\r\nContent-Transfer-Encoding: ${encoding}`)
      ).join("") + "--X--",
      [["a", "v"], ["a", "v"], ["a", "v"]],
    ],
    "a byte order mark stays": [field("a", "\ufeffv") + "--X--", [["a", "\ufeffv"]]],
    "a file": [upload("a.png") + "--X--", [["f", ["a.png", "image/png", 1]]]],
    "a file without a type": [
      part(`${DISPOSITION}name="f"; filename="a"`) + "--X--",
      [["f", ["a", "application/octet-stream", 1]]],
    ],
    "no file chosen": [
      part(`${DISPOSITION}name="f"; filename=""`, "") + "--X--",
      [["f", ["", "application/octet-stream", 0]]],
    ],
    "a file name with ; and =": [upload("a;b=1.png") + "--X--", [
      ["f", ["a;b=1.png", "image/png", 1]],
    ]],
    "a file name as browsers escape it": [upload("a%22.png") + "--X--", [
      ["f", ['a".png', "image/png", 1]],
    ]],
    "a file name with an escaped quote": [upload('a\\".png') + "--X--", [
      ["f", ['a".png', "image/png", 1]],
    ]],
    "a file name that goes up": [upload("../../x") + "--X--", [["f", ["x", "image/png", 1]]]],
    "a file name of Windows": [upload("C:\\x") + "--X--", [["f", ["x", "image/png", 1]]]],
    "a file name with NUL": [upload("a\0.png") + "--X--", [["f", ["a.png", "image/png", 1]]]],
    "a file name with escaped line breaks": [upload("a%0D%0A.png") + "--X--", [
      ["f", ["a.png", "image/png", 1]],
    ]],
    "a file name of 5,000 characters": [upload("a".repeat(5_000)) + "--X--", [
      ["f", ["a".repeat(255), "image/png", 1]],
    ]],
    "a file name of RFC 5987 goes before the other, and is reduced": [
      part(`${DISPOSITION}name="f"; filename="a"; filename*=UTF-8''%2e%2e%2fb`) + "--X--",
      [["f", ["b", "application/octet-stream", 1]]],
    ],
    "a file name of RFC 5987 alone": [
      part(`${DISPOSITION}name="f"; filename*=utf-8'de'%e2%82%ac.txt`) + "--X--",
      [["f", ["€.txt", "application/octet-stream", 1]]],
    ],
    "a file name of RFC 5987 in Latin 1": [
      part(`${DISPOSITION}name="f"; filename*=ISO-8859-1''%e4.txt`) + "--X--",
      [["f", ["ä.txt", "application/octet-stream", 1]]],
    ],
    "a type that is not text, without a file name": [
      part(`${DISPOSITION}name="f"\r\nContent-Type: application/json; charset=utf-8`) + "--X--",
      [["f", ["", "application/json; charset=utf-8", 1]]],
    ],
    "a type that cannot be read, without a file name": [
      part(`${DISPOSITION}name="f"\r\nContent-Type: text/plain; charset`) + "--X--",
      [["f", ["", "text/plain; charset", 1]]],
    ],
    "64 KB of \\r": [field("a", "\r".repeat(65_536)) + "--X--", [["a", "\r".repeat(65_536)]]],
    "64 KB of almost boundaries": [
      field("a", "\r\n--".repeat(16_384)) + "--X--",
      [["a", "\r\n--".repeat(16_384)]],
    ],
  };
  for (const [name, [body, form]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(entries(parseMultipart(bytes(body), "X", 3)), form));
  }
});

Deno.test("parseMultipart() answers 400 to what is malformed or cut short", async (t) => {
  const end = "--X--";
  const rows: Record<string, [body: string, boundary?: string]> = {
    "nothing": [""],
    "no boundary in it": ["hello"],
    "another boundary": [field("a") + end, "Y"],
    "cut short in a field": [field("a") + "--X\r\n" + DISPOSITION + 'name="b"\r\n\r\nv'],
    "cut short in a head": [field("a") + "--X\r\n" + DISPOSITION],
    "cut short after a boundary": [field("a") + "--X"],
    "one dash missing at the end": [field("a") + "--X-"],
    "no last boundary": [field("a")],
    "line feeds alone": [(field("a") + end).replaceAll("\r\n", "\n")],
    "a boundary that goes on": ["--Xtra\r\n" + DISPOSITION + 'name="a"\r\n\r\nv\r\n--X--'],
    "a boundary and no line break": [`--Xab${DISPOSITION}name="a"\r\n\r\nv\r\n--X--`],
    "a part without a head": ["--X\r\n\r\nv\r\n--X--"],
    "a part without a disposition": [part("X-A: b") + end],
    "a part with another disposition": [part('Content-Disposition: file; name="a"') + end],
    "a part without a name": [part("Content-Disposition: form-data") + end],
    "two names": [part(`${DISPOSITION}name="a"; name="b"`) + end],
    "two file names": [part(`${DISPOSITION}name="a"; filename="b"; filename="c"`) + end],
    "RFC 5987 twice": [part(`${DISPOSITION}name="a"; filename*=a; filename*=b`) + end],
    "two dispositions": [part(`${DISPOSITION}name="a"\r\n${DISPOSITION}name="b"`) + end],
    "a quote that does not end": [part(`${DISPOSITION}name="a`) + end],
    "a head without a colon": [part(`hello\r\n${DISPOSITION}name="a"`) + end],
    "a head with a space before the colon": [
      part('Content-Disposition : form-data; name="a"') + end,
    ],
    "a head in two lines": [part('Content-Disposition: form-data;\r\n name="a"') + end],
    "a line feed in a head": [part(`${DISPOSITION}name="a\nb"`) + end],
    "a stray byte before": ["x" + field("a") + end],
    "a line feed before": ["\n" + field("a") + end],
    "a byte order mark before": ["\ufeff" + field("a") + end],
    "two line breaks before": ["\r\n\r\n" + field("a") + end],
    "a line of text before": ["hello\r\n" + field("a") + end],
    "a stray byte before, and no part": ["x--X--"],
    "a line break alone": ["\r\n"],
    "text after": [field("a") + end + "\r\nhello"],
    "a part after": [field("a") + end + "\r\n" + field("b") + end],
    "a stray byte after": [field("a") + end + "x"],
    "a header whose name is no token": [part(`X(A): x\r\n${DISPOSITION}name="a"`) + end],
    "a header without a name": [part(`: x\r\n${DISPOSITION}name="a"`) + end],
    "base64": [part(`${DISPOSITION}name="a"\r\nContent-Transfer-Encoding: base64`, "aGk=") + end],
    "quoted-printable": [
      part(`${DISPOSITION}name="a"\r\nContent-Transfer-Encoding: Quoted-Printable`) + end,
    ],
    "parts within a part": [
      part(`${DISPOSITION}name="a"\r\nContent-Type: Multipart/Mixed; boundary=Y`) + end,
    ],
    "a file name of RFC 5987 that is not UTF-8": [
      part(`${DISPOSITION}name="a"; filename="b"; filename*=utf-8''%ff`) + end,
    ],
    "a file name of RFC 5987 in another charset": [
      part(`${DISPOSITION}name="a"; filename*=koi8-r''a`) + end,
    ],
    "a file name of RFC 5987 without its charset": [
      part(`${DISPOSITION}name="a"; filename*=a`) + end,
    ],
    "a file name of RFC 5987 with a character that must be encoded": [
      part(`${DISPOSITION}name="a"; filename*=utf-8''a(b)`) + end,
    ],
    "a head of 16 KB": [field("a".repeat(16_384)) + end],
    "a head of 1 MB": [field("a".repeat(1_048_576)) + end],
  };
  for (const [name, [body, boundary = "X"]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(() => parseMultipart(bytes(body), boundary, 10), HttpBadRequest);
    });
  }
});

Deno.test("parseMultipart() answers 400 to a boundary that RFC 2046 does not allow", async (t) => {
  const rows: Record<string, [boundary: string, allowed: boolean]> = {
    "a letter": ["X", true],
    "all that is allowed": ["09azAZ'()+_,-./:=? X", true],
    "70 characters": ["X".repeat(70), true],
    "71 characters": ["X".repeat(71), false],
    "nothing": ["", false],
    "a line break": ["X\r\nY", false],
    "quotes": ['"X"', false],
    "a space at its end": ["X ", false],
    "an umlaut": ["Ü", false],
  };
  for (const [name, [boundary, allowed]] of Object.entries(rows)) {
    await t.step(name, () => {
      const body = bytes((field("a") + "--X--").replaceAll("--X", `--${boundary}`));
      if (allowed) assertEquals(entries(parseMultipart(body, boundary, 1)), [["a", "v"]]);
      else assertThrows(() => parseMultipart(body, boundary, 1), HttpBadRequest);
    });
  }
});

Deno.test("parseMultipart() says what is malformed", async (t) => {
  const rows: Record<string, [body: string, problem: string]> = {
    "no boundary": ["hello", "its first line is not its boundary"],
    "no last boundary": [field("a"), "the last boundary is missing"],
    "a boundary that goes on": ["--Xtra", "a boundary is malformed"],
    "a head that does not end": [
      field("a") + "--X\r\n" + DISPOSITION,
      "the headers of a part are incomplete or too long",
    ],
    "a head without a colon": [part("hello") + "--X--", "the headers of a part are malformed"],
    "another disposition": [
      part("Content-Disposition: file") + "--X--",
      "a part has no Content-Disposition of form-data",
    ],
    "no name": [part("Content-Disposition: form-data") + "--X--", "a part has no name"],
  };
  for (const [name, [body, problem]] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = assertThrows(() => parseMultipart(bytes(body), "X", 10), HttpBadRequest);
      assertEquals(error.detail, `The form cannot be read: ${problem}. Send the form again.`);
    });
  }
});

Deno.test("parseMultipart() answers 413 to more parts than allowed, before it reads them all", async (t) => {
  await t.step("as many as allowed", () => {
    assertEquals(entries(parseMultipart(bytes(field("a").repeat(3) + "--X--"), "X", 3)).length, 3);
  });
  await t.step("one more", () => {
    const body = bytes(field("a").repeat(4) + "--X--");
    assertThrows(
      () => parseMultipart(body, "X", 3),
      HttpContentTooLarge,
      "more than 3 fields and files",
    );
  });
  await t.step("20,000", () => {
    const body = bytes(field("a").repeat(20_000) + "--X--");
    assertThrows(() => parseMultipart(body, "X", 1_000), HttpContentTooLarge);
  });
  await t.step("what stands behind is not looked at", () => {
    const body = bytes(field("a") + "--X\r\nbroken");
    assertThrows(() => parseMultipart(body, "X", 1), HttpContentTooLarge);
  });
  await t.step("none allowed", () => {
    assertEquals(entries(parseMultipart(bytes("--X--"), "X", 0)), []);
    assertThrows(() => parseMultipart(bytes(field("a") + "--X--"), "X", 0), HttpContentTooLarge);
  });
});

Deno.test("parseMultipart() replaces what is not UTF-8 and keeps the bytes of files", async () => {
  const head = bytes(`--X\r\n${DISPOSITION}name="a"\r\n\r\n`);
  const file = bytes(`\r\n--X\r\n${DISPOSITION}name="f"; filename="b"\r\n\r\n`);
  const all = Uint8Array.from({ length: 256 }, (_, index) => index);
  const body = new Uint8Array([...head, 0xff, 0xe0, 0xa4, ...file, ...all, ...bytes("\r\n--X--")]);
  const form = parseMultipart(body, "X", 3);
  assertEquals(form.get("a"), "\ufffd\ufffd");
  const sent = form.get("f");
  assertInstanceOf(sent, File);
  assertEquals(await sent.bytes(), all);
});

Deno.test("parseMultipart() reads back what the platform writes", async () => {
  const form = new FormData();
  form.append("plain", "1\r\n2");
  form.append('né"w;a=b', "ü😀");
  form.append("file", new File(["abc\r\n--"], 'na"ïve;a=b 😀.txt', { type: "text/csv" }));
  const response = new Response(form);
  const boundary = response.headers.get("content-type")?.split("boundary=")[1] ?? "";
  assert(boundary !== "");
  assertEquals(entries(parseMultipart(await response.bytes(), boundary, 9)), entries(form));
});

Deno.test("parseMultipart() throws nothing but 400 and 413 at damaged bodies", () => {
  const good = bytes("\r\n" + field("a") + upload("b.png") + "--X--\r\n");
  let read = 0, refused = 0;
  const outcome = (body: Uint8Array<ArrayBuffer>) => {
    try {
      parseMultipart(body, "X", 3);
      read++;
    } catch (error) {
      assert(error instanceof HttpBadRequest || error instanceof HttpContentTooLarge, `${error}`);
      refused++;
    }
  };
  for (let at = 0; at <= good.length; at++) {
    outcome(good.slice(0, at));
    for (const byte of [0, 0x0a, 0x0d, 0x22, 0x2d, 0x3a, 0x3b, 0xff]) {
      const damaged = good.slice();
      damaged[at] = byte;
      outcome(damaged);
    }
  }
  // Damage to a value or a file's bytes is none to the form.
  assert(read > 100 && refused > 100, `${read} read, ${refused} refused`);
});
