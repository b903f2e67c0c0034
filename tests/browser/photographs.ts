/**
 * Photographs of the examples, for the documentation (`deno task photograph <folder>`).
 *
 * @module
 */

import { Chromium, type Screen } from "./chromium.ts";
import {
  type Look,
  visitAccounts,
  visitGuestbook,
  visitSignIn,
  visitUpload,
} from "./example_visit.ts";

/** The screens that the examples are looked at on. */
export const SCREENS: Readonly<Record<string, Screen>> = {
  "desktop": { width: 1280, height: 720, scheme: "light" },
  "desktop-dark": { width: 1280, height: 720, scheme: "dark" },
  "phone": { width: 390, height: 844, scheme: "light" },
  "phone-dark": { width: 390, height: 844, scheme: "dark" },
};

/** Photographs the page that the browser shows, once for each screen. */
export async function* photographs(
  browser: Chromium,
): AsyncGenerator<[screen: string, png: Uint8Array<ArrayBuffer>]> {
  for (const [name, screen] of Object.entries(SCREENS)) {
    await browser.showOn(screen);
    yield [name, await browser.photograph()];
  }
}

if (import.meta.main) {
  const [folder, ...others] = Deno.args;
  if (folder === undefined || others.length > 0) {
    throw new TypeError("Cannot write the photographs: name one folder");
  }
  await Deno.mkdir(folder, { recursive: true });
  await using browser = await Chromium.start();
  const look: Look = async (name) => {
    for await (const [screen, png] of photographs(browser)) {
      await Deno.writeFile(`${folder}/${name}-${screen}.png`, png);
    }
  };
  for (const visit of [visitSignIn, visitGuestbook, visitUpload, visitAccounts]) {
    await visit(browser, look);
  }
}
