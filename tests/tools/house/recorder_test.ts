/**
 * Hearing which functions begin.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { NOTE, noteCall } from "../../../tools/house/note.ts";
import { Recorder } from "../../../tools/house/recorder.ts";

Deno.test("Recorder.secondOf() hears the second trip with what comes behind it, and no preparation", async () => {
  const note = (file: number): void => new Function(noteCall(file))();
  note(1); // before there is a recorder
  const recorder = new Recorder();
  try {
    let time = 0;
    const begun = await recorder.secondOf(() => {
      note(2);
      return ++time;
    }, async (prepared) => {
      note(10 * prepared);
      await Promise.resolve();
      note(11 * prepared);
      setTimeout(() => note(12 * prepared));
    });
    assertEquals(begun, [20, 22, 24]);
  } finally {
    Reflect.deleteProperty(globalThis, NOTE);
  }
});
