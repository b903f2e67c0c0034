import { assertEquals, assertStringIncludes, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "@pyramidion/pyramidion";
import {
  ContentSecurityPolicy,
  type ContentSecurityPolicyDirectives,
} from "../../lib/browser_policies/content_security_policy.ts";

const policy = (directives: ContentSecurityPolicyDirectives) =>
  new ContentSecurityPolicy(directives, "contentSecurityPolicy");

Deno.test("ContentSecurityPolicy allows the own origin, and what a directive adds", () => {
  assertEquals(
    policy({}).text,
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; img-src 'self' data:; object-src 'none'",
  );
});

Deno.test("ContentSecurityPolicy replaces a default, leaves one out, and states one without value", () => {
  const { text, frameAncestors } = policy({
    "default-src": ["'none'"],
    "img-src": false,
    "object-src": false,
    "form-action": undefined as never,
    "frame-ancestors": ["https://a.test", "https://b.test"],
    "upgrade-insecure-requests": true,
    "sandbox": true,
  });
  assertEquals(
    text,
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors https://a.test https://b.test; upgrade-insecure-requests; sandbox",
  );
  assertEquals(frameAncestors, ["https://a.test", "https://b.test"]);
});

Deno.test("ContentSecurityPolicy.textWith puts the nonce where scripts and styles are decided", async (t) => {
  const rows: Record<string, [ContentSecurityPolicyDirectives, added: string, not: string]> = {
    "scripts and styles by default-src": [
      {},
      "; script-src 'self' 'nonce-n'; style-src 'self' 'nonce-n'",
      "default-src 'self' 'nonce-n'",
    ],
    "a directive of one's own": [
      { "script-src": ["https://cdn.test"] },
      "script-src https://cdn.test 'nonce-n'",
      "script-src 'self'",
    ],
    "'none' makes way": [
      { "default-src": ["'none'"] },
      "script-src 'nonce-n'",
      "script-src 'none'",
    ],
    "elements, which count before": [
      { "script-src-elem": ["'self'"] },
      "script-src-elem 'self' 'nonce-n'",
      "style-src-elem",
    ],
    "unsafe-inline styles stay allowed": [
      { "style-src": ["'unsafe-inline'"] },
      "style-src 'unsafe-inline'",
      "style-src 'unsafe-inline' 'nonce-n'",
    ],
    "unsafe-inline scripts give way to the nonce": [
      { "script-src": ["'unsafe-inline'", "'strict-dynamic'"] },
      "script-src 'unsafe-inline' 'strict-dynamic' 'nonce-n'",
      "script-src 'self'",
    ],
    "nothing is restricted that was not": [
      { "default-src": false },
      "base-uri 'none'",
      "nonce",
    ],
  };
  for (const [name, [directives, added, not]] of Object.entries(rows)) {
    await t.step(name, () => {
      const text = policy(directives).textWith("n");
      assertStringIncludes(text, added);
      assertEquals(text.includes(not), false, text);
    });
  }
});

Deno.test("ContentSecurityPolicy takes every keyword and hash of the standard", () => {
  const sources = [
    "'self'",
    "'unsafe-inline'",
    "'unsafe-eval'",
    "'wasm-unsafe-eval'",
    "'unsafe-hashes'",
    "'strict-dynamic'",
    "'report-sample'",
    "'inline-speculation-rules'",
    "'sha384-YQ'",
    "'sha512-Y_-+/Q=='",
    "https://shop.example/nonce-1",
    "'sha256-YL0LQLJDwv+BihpgRvIXn6tHGbsN2dJy94X39iSF0Xw='",
    "https://*.shop.example:8443/js/",
    "wss://live.example",
    "blob:",
    "*",
  ];
  assertStringIncludes(policy({ "script-src": sources }).text, sources.join(" "));
});

Deno.test("ContentSecurityPolicy refuses bad input", async (t) => {
  const rows: Record<string, [directives: object, message: string]> = {
    "an unknown directive": [{ "script-source": ["'self'"] }, "script-source"],
    "a camel-case directive": [{ scriptSrc: ["'self'"] }, "scriptSrc"],
    "a directive that browsers removed": [{ "plugin-types": ["a/b"] }, "plugin-types"],
    "__proto__ as a directive": [JSON.parse('{"__proto__":["a"]}'), "__proto__"],
    "a text in place of a list": [{ "img-src": "'self'" }, "a list of sources"],
    "a number as a source": [{ "img-src": [7] }, "must be a string"],
    "no source": [{ "img-src": [] }, "it has no source"],
    "true where a value is needed": [{ "img-src": true }, "it has no source"],
    "a value where none is": [{ "upgrade-insecure-requests": ["a"] }, "write true"],
    "a semicolon, which begins a directive": [{ "img-src": ["a.test; script-src *"] }, "not one"],
    "a comma, which begins a policy": [{ "img-src": ["a.test,script-src"] }, "not one source"],
    "a line break": [{ "img-src": ["a.test\r\nset-cookie:a=b"] }, "not one source"],
    "two sources in one text": [{ "img-src": ["'self' data:"] }, "not one source"],
    "an empty source": [{ "img-src": [""] }, "not one source"],
    "a letter beyond ASCII": [{ "img-src": ["https://bücher.test"] }, "not one source"],
    "a NUL": [{ "img-src": ["a\0"] }, "not one source"],
    "a keyword without quotes": [{ "img-src": ["self"] }, `write "'self'"`],
    "a hash without quotes": [{ "script-src": ["sha256-YQ=="] }, `write "'sha256-YQ=='"`],
    "a misspelt keyword": [{ "script-src": ["'slef'"] }, "no keyword"],
    "a hash behind something": [{ "script-src": ["a'sha256-YQ=='"] }, "no keyword"],
    "a hash before something": [{ "script-src": ["'sha256-YQ=='a"] }, "no keyword"],
    "half a quote": [{ "script-src": ["'self"] }, "no keyword"],
    "a hash of another algorithm": [{ "script-src": ["'md5-YQ=='"] }, "no keyword"],
    "a nonce for all responses": [{ "script-src": ["'nonce-abc'"] }, "request.cspNonce"],
    "a nonce in capitals": [{ "script-src": ["'NONCE-abc'"] }, "request.cspNonce"],
    "'none' with others": [{ "img-src": ["'none'", "data:"] }, "browsers ignore it"],
  };
  for (const [name, [directives, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(() => policy(directives), ConfigurationError, message);
    });
  }
});
