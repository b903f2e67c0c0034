/**
 * Where interpolations stand, told by the literal parts of a template.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "jsr:@std/assert@^1.0.0";
import { faultInTag, type Place, placesOf } from "../../../lib/http/html/template_places.ts";

/** What the interpolations of a template, written as `@`, are: a dash where every value is safe. */
function kindsOf(template: string): string {
  const word = (place: Place | undefined) =>
    place?.kind === "url" ? place.attribute : place?.kind ?? "-";
  return placesOf(template.split("@")).map(word).join(" ");
}

Deno.test("placesOf() tells where an interpolation stands", async (t) => {
  const rows: Record<string, [template: string, kinds: string]> = {
    "no interpolation": ["<p>", ""],
    "text": ["<p>@</p>@", "- -"],
    "a quoted attribute": [`<p title="@" class='a @ b'>@`, "- - -"],
    "spaces round the equals sign": [`<p title = "@">`, "-"],
    "an attribute over lines": ['<p\n  title="@"\n  class="@">', "- -"],
    "no quotes": ["<p title=@>", "refused"],
    "no quotes, behind a space": ["<p title= @>", "refused"],
    "no quotes, in the middle": ["<p class=a@>", "refused"],
    "no quotes, behind another interpolation": ["<p class=@@>", "refused refused"],
    "behind a value without quotes": ["<p class=a @>", "name"],
    "an attribute": ["<input @ name='@'>", "name -"],
    "a part of its name": ["<p data-@='@'>", "name -"],
    "a name that may be any": ["<p @='@'>", "name ${…}".replace("${…}", "\0")],
    "a tag": ["<@>", "name"],
    "a part of a tag": ["<h@>@</h@>", "name - name"],
    "behind a quoted value": ["<p class='a'@>", "name"],
    "behind a tag": ["<br/>@<br />@", "- -"],
    "a URL": [`<a href="@">`, "href"],
    "a URL in capitals": [`<A HREF="@">`, "href"],
    "each attribute with a URL": [
      `<a href="@"><img src='@'><form action="@"><button formaction="@"><object data="@">` +
      `<use xlink:href="@">`,
      "href src action formaction data xlink:href",
    ],
    "an attribute with another": [`<img srcset="@" data-href="@">`, "- -"],
    "a URL behind a path": [`<a href="/notes/@?a=@">`, "- -"],
    "a URL behind a scheme": [`<a href="mailto:@">`, "-"],
    "a URL behind a host": [`<a href="https://@/@">`, "- -"],
    "a URL behind a word": [`<a href="java@">`, "href"],
    "a URL of two": [`<a href="@@">`, "href href"],
    "a URL behind code": [`<a href="javascript:f(@)">`, "refused"],
    "a URL behind code, by a reference": [`<a href="javascript&colon;f(@)">`, "refused"],
    "a URL behind a page as data": [`<iframe src="data:text/html,@">`, "refused"],
    "a URL behind an image as data": [`<img src="data:image/png;base64,@">`, "src"],
    "a page in an attribute": [`<iframe srcdoc="@">`, "refused"],
    "a script": ["<script>if (a <b && c=@) f(@)</script>@", "- - -"],
    "a script in capitals": ["<SCRIPT>a<b x=@</Script>@<p x=@>", "- - refused"],
    "an attribute of a script": [`<script src="@" nonce="@">`, "src -"],
    "a style": ["<style>a[b=@]</style><p a=@>", "- refused"],
    "a text area": ["<textarea><p x=@></textarea><p x=@>", "- refused"],
    "an end tag of another kind in a script": ["<script></scripts x=@></script>@", "- -"],
    "a comment": ["<!-- <p x=@> -->@<!--><p x=@>", "- - refused"],
    "a declaration": ["<!DOCTYPE html><p x=@>", "refused"],
    "an end tag": ["</p x=@>", "refused"],
    "less than": ["1 < 2 x=@", "-"],
    "less than, without spaces": ["1<2 x=@", "-"],
    "a quote in text": [`it's <p title="@">`, "-"],
    "a tag that another template ends": [`<p title="`, ""],
    "a sign of the other kind in quotes": [`<p title="'>@" class=@>`, "- refused"],
  };
  for (const [name, [template, kinds]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(kindsOf(template), kinds));
  }
});

Deno.test("placesOf() gives the literal text round a URL", async (t) => {
  type Rounded = [isFirst: boolean, before: string, after: string | undefined];
  const rows: Record<string, [template: string, urls: Rounded[]]> = {
    "one": [`<a href="@">`, [[true, "", ""]]],
    "with text": [`<a href="ja@pt:x">`, [[true, "ja", "pt:x"]]],
    "two": [`<a href="@a@b">`, [[true, "", undefined], [false, "a", "b"]]],
    "one for each attribute": [`<a href="@"><a href="b@">`, [[true, "", ""], [true, "b", ""]]],
    "that the template does not end": [`<a href="a@b`, [[true, "a", "b"]]],
  };
  for (const [name, [template, urls]] of Object.entries(rows)) {
    await t.step(name, () => {
      const found = placesOf(template.split("@")).flatMap((place) =>
        place?.kind === "url" ? [[place.isFirst, place.before, place.after]] : []
      );
      assertEquals(found, urls);
    });
  }
});

Deno.test("faultInTag() tells why markup is not safe inside of a tag", async (t) => {
  const rows: Record<string, [markup: string, fault: string | null]> = {
    "nothing": ["", null],
    "names": ["checked disabled", null],
    "quotes of both kinds": [`title="a=b c" lang='de'`, null],
    "a URL": [`href="/a?b=c"`, null],
    "code where no URL is": [`title="javascript:f()"`, null],
    "no quotes": ["hidden title=a", 'attribute "title" has no quotes'],
    "no quotes, behind an entity": ["value=&quot;a b&quot;", 'attribute "value" has no quotes'],
    "code": [`HREF = 'java&#115;cript:f()'`, 'attribute "href" would run code'],
    "code behind a harmless attribute": [`title="a"src="javascript:f()"`, 'attribute "src"'],
    "a page": [`srcdoc=""`, 'attribute "srcdoc"'],
    "code behind the tag": [`hidden><a href="javascript:f()"`, 'attribute "href"'],
  };
  for (const [name, [markup, fault]] of Object.entries(rows)) {
    await t.step(name, () => {
      const found = faultInTag(markup);
      if (fault === null) assertEquals(found, null);
      else assertStringIncludes(found ?? "", fault);
    });
  }
});
