/**
 * What a `TestClient` sends otherwise than Chromium. The rule: the standard decides, and Chromium where
 * the standard leaves it to browsers.
 *
 * @module
 */

/** A form that the two visitors send differently. */
export interface FormDifference {
  /** Its attributes. @default {"method=post"} */
  readonly attributes?: string;
  /** What the form holds. */
  readonly html: string;
  /** What each of them sends. */
  readonly browser: readonly (readonly string[])[];
  readonly client: readonly (readonly string[])[];
  /** Why the client does not do the same. */
  readonly reason: string;
}

/** Forms that the two visitors send differently, each with the reason. */
export const FORM_DIFFERENCES: Readonly<Record<string, FormDifference>> = {
  "what a datalist holds": {
    html: "<datalist><select name=a><option>1</select></datalist><input name=b value=2>",
    browser: [["a", "1"], ["b", "2"]],
    client: [["b", "2"]],
    reason: "the standard leaves it out, Chromium does not",
  },
  "an empty dirname": {
    html: "<input name=a dirname value=1>",
    browser: [["a", "1"], ["", "ltr"]],
    client: [["a", "1"]],
    reason: "by the standard it is none, in Chromium it is a name",
  },
  "the dirname of a submit": {
    html: "<input type=submit name=a dirname=a.dir value=1>",
    browser: [["a.dir", "ltr"], ["a", "1"]],
    client: [["a", "1"], ["a.dir", "ltr"]],
    reason: "by the standard the direction follows the value, in Chromium it precedes it",
  },
  "numbers of a range": {
    html: ["05", "1e1", "-0", ".5"].map((value) =>
      `<input type=range name=a step=any value=${value}>`
    ).join(""),
    browser: [["a", "5"], ["a", "1e+1"], ["a", "0"], ["a", "0.5"]],
    client: [["a", "05"], ["a", "1e1"], ["a", "-0"], ["a", ".5"]],
    reason: "the standard leaves a number as it is written, Chromium writes it anew",
  },
  "wrap=physical": {
    html: "<textarea name=a wrap=physical cols=10>aaaaaaaa bbbbbbbb</textarea>",
    browser: [["a", "aaaaaaaa \r\nbbbbbbbb"]],
    client: [["a", "aaaaaaaa bbbbbbbb"]],
    reason: "the standard has no such word, Chromium reads it as hard",
  },
  "plain text by GET": {
    attributes: "method=post enctype=text/plain",
    html:
      "<input name=a value='1&amp;2'><input name=b value=3><button formmethod=get>Send</button>",
    browser: [["a", "1"], ["2b", "3"]],
    client: [["a", "1&2"], ["b", "3"]],
    reason: "by the standard a query is url-encoded, Chromium writes it as plain text",
  },
  "an encoding of its own": {
    attributes: "method=post accept-charset=iso-8859-1",
    html: "<input name=a value=é><input type=hidden name=_charset_>",
    browser: [["a", "\ufffd"], ["_charset_", "windows-1252"]],
    client: [["a", "é"], ["_charset_", "UTF-8"]],
    reason: "the client knows UTF-8 only",
  },
  "colors by functions": {
    html: "<input type=color name=a value='rgb(1 2 3)'><input type=color name=b value=ButtonText>",
    browser: [["a", "#010203"], ["b", "#000000"]],
    client: [["a", "#000000"], ["b", "#000000"]],
    reason: "the client reads hexadecimal colors and names only",
  },
  "rare names of characters": {
    html: "<input name=a value='&NotEqualTilde;'>",
    browser: [["a", "\u2242\u0338"]],
    client: [["a", "&NotEqualTilde;"]],
    reason: "the client knows the names of HTML 4 and of ASCII only",
  },
  "noscript": {
    html: "<noscript><input name=a value=1></noscript><input name=b value=2>",
    browser: [["b", "2"]],
    client: [["a", "1"], ["b", "2"]],
    reason: "the client has no scripts",
  },
};
