/**
 * Splits HTML into tags and texts.
 *
 * It follows the HTML standard (section 13.2.5) for tags, attributes and raw text. It builds no
 * tree. It adds, moves and removes no tag.
 *
 * @module
 */

/** A piece of HTML: the start of an element, its end, or text. Names are in lower case. */
export type HtmlToken =
  | {
    /** A start tag. */
    readonly kind: "start";
    /** The element's name. */
    readonly name: string;
    /** The attributes by their names. If two have one name, the first counts. */
    readonly attributes: ReadonlyMap<string, string>;
    /** Whether it ends with `/>`, which ends foreign elements such as those of SVG. */
    readonly isSelfClosing: boolean;
  }
  | {
    /** An end tag. */
    readonly kind: "end";
    /** The element's name. */
    readonly name: string;
  }
  | {
    /** Text, decoded. The content of scripts and styles is left out. */
    readonly kind: "text";
    /** The text. */
    readonly text: string;
  };

/** The elements with raw text in which character references count. */
const ESCAPABLE_RAW = new Set(["textarea", "title"]);
const RAW = new Set([
  ...ESCAPABLE_RAW,
  "script",
  "style",
  "xmp",
  "iframe",
  "noembed",
  "noframes",
  "plaintext",
]);
/** A tag up to its name, or a comment, or text that counts as a comment. */
const MARKUP = /<(?:!--|[!?]|\/[^a-z>]|\/>|\/?([a-z][^\s/>]*))/gi;
/**
 * The end of the tag, or an attribute. A value with an open quote extends to the end of the page.
 */
const ATTRIBUTE = /([\s/]*)(?:(>)|(=?[^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"?|'([^']*)'?|([^\s>]*)))?)/y;

/**
 * Cuts HTML into tokens.
 *
 * @param html A whole page, or a part of one.
 * @param isForeign Whether the element that was just begun is foreign to HTML. Default: it is not.
 */
export function* htmlTokens(
  html: string,
  isForeign: () => boolean = () => false,
): Generator<HtmlToken, void, undefined> {
  const source = html.replace(/\r\n?/g, "\n");
  let from = 0;
  for (;;) {
    MARKUP.lastIndex = from;
    const markup = MARKUP.exec(source);
    const text = source.slice(from, markup?.index);
    if (text !== "") yield { kind: "text", text: decodeReferences(text) };
    if (markup === null) return;
    const at = markup.index + markup[0].length;
    const name = markup[1]?.toLowerCase();
    if (name === undefined) {
      from = markup[0] === "<!--" ? endOfComment(source, at) : endOf(source, ">", at - 1);
      continue;
    }
    const tag = readAttributes(source, at);
    // A tag that never ends is ignored.
    if (tag === null) return;
    from = tag.end;
    if (markup[0][1] === "/") {
      yield { kind: "end", name };
      continue;
    }
    yield { kind: "start", name, attributes: tag.attributes, isSelfClosing: tag.isSelfClosing };
    if (!RAW.has(name) || isForeign()) continue;
    const raw = rawText(source, from, name);
    from += raw.length;
    if (ESCAPABLE_RAW.has(name) && raw !== "") yield { kind: "text", text: decodeReferences(raw) };
  }
}

function endOf(source: string, mark: string, from: number): number {
  const at = source.indexOf(mark, from);
  return at === -1 ? source.length : at + mark.length;
}

function endOfComment(source: string, from: number): number {
  const abrupt = /^-?>/.exec(source.slice(from, from + 2));
  if (abrupt !== null) return from + abrupt[0].length;
  const end = /--!?>/g;
  end.lastIndex = from;
  return end.exec(source) === null ? source.length : end.lastIndex;
}

function rawText(source: string, from: number, name: string): string {
  if (name === "plaintext") return source.slice(from);
  const end = new RegExp(`</${name}(?=[\\s/>])`, "gi");
  end.lastIndex = from;
  return source.slice(from, end.exec(source)?.index ?? source.length);
}

/** The attributes up to the end of the tag. `null` if the tag has no end. */
function readAttributes(
  source: string,
  from: number,
): { attributes: Map<string, string>; isSelfClosing: boolean; end: number } | null {
  const attributes = new Map<string, string>();
  ATTRIBUTE.lastIndex = from;
  while (ATTRIBUTE.lastIndex < source.length) {
    const [, before = "", close, name = "", double, single, bare] = ATTRIBUTE.exec(source) ?? [];
    const end = ATTRIBUTE.lastIndex;
    if (close !== undefined) return { attributes, isSelfClosing: before.endsWith("/"), end };
    const key = name.toLowerCase();
    if (key !== "" && !attributes.has(key)) {
      attributes.set(key, decodeReferences(double ?? single ?? bare ?? "", true));
    }
  }
  return null;
}

/** Names that need no semicolon: Latin-1, from U+00A0 on. */
const LATIN =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn " +
  "sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave " +
  "Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc " +
  "Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute " +
  "THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml " +
  "igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave " +
  "uacute ucirc uuml yacute thorn yuml";
/** Names after their first code point in hexadecimal. The next names have the next code points. */
const NAMES = "9:Tab a:NewLine 21:excl,quot,num,dollar,percnt,amp,apos,lpar,rpar,ast,plus,comma " +
  "2e:period,sol 3a:colon,semi,lt,equals,gt,quest,commat 5b:lsqb,bsol,rsqb 5f:lowbar,grave " +
  "7b:lcub,vert,rcub 152:OElig,oelig 160:Scaron,scaron 178:Yuml 192:fnof 2c6:circ 2dc:tilde " +
  "391:Alpha,Beta,Gamma,Delta,Epsilon,Zeta,Eta,Theta,Iota,Kappa,Lambda,Mu,Nu,Xi,Omicron,Pi,Rho " +
  "3a3:Sigma,Tau,Upsilon,Phi,Chi,Psi,Omega " +
  "3b1:alpha,beta,gamma,delta,epsilon,zeta,eta,theta,iota,kappa,lambda,mu,nu,xi,omicron,pi,rho " +
  "3c2:sigmaf,sigma,tau,upsilon,phi,chi,psi,omega " +
  "3d1:thetasym,upsih 3d6:piv 2002:ensp,emsp 2009:thinsp 200c:zwnj,zwj,lrm,rlm 2013:ndash,mdash " +
  "2018:lsquo,rsquo,sbquo 201c:ldquo,rdquo,bdquo 2020:dagger,Dagger,bull 2026:hellip " +
  "2030:permil 2032:prime,Prime 2039:lsaquo,rsaquo 203e:oline 2044:frasl 20ac:euro 2111:image " +
  "2118:weierp 211c:real 2122:trade 2135:alefsym 2190:larr,uarr,rarr,darr,harr 21b5:crarr " +
  "21d0:lArr,uArr,rArr,dArr,hArr 2200:forall 2202:part,exist 2205:empty 2207:nabla,isin,notin " +
  "220b:ni 220f:prod 2211:sum,minus 2217:lowast 221a:radic 221d:prop,infin 2220:ang " +
  "2227:and,or,cap,cup,int 2234:there4 223c:sim 2245:cong 2248:asymp 2260:ne,equiv 2264:le,ge " +
  "2282:sub,sup,nsub 2286:sube,supe 2295:oplus 2297:otimes 22a5:perp 22c5:sdot " +
  "2308:lceil,rceil,lfloor,rfloor 27e8:lang,rang 25ca:loz 2660:spades 2663:clubs " +
  "2665:hearts,diams";

const LEGACY: ReadonlyMap<string, string> = new Map([
  ...numbered(LATIN.split(" "), 0xa0),
  ["amp", "&"],
  ["AMP", "&"],
  ["lt", "<"],
  ["LT", "<"],
  ["gt", ">"],
  ["GT", ">"],
  ["quot", '"'],
  ["QUOT", '"'],
  ["COPY", "\u00a9"],
  ["REG", "\u00ae"],
]);
const KNOWN: ReadonlyMap<string, string> = new Map([
  ...LEGACY,
  ...NAMES.split(" ").flatMap((run) => {
    const [first = "", names = ""] = run.split(":");
    return numbered(names.split(","), parseInt(first, 16));
  }),
]);
const REFERENCE = /&(?:#(?:x([\da-f]+)|(\d+));?|([a-z][a-z\d]*)(;?))/gi;
/** The character set of the numbers from 0x80 to 0x9f. */
const WINDOWS = new TextDecoder("windows-1252");

function numbered(names: readonly string[], first: number): [name: string, text: string][] {
  return names.map((name, index) => [name, String.fromCodePoint(first + index)]);
}

/**
 * Decodes the references of a text.
 *
 * @param text The text with its references.
 * @param isAttribute Whether the text is the value of an attribute. There a named reference needs
 * its semicolon if a letter, a digit or `=` follows. So the addresses of links keep their
 * parameters.
 */
export function decodeReferences(text: string, isAttribute = false): string {
  return text.replace(
    REFERENCE,
    (reference: string, hex: string, decimal: string, name = "", end = "", at: number) => {
      if (name === "") return numeric(hex === undefined ? Number(decimal) : parseInt(hex, 16));
      if (end !== "" && KNOWN.has(name)) return KNOWN.get(name)!;
      const start = prefixOf(name);
      if (start === null) return reference;
      const rest = reference.slice(1 + start.length);
      const next = rest === "" ? text[at + reference.length] : rest;
      if (isAttribute && next !== undefined && /^[a-z\d=]/i.test(next)) return reference;
      return LEGACY.get(start) + rest;
    },
  );
}

/** The longest beginning of a name that needs no semicolon. */
function prefixOf(name: string): string | null {
  for (let length = Math.min(name.length, 6); length > 1; length--) {
    const start = name.slice(0, length);
    if (LEGACY.has(start)) return start;
  }
  return null;
}

function numeric(code: number): string {
  if (code >= 0x80 && code <= 0x9f) return WINDOWS.decode(Uint8Array.of(code));
  const isNone = code === 0 || code > 0x10ffff || code >= 0xd800 && code <= 0xdfff;
  return isNone ? "\ufffd" : String.fromCodePoint(code);
}
