import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ClosableHeaders } from "../../lib/http/response.ts";

Deno.test("ClosableHeaders are headers until they are refused, and can be read afterwards", () => {
  let refusal: string | undefined;
  const headers = new ClosableHeaders(() => refusal);
  headers.append("x-a", "1");
  headers.append("x-a", "2");
  headers.set("x-b", "3");
  headers.set("x-c", "4");
  headers.delete("x-c");
  refusal = "it is too late";
  const calls: Record<string, () => void> = {
    'Cannot set header "x-a": it is too late': () => headers.append("x-a", "5"),
    'Cannot set header "x-d": it is too late': () => headers.set("x-d", "5"),
    'Cannot delete header "x-b": it is too late': () => headers.delete("x-b"),
  };
  for (const [message, call] of Object.entries(calls)) assertThrows(call, TypeError, message);
  assertEquals([...headers], [["x-a", "1, 2"], ["x-b", "3"]]);
  assertEquals([headers instanceof Headers, headers.has("x-b")], [true, true]);
  refusal = undefined;
  headers.set("x-b", "6");
  assertEquals(headers.get("x-b"), "6");
});
