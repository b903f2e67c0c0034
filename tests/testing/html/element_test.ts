/**
 * `HtmlElement`: its attributes, what it shows, and what is around it and in it.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { HtmlElement } from "../../../lib/testing/html/element.ts";
import { readHtml } from "../../../lib/testing/html/tree.ts";

function first(html: string): HtmlElement {
  const [element] = readHtml(html).descendants();
  if (element === undefined) throw new TypeError("the page has no element");
  return element;
}

Deno.test("HtmlElement tells an empty attribute from a missing one, and keywords in lower case", () => {
  const input = first('<input name="" TYPE=Radio>');
  assertEquals([input.attribute("name"), input.attribute("value")], ["", null]);
  assertEquals([input.has("name"), input.has("value")], [true, false]);
  assertEquals([input.keyword("type"), input.keyword("dir")], ["radio", ""]);
});

Deno.test("HtmlElement.label has the text of images, and collapses white space; textContent does not", () => {
  const link = first('<a> go\n <img alt="on"> <b>now</b> </a>');
  assertEquals(link.label, "go on now");
  assertEquals(link.textContent, " go\n  now ");
});

Deno.test("HtmlElement.descendants() leaves out what a template holds, ancestors() start with the parent", () => {
  const page = readHtml("<div><p><i></i></p><template><b></b></template></div>");
  const names = [...page.descendants()].map(({ name }) => name);
  assertEquals(names, ["div", "p", "i", "template"]);
  const inner = [...page.descendants()].find(({ name }) => name === "i");
  assertEquals([...inner?.ancestors() ?? []].map(({ name }) => name), ["p", "div", ""]);
});

Deno.test("HtmlElement.wrapChildren() puts a wrapper between an element and all that is in it", () => {
  const block = first("<div>a<i></i></div>");
  const wrapper = new HtmlElement("b", new Map(), block, null);
  block.wrapChildren(wrapper);
  assertEquals(block.children, [wrapper]);
  assertEquals(wrapper.children.map((child) => typeof child === "string" ? child : child.name), [
    "a",
    "i",
  ]);
  const [, inner] = [...block.descendants()];
  assertEquals(inner?.parent, wrapper);
});
