import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  BrokenRecordError,
  ChangeRefusedError,
  RecordTooLargeError,
} from "@pyramidion/pyramidion/stores";

Deno.test("BrokenRecordError names the session, the reason and the cause, and shows no control character", () => {
  const cause = new SyntaxError("x");
  const error = new BrokenRecordError("a\x1b[31m", "its data is not JSON", cause);
  assertEquals(
    error.message,
    'Cannot read session "a\\x1b[31m" from the store: its data is not JSON',
  );
  assertEquals([error.name, error.id, error.cause], ["BrokenRecordError", "a\x1b[31m", cause]);
});

Deno.test("RecordTooLargeError is a RangeError that names the session and the limit", () => {
  const error = new RecordTooLargeError("a", 65_536);
  assert(error instanceof RangeError);
  assertEquals(
    error.message,
    'Cannot keep session "a": the store holds at most 65536 bytes of one session',
  );
  assertEquals([error.name, error.id, error.limit], ["RecordTooLargeError", "a", 65_536]);
});

Deno.test("ChangeRefusedError says what the server answered", () => {
  const cause = new Error("OOM command not allowed");
  const error = new ChangeRefusedError(cause);
  assertEquals(
    error.message,
    "Cannot write to the store, because it refuses changes: OOM command not allowed",
  );
  assertEquals([error.name, error.cause], ["ChangeRefusedError", cause]);
});
