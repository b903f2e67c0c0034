/**
 * The sign-in example as a person sees it: in a real browser.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { ExampleProcess, missingForExample } from "../examples/example_process.ts";
import { testUnless } from "../requirements.ts";
import { Chromium, missingForChromium } from "./chromium.ts";

const missing = missingForExample ?? missingForChromium;

testUnless(missing, "a person signs in and out of the sign-in example", async (t) => {
  await using example = await ExampleProcess.start();
  await using browser = await Chromium.start();

  const assertPage = async (path: string, text: RegExp) => {
    assertEquals(await browser.path(), path);
    assertMatch(
      String(await browser.evaluate(`document.querySelector(".tutorial").innerText`)),
      text,
    );
  };

  await t.step("the login form asks for a name", async () => {
    await browser.goto(`${example.origin}/`);
    await assertPage("/", /^Enter User name :/);
    assertEquals(await browser.evaluate("document.compatMode"), "CSS1Compat");
    assertEquals(await browser.cookies(), []);
  });
  await t.step("a name is typed, and submitted with the button", async () => {
    await browser.type("input[name=user]", "Jürgen <b>Admin</b>");
    await browser.click(".tutorial [type=submit]");
    await assertPage(
      "/add?user=J%C3%BCrgen+%3Cb%3EAdmin%3C%2Fb%3E",
      /^Session object added\.\s+click here$/,
    );
  });
  await t.step("the cookie is the server's alone, and this host's alone", async () => {
    const cookies = await browser.cookies();
    assertEquals(
      cookies.map(({ name, domain, path, httpOnly, sameSite, secure, session }) => ({
        name,
        domain,
        path,
        httpOnly,
        sameSite,
        secure,
        session,
      })),
      // Without a leading dot in the domain it is host-only; plain http to this machine is not Secure.
      [{
        name: "session",
        domain: new URL(example.origin).hostname,
        path: "/",
        httpOnly: true,
        sameSite: "Lax",
        secure: false,
        session: true,
      }],
    );
    assertEquals(await browser.evaluate("document.cookie"), "");
  });
  await t.step("click here leads to the welcome, the name as it was typed", async () => {
    await browser.click(".tutorial a");
    await assertPage("/read", /^Welcome Jürgen <b>Admin<\/b>\s+Logout$/);
    assertEquals(await browser.evaluate("document.querySelectorAll('.tutorial b').length"), 0);
  });
  await t.step("Logout says so, and takes the cookie away", async () => {
    await browser.click(".tutorial a");
    await assertPage("/logout", /^You have been logged out\s+Login$/);
    assertEquals(await browser.cookies(), []);
  });
  await t.step("the back button and a reload do not bring the name back", async () => {
    await browser.back();
    await browser.reload();
    await assertPage("/", /^Enter User name :/);
  });
  await t.step("Login leads to the form, where Enter submits", async () => {
    await browser.goto(`${example.origin}/logout`);
    await browser.click(".tutorial a");
    await assertPage("/", /^Enter User name :/);
    await browser.type("input[name=user]", "Eve");
    await browser.pressEnter();
    await browser.click(".tutorial a");
    await assertPage("/read", /^Welcome Eve\s+Logout$/);
  });
});
