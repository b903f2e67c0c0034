/** `ACLHelper`: the first entry for a principal and a permission decides, and nothing permits. */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ACLHelper,
  ALL_PERMISSIONS,
  allow,
  authenticated,
  deny,
  DENY_ALL,
  everyone,
  principalsOf,
  role,
  user,
} from "@pyramidion/pyramidion/authentication";

const acl = new ACLHelper();
const ada = principalsOf({ id: "ada", roles: ["editor"] });
const nobody = principalsOf(null);

Deno.test("ACLHelper.permits(): the nearest list and its first entry that matches decide", async (t) => {
  const outer = {
    acl: [allow(authenticated, "view", "edit"), allow(role("admin"), ALL_PERMISSIONS)],
  };
  const rows: Record<
    string,
    [context: unknown, who: typeof ada, permission: string, wanted: boolean]
  > = {
    "a list": [[allow(everyone, "view")], nobody, "view", true],
    "another permission": [[allow(everyone, "view")], nobody, "edit", false],
    "a permission that begins so": [[allow(everyone, "view")], nobody, "vie", false],
    "authenticated, by a user": [[allow(authenticated, "view")], ada, "view", true],
    "authenticated, by nobody": [[allow(authenticated, "view")], nobody, "view", false],
    "a role": [[allow(role("editor"), "edit")], ada, "edit", true],
    "a role that the user lacks": [[allow(role("admin"), "edit")], ada, "edit", false],
    "a user": [[allow(user("ada"), "edit")], ada, "edit", true],
    "all permissions": [[allow(user("ada"), ALL_PERMISSIONS)], ada, "anything", true],
    "deny before allow": [[deny(user("ada"), "edit"), allow(everyone, "edit")], ada, "edit", false],
    "allow before deny": [[allow(user("ada"), "edit"), DENY_ALL], ada, "edit", true],
    "DENY_ALL stops the lineage": [{ acl: [DENY_ALL], parent: outer }, ada, "view", false],
    "the lineage": [{ acl: [], parent: { parent: outer } }, ada, "edit", true],
    "an inner deny before an outer allow": [
      { acl: [deny(role("editor"), "edit")], parent: outer },
      ada,
      "edit",
      false,
    ],
    "a function": [{ acl: () => [allow(everyone, "view")] }, nobody, "view", true],
    "a method": [
      new (class {
        #who = everyone;
        acl() {
          return [allow(this.#who, "view")];
        }
      })(),
      nobody,
      "view",
      true,
    ],
    "no context": [undefined, ada, "view", false],
    "null": [null, ada, "view", false],
    "a context without a list": [{}, ada, "view", false],
    "a text as context": ["acl", ada, "view", false],
    "an empty list": [[], ada, "view", false],
  };
  for (const [name, [context, who, permission, wanted]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(acl.permits(context, who, permission), wanted));
  }
});

Deno.test("principals: no name of a user or a role is another principal", () => {
  const list = [allow(everyone, "a"), allow(authenticated, "b"), allow(role("admin"), "c")];
  for (const id of ["everyone", "Symbol(everyone)", "system.Everyone", "role:admin", "admin"]) {
    const own = [user(id)];
    assertEquals(
      ["a", "b", "c"].map((one) => acl.permits(list, own, one)),
      [false, false, false],
      id,
    );
  }
  assertEquals(acl.permits([allow(user("admin"), "c")], [role("admin")], "c"), false);
});

Deno.test("a list that is none is an error, and permits nothing", async (t) => {
  const circle: { acl: unknown[]; parent?: unknown } = { acl: [] };
  circle.parent = circle;
  const rows: Record<string, unknown> = {
    "a tuple as in Pyramid": [["Allow", "system.Everyone", "view"]],
    "text as permissions": [{ action: "allow", principal: everyone, permissions: "view" }],
    "an action in capitals": [{ action: "ALLOW", principal: everyone, permissions: ["view"] }],
    "a number as principal": [{ action: "allow", principal: 7, permissions: ["view"] }],
    "null in a list": [null],
    "an object as list": { acl: { everyone: "view" } },
    "true as list": { acl: true },
    "null as list": { acl: null },
    "a promise of a list": { acl: () => Promise.resolve([allow(everyone, "view")]) },
    "a circle": circle,
  };
  for (const [name, context] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(() => acl.permits(context, nobody, "view"), TypeError);
    });
  }
});

Deno.test("allow() and deny() refuse what is no principal and no permission", async (t) => {
  const rows: Record<string, () => unknown> = {
    "no permission": () => allow(everyone),
    "an empty permission": () => allow(everyone, ""),
    "a list as permission": () => allow(everyone, ["view"] as never),
    "all permissions among others": () =>
      Reflect.apply(allow, null, [everyone, "view", ALL_PERMISSIONS]),
    "an empty principal": () => deny("", "view"),
    "another symbol": () => deny(Symbol("everyone") as never, "view"),
    "an empty user": () => user(""),
    "an empty role": () => role(""),
  };
  for (const [name, call] of Object.entries(rows)) {
    await t.step(name, () => void assertThrows(call, TypeError));
  }
});
