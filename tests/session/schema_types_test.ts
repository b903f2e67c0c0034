/**
 * What the compiler reads from a schema; `deno check` is the test.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import * as z from "npm:zod@4.6.7";
import {
  Configurator,
  encryptedCookieSessionFactory,
  pyramidCookieSessionFactory,
  type Session,
  type SessionFactory,
  signedCookieSessionFactory,
  type StandardSchema,
} from "@pyramidion/pyramidion";
import { OLD_SECRET } from "./factory_app.ts";
import { SECRET } from "./session_app.ts";

type IsEqual<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;
type DataOf<Factory> = Factory extends SessionFactory<infer Data> ? Data : never;
type AppData<Config> = Config extends Configurator<infer Data> ? Data : never;

const schema = z.object({
  user: z.string().optional(),
  theme: z.enum(["light", "dark"]).default("light"),
  visits: z.string().transform(Number).default(0),
});
interface Data {
  theme: "light" | "dark";
  user?: string | undefined;
  visits: number;
}

const byHand: StandardSchema<{ cart: number[] }> = {
  "~standard": { version: 1, vendor: "tests", validate: () => ({ value: { cart: [] } }) },
};

const signed = signedCookieSessionFactory(SECRET, { schema });
const encrypted = encryptedCookieSessionFactory(SECRET, { schema });
const pyramid = pyramidCookieSessionFactory(SECRET, { schema });
const cart = signedCookieSessionFactory(SECRET, { schema: byHand });
const leaving = signedCookieSessionFactory(SECRET, {
  schema,
  cookieName: "here",
  formerly: pyramidCookieSessionFactory(OLD_SECRET),
});
const configured = new Configurator({
  sessionFactory: signedCookieSessionFactory(SECRET, { schema }),
});

/** Each of these lines is an error of the compiler if the type differs: the output's, not the input's. */
export const inferred = {
  "a signed factory": true satisfies IsEqual<DataOf<typeof signed>, Data>,
  "an encrypted factory": true satisfies IsEqual<DataOf<typeof encrypted>, Data>,
  "Pyramid's factory": true satisfies IsEqual<DataOf<typeof pyramid>, Data>,
  "a schema written by hand": true satisfies IsEqual<DataOf<typeof cart>, { cart: number[] }>,
  "a factory that leaves another": true satisfies IsEqual<DataOf<typeof leaving>, Data>,
  "the app of a Configurator that is given one": true satisfies IsEqual<
    AppData<typeof configured>,
    Data
  >,
};

/** What a view may do with such a session, and what it may not. */
export function typed(session: Session<Data>): void {
  true satisfies IsEqual<ReturnType<typeof session.get<"theme">>, "light" | "dark" | undefined>;
  session.set("theme", "dark").set("visits", 1);
  // @ts-expect-error no such theme
  session.set("theme", "mauve");
  // @ts-expect-error the schema's input, not its output
  session.set("visits", "1");
  // @ts-expect-error no such key
  session.get("usr");
}

/** Views of an app whose session is typed by its schema. */
export function views(config: typeof configured): void {
  config.addView(async (request) => {
    const session = await request.session;
    true satisfies IsEqual<typeof session, Session<Data>>;
    // @ts-expect-error no such key
    session.get("usr");
    return new Response(session.get("theme"));
  }, { routeName: "home" });
  // @ts-expect-error a factory of other sessions
  config.setSessionFactory(cart);
}

Deno.test("schema types the session: what is inferred at compile time is there at run time", async () => {
  const session = await signed.load({
    raw: new Request("https://app.test/"),
    method: "GET",
    headers: new Headers(),
    origin: "https://app.test",
  });
  assertEquals([session.get("theme"), session.get("visits"), session.get("user")], [
    "light",
    0,
    undefined,
  ]);
});
