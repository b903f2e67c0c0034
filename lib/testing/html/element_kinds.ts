/**
 * The kinds of elements that decide how a page is read (HTML standard, section 13.2).
 *
 * @module
 */

/**
 * The names in a text. A text that begins with a space also holds the empty name, which is the
 * page's.
 */
function words(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}

/** Elements without content and end tag. */
export const VOID_ELEMENTS: ReadonlySet<string> = words(
  "area base basefont bgsound br col embed hr img input keygen link meta param source track wbr",
);

/** Headings. */
export const HEADINGS: ReadonlySet<string> = words("h1 h2 h3 h4 h5 h6");

/** Start tags that end an open paragraph. */
export const ENDS_PARAGRAPH: ReadonlySet<string> = words(
  "address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption " +
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p plaintext " +
    "pre search section summary table ul xmp",
);

/** End tags that also end every element within theirs. */
export const BLOCK_ENDS: ReadonlySet<string> = words(
  "address applet article aside blockquote button center dd details dialog dir div dl dt fieldset " +
    "figcaption figure footer header hgroup listing main marquee menu nav object ol pre search " +
    "section select summary ul",
);

/** Elements that the end tags of unknown elements do not reach across. */
export const SPECIAL: ReadonlySet<string> = words(
  "address applet area article aside base basefont bgsound blockquote body br button caption " +
    "center col colgroup dd details dir div dl dt embed fieldset figcaption figure footer form " +
    "frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input keygen li link " +
    "listing main marquee menu meta nav noembed noframes noscript object ol p param plaintext pre " +
    "script search section select source style summary table tbody td template textarea tfoot th " +
    "thead title tr track ul wbr xmp",
);

/** Foreign elements whose content is HTML again. */
export const INTEGRATION_POINTS: ReadonlySet<string> = words(
  "svg:foreignobject svg:desc svg:title math:mi math:mo math:mn math:ms math:mtext",
);

/** Elements that end tags and implied ends do not reach across. The page has an empty name. */
export const SCOPE: ReadonlySet<string> = new Set([
  "",
  ...words("applet caption table td th marquee object select template"),
  ...INTEGRATION_POINTS,
]);

/** {@linkcode SCOPE}, and buttons. */
export const BUTTON_SCOPE: ReadonlySet<string> = new Set([...SCOPE, "button"]);

/** {@linkcode SCOPE}, and lists. */
export const LIST_SCOPE: ReadonlySet<string> = new Set([...SCOPE, "ol", "ul"]);

/** Elements that the end tags of tables do not reach across. */
export const TABLE_SCOPE: ReadonlySet<string> = words(" table template");

/** The scope without a limit: the page itself. */
export const PAGE_SCOPE: ReadonlySet<string> = words("");

/** Elements whose end tag may be left out. */
export const IMPLIED_ENDS: ReadonlySet<string> = words("dd dt li optgroup option p rb rp rt rtc");

/** Sections of a table. */
export const TABLE_SECTIONS: ReadonlySet<string> = words("tbody tfoot thead");

/** Cells of a table. */
export const TABLE_CELLS: ReadonlySet<string> = words("td th");

/** Elements of tables that cannot hold fields. */
export const TABLE_STRUCTURE: ReadonlySet<string> = words("table tbody tfoot thead tr");

/** Elements that may stand directly in a table. */
export const STAYS_IN_TABLE: ReadonlySet<string> = words("script style template");

/** Start tags that only tables take. */
export const TABLE_PARTS: ReadonlySet<string> = words(
  "caption col colgroup tbody td tfoot th thead tr",
);

/** Elements that decide how a tag is read in a table. */
export const TABLE_CONTEXTS: ReadonlySet<string> = words(
  " table tbody tfoot thead tr td th caption colgroup template",
);

/** HTML that ends foreign content. */
export const BREAKS_OUT: ReadonlySet<string> = words(
  "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li " +
    "listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var",
);

/** Formatting elements. */
export const FORMATTING: ReadonlySet<string> = words(
  "a b big code em font i nobr s small strike strong tt u",
);

/** Elements that keep the formatting around them out. */
export const FORMATTING_BARRIERS: ReadonlySet<string> = words(
  "applet caption marquee object td template th",
);

/** Start tags before which no formatting element is opened again. */
export const WITHOUT_FORMATTING: ReadonlySet<string> = words(
  "address article aside base basefont bgsound blockquote body caption center col colgroup dd " +
    "details dialog dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 " +
    "h5 h6 head header hgroup hr html iframe li link listing main menu meta nav noembed noframes ol " +
    "p param plaintext pre rb rp rt rtc script search section source style summary table tbody td " +
    "template textarea tfoot th thead title tr track ul",
);
