/**
 * The examples on the screens of a desktop and of a phone, light and dark: in a real browser.
 *
 * @module
 */

import { assert, assertEquals, assertGreater } from "jsr:@std/assert@^1.0.0";
import { testUnless } from "../requirements.ts";
import { Chromium, missingForChromium, type Screen } from "./chromium.ts";
import {
  guestbook,
  Site,
  visitAccounts,
  visitGuestbook,
  visitSignIn,
  visitUpload,
  writeEntries,
} from "./example_visit.ts";
import { photographs, SCREENS } from "./photographs.ts";

/** What axe-core says of a page. */
interface Audit {
  readonly passes: number;
  readonly violations: readonly string[];
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Widths in CSS pixels at which nothing may scroll sideways. */
const WIDTHS = [320, 1280];

/** The expression of a page's {@linkcode Audit}, after axe-core is there. */
const AUDIT = `axe.run(document).then(({ passes, violations, incomplete }) => ({
  passes: passes.length,
  violations: [...violations, ...incomplete].map(({ id, nodes }) =>
    id + ": " + nodes.map(({ html, failureSummary }) => html + " " + failureSummary).join("; ")),
}))`;

const visits = {
  sign_in: visitSignIn,
  guestbook: visitGuestbook,
  upload: visitUpload,
  accounts: visitAccounts,
};

for (const [example, visit] of Object.entries(visits)) {
  testUnless(
    missingForChromium,
    `the example ${example} is whole, accessible and not too wide, in light and dark`,
    async (t) => {
      const axe = await axeSource();
      await using browser = await Chromium.start();
      const seen: string[] = [];
      await visit(browser, async (name) => {
        seen.push(name);
        await t.step(`${name}: a document with language, title and viewport`, async () => {
          assertEquals(await documentOf(browser), {
            mode: "CSS1Compat",
            language: "en",
            hasTitle: true,
            viewport: "width=device-width, initial-scale=1",
            headings: 1,
            styled: true,
          });
        });
        await t.step(`${name}: nothing scrolls sideways`, async () => {
          for (const width of WIDTHS) {
            await browser.showOn({ width, height: 600, scheme: "light" });
            const widths = await browser.evaluate(
              "[innerWidth, document.documentElement.scrollWidth - document.documentElement.clientWidth]",
            );
            assertEquals(widths, [width, 0]);
          }
        });
        for await (const [screen, png] of photographs(browser)) {
          await t.step(`${name}: a photograph, and no violation, on ${screen}`, async () => {
            await assertPhotograph(browser, png, SCREENS[screen]!);
            if (await browser.evaluate("typeof axe") === "undefined") {
              await browser.evaluate(`${axe}; null`);
            }
            const { passes, violations } = await browser.evaluate(AUDIT) as Audit;
            assertEquals(violations, []);
            assertGreater(passes, 10);
          });
        }
      });
      // Guards against a visit that stops nowhere.
      assertGreater(seen.length, 2);
    },
  );
}

testUnless(
  missingForChromium,
  "the guestbook is used by the keyboard: the skip link first, then in the order of the page",
  async (t) => {
    await using browser = await Chromium.start();
    await using site = new Site(guestbook());
    await writeEntries(site.app);
    await browser.showOn(SCREENS["desktop"]!);

    await t.step(
      "Tab reaches everything in the order of the page, and the focus is seen",
      async () => {
        await browser.goto(`${site.origin}/`);
        const reached: string[] = [];
        for (let count = 0; count < 5; count++) {
          await browser.pressTab();
          const { label, isSeen } = await focused(browser);
          reached.push(label);
          assert(isSeen, `the focus is not seen on ${label}`);
        }
        assertEquals(reached, ["Skip to content", "Guestbook", "Sign in", "Your words", "Write"]);
      },
    );
    await t.step("the skip link leads past the header", async () => {
      await browser.goto(`${site.origin}/`);
      await browser.pressTab();
      await browser.evaluate("document.activeElement.click()");
      await browser.pressTab();
      assertEquals((await focused(browser)).label, "Your words");
    });
    await t.step("the link of an error leads to its field", async () => {
      await browser.type("#text", " ");
      await browser.click("form[name=write] button");
      await browser.pressTab();
      await browser.evaluate(`document.querySelector("[role=alert] a").click()`);
      assertEquals(await focused(browser), { label: "Your words", isSeen: true });
      assertEquals(
        await browser.evaluate(`document.activeElement.getAttribute("aria-describedby").split(" ")
          .map((id) => document.getElementById(id).textContent)`),
        ["At most 500 characters", "Write 1 to 500 characters"],
      );
    });
  },
);

/** The script of axe-core. It is loaded late, since it reads the environment. */
async function axeSource(): Promise<string> {
  const { default: axe } = await import("npm:axe-core@4.14.1");
  return axe.source;
}

async function documentOf(browser: Chromium): Promise<unknown> {
  return await browser.evaluate(`({
    mode: document.compatMode,
    language: document.documentElement.lang,
    hasTitle: document.title.trim() !== "",
    viewport: document.querySelector("meta[name=viewport]")?.content,
    headings: document.querySelectorAll("h1").length,
    styled: getComputedStyle(document.querySelector(".skip")).position === "absolute",
  })`);
}

/** What has the focus, by its label or its text, and whether a person sees that. */
async function focused(browser: Chromium): Promise<{ label: string; isSeen: boolean }> {
  return await browser.evaluate(`(() => {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { top, left, width, height } = element.getBoundingClientRect();
    return {
      label: (element.labels?.[0] ?? element).innerText.trim(),
      isSeen: outlineStyle === "solid" && parseFloat(outlineWidth) >= 2 &&
        top >= 0 && left >= 0 && width > 0 && height > 0,
    };
  })()`) as { label: string; isSeen: boolean };
}

/** That a PNG has the width of the screen, at least its height, and shows something. */
async function assertPhotograph(
  browser: Chromium,
  png: Uint8Array<ArrayBuffer>,
  { width, height }: Screen,
): Promise<void> {
  assertEquals([...png.subarray(0, 8)], PNG_SIGNATURE);
  // The first chunk: its length, IHDR, width, height (PNG, section 11.2.1).
  const view = new DataView(png.buffer, png.byteOffset);
  assertEquals(view.getUint32(16), width);
  assert(view.getUint32(20) >= height);
  const colours = await browser.evaluate(`(async () => {
    const blob = new Blob([Uint8Array.fromBase64(${JSON.stringify(png.toBase64())})]);
    const image = await createImageBitmap(blob);
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    return new Set(new Uint32Array(data.buffer)).size;
  })()`);
  assertGreater(colours, 50);
}
