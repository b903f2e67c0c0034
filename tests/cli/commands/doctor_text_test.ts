/**
 * `diagnosisText`: a diagnosis as text.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { diagnose } from "../../../lib/cli/commands/doctor_diagnosis.ts";
import { diagnosisText } from "../../../lib/cli/commands/doctor_text.ts";
import { displayWidth } from "../../../lib/cli/table.ts";
import {
  CHECKED,
  diagnosisOf,
  NOWHERE,
  oldReport,
  PLAIN,
  routeOf,
  SEARCH,
  viewOf,
} from "./doctor_reports.ts";

Deno.test("diagnosisText of an app that needs nothing", () => {
  assertEquals(diagnosisText(diagnosisOf(), PLAIN).split("\n"), [
    "POST by default: no view",
    "",
    "Forms without a token: none",
    "Doctor read 3 files of the app. It does not see forms in template files and in other packages.",
    "",
    "Exemptions: none",
    "",
    "No finding needs a change.",
    "",
  ]);
});

Deno.test("diagnosisText of an app of release 0.1.0 leaves open what it does not tell", async () => {
  const report = oldReport([routeOf([viewOf({ methods: "GET HEAD POST", place: "nowhere" })])]);
  const diagnosis = await diagnose(report, NOWHERE, SEARCH);
  assertEquals([diagnosis.isOldRelease, diagnosis.hasSessions], [true, null]);
  const text = diagnosisText(diagnosis, PLAIN);
  assertMatch(
    text,
    /\nThe app imports release 0\.1\.0\. There these views answer GET, HEAD and POST/,
  );
  assertMatch(
    text,
    /\nIf a view already names GET and POST, then leave it: 0\.1\.0 does not report/,
  );
  assertMatch(
    text,
    /\nExemptions: unknown\nRelease 0\.1\.0 does not report them\. Run doctor again/,
  );
  assertMatch(text, /\n1 finding needs a change\.\n$/);
});

Deno.test("diagnosisText escapes what a terminal would obey, and keeps to the width", () => {
  const evil = "\x1b]0;x\x07\u202e";
  const place = `file:///app/${evil}.ts:1`;
  const view = { route: evil, pattern: evil, view: evil, place, write: "requestMethod: x" };
  const form = { form: `<form title="${evil}">`, place };
  const diagnosis = diagnosisOf({
    postViews: [view],
    token: evil,
    forms: [form],
    foreignForms: [form],
    exemptions: { ...CHECKED, hasExemptions: true, views: [view], viewsWithoutToken: 0 },
    unread: [{ place, because: "larger than 1 MiB" }, { place, because: "not found" }],
    changes: 2,
  });
  const text = diagnosisText(diagnosis, PLAIN);
  for (const sign of ["\x1b", "\x07", "\u202e"]) assert(!text.includes(sign));
  assertEquals(text.split("\\x1b]0;x\\x07\\u{202e}").length - 1, 15);
  for (const columns of [80, 100]) {
    const lines = diagnosisText(diagnosis, { ...PLAIN, columns }).split("\n");
    assertEquals(lines.filter((line) => displayWidth(line) > columns), []);
  }
  const coloured = diagnosisText(diagnosis, { ...PLAIN, isColoured: true });
  assert(coloured.startsWith("\x1b[1mPOST by default: 1 view\x1b[22m\n"));
});

Deno.test("diagnosisText shortens a tag between characters", () => {
  const form = {
    form: `<form method="post" title="${"😀".repeat(60)}">`,
    place: "file:///app/a.ts:1",
  };
  const text = diagnosisText(diagnosisOf({ forms: [form], changes: 1 }), PLAIN);
  assertMatch(text, /\n<form method="post" title="😀{32}… {2}a\.ts:1\n/u);
});
