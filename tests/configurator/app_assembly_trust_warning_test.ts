/**
 * The warning of `trustedHops` alone.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "jsr:@std/assert@^1.0.0";
import { Configurator } from "@pyramidion/pyramidion";
import type { OriginOptions } from "@pyramidion/pyramidion/types";

Deno.test("makeApp() warns of trustedHops where nobody says which host is asked", async (t) => {
  const rows: Record<string, [options: OriginOptions, warns: boolean]> = {
    "trustedHops alone": [{ trustedHops: 1 }, true],
    "trustedHops and publicOrigin": [{ trustedHops: 1, publicOrigin: "https://app.test" }, false],
    "no proxy": [{ trustedHops: 0 }, false],
    "nothing": [{}, false],
    "trusted": [{ trusted: { hops: 1, headers: ["x-forwarded-for"] } }, false],
  };
  for (const [name, [options, warns]] of Object.entries(rows)) {
    await t.step(name, () => {
      const warnings: string[] = [];
      const logger = { warn: (message: string) => void warnings.push(message), error: () => {} };
      new Configurator({ ...options, logger }).makeApp();
      assertEquals(warnings.length, warns ? 1 : 0);
      if (warns) assertStringIncludes(warnings[0] ?? "", "set publicOrigin");
    });
  }
});
