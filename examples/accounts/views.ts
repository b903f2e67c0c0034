/**
 * The views of the accounts: what each form does, and which page answers it.
 *
 * @module
 */

import {
  type BadCsrfToken,
  type HttpForbidden,
  HttpNotFound,
  type HttpRedirection,
  redirect,
  type Route,
  type StoredSessionFactory,
  viewConfig,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { deviceOf } from "./device.ts";
import {
  devicesPage,
  errorPage,
  MAX_NAME,
  MIN_PASSWORD,
  signInPage,
  signUpPage,
  userPage,
  usersPage,
  type Visitor,
} from "./pages.ts";
import * as at from "./routes.ts";
import type { Users } from "./users.ts";

type Request = ViewRequest<object>;

/** What the views work with. */
export interface Services {
  readonly users: Users;
  readonly sessions: StoredSessionFactory<object>;
  readonly now: () => number;
}

/** Whoever ends sessions has entered the password within these milliseconds. */
const FRESH = 10 * 60 * 1_000;
const NAME = new RegExp(`^[\\p{L}\\p{N}]{1,${MAX_NAME}}$`, "u");
const MAX_PASSWORD = 1_000;

/** Makes the views. */
export function makeViews({ users, sessions, now }: Services): object {
  /** Ends a session, if the visitor has entered the password lately. */
  async function endOne(session: Visitor, userId: string, id: string, back: string) {
    if (!isFresh(session, now())) return askAgain(session);
    const ended = await sessions.end(userId, id);
    session.flash(ended ? "The session is ended" : "That session had ended before");
    return redirect(back, { status: 303 });
  }

  /** Ends all sessions but some, if the visitor has entered the password lately. */
  async function endAll(session: Visitor, userId: string, except: string[], back: string) {
    if (!isFresh(session, now())) return askAgain(session);
    const ended = await sessions.endAll(userId, { except });
    session.flash(ended === 1 ? "1 session is ended" : `${ended} sessions are ended`);
    return redirect(back, { status: 303 });
  }

  /** The id of the visitor's own session, as a list of none or one. */
  const own = (session: Visitor) => sessions.idOf(session) ?? [];

  /** The user in the path of an administrator's page. */
  function userIn({ matchdict }: Request): string {
    const { name = "" } = matchdict;
    if (!users.names().includes(name)) throw new HttpNotFound();
    return name;
  }

  return {
    // By `httpCache: 0` browsers keep no page, so none is shown after signing out.
    devices: viewConfig({ ...signedIn(at.devices), httpCache: 0 }, async (request: Request) => {
      const session = await request.session;
      const { userId = "" } = session;
      describe(session, request);
      const listed = await sessions.list(userId);
      const isAdministrator = users.isAdministrator(userId);
      return devicesPage(session, { listed, own: sessions.idOf(session) }, isAdministrator);
    }),

    end: viewConfig({ ...signedIn(at.end), requestMethod: "POST" }, async (request: Request) => {
      const session = await request.session;
      const { userId = "" } = session;
      // `end()` leaves the sessions of other users, so the id may come from a form.
      return await endOne(session, userId, await fieldOf(request, "id"), at.devices.path());
    }),

    endOthers: viewConfig(
      { ...signedIn(at.endOthers), requestMethod: "POST" },
      async (request: Request) => {
        const session = await request.session;
        const { userId = "" } = session;
        return await endAll(session, userId, [own(session)].flat(), at.devices.path());
      },
    ),

    signUpForm: viewConfig({ route: at.signUp, httpCache: 0 }, async (request: Request) => {
      return signUpPage(await request.session);
    }),

    signUp: viewConfig({ route: at.signUp, requestMethod: "POST" }, async (request: Request) => {
      const session = await request.session;
      const name = (await fieldOf(request, "name")).trim();
      const password = await fieldOf(request, "password");
      const errors = faultsOf(name, password);
      if (errors === null && await users.add(name, password)) {
        return welcome(session, request, name);
      }
      return signUpPage(session, {
        name,
        errors: errors ?? { name: "Another user has this name. Choose another one" },
        status: 422,
      });
    }),

    signInForm: viewConfig({ route: at.signIn, httpCache: 0 }, async (request: Request) => {
      return signInPage(await request.session);
    }),

    signIn: viewConfig({ route: at.signIn, requestMethod: "POST" }, async (request: Request) => {
      const session = await request.session;
      const name = (await fieldOf(request, "name")).trim();
      const password = (await fieldOf(request, "password")).slice(0, MAX_PASSWORD);
      if (await users.verify(name, password) === true) return welcome(session, request, name);
      // Which of the two is wrong would tell which users exist.
      const errors = { password: "The user name or the password is wrong" };
      return signInPage(session, { name, errors, status: 403 });
    }),

    signOut: viewConfig({ route: at.signOut, requestMethod: "POST" }, async (request: Request) => {
      const session = await request.session;
      session.invalidate();
      session.flash("You are signed out");
      return redirect(at.signIn.path(), { status: 303 });
    }),

    users: viewConfig({ ...administrator(at.users), httpCache: 0 }, async (request: Request) => {
      return usersPage(await request.session, users.names());
    }),

    user: viewConfig({ ...administrator(at.user), httpCache: 0 }, async (request: Request) => {
      const session = await request.session, name = userIn(request);
      const shown = { listed: await sessions.list(name), own: sessions.idOf(session) };
      return userPage(session, name, shown);
    }),

    endOfUser: viewConfig(
      { ...administrator(at.endOfUser), requestMethod: "POST" },
      async (request: Request) => {
        const session = await request.session, name = userIn(request);
        return await endOne(session, name, await fieldOf(request, "id"), at.user.path({ name }));
      },
    ),

    endAllOfUser: viewConfig(
      { ...administrator(at.endAllOfUser), requestMethod: "POST" },
      async (request: Request) => {
        const session = await request.session, name = userIn(request);
        // An administrator who looks at the own devices stays signed in here.
        return await endAll(session, name, [own(session)].flat(), at.user.path({ name }));
      },
    ),
  };
}

/** Signs a user in, and notes what the list of devices shows. */
function welcome(session: Visitor, request: Request, name: string): HttpRedirection {
  session.bindTo(name);
  describe(session, request);
  session.flash(`Welcome, ${name}`);
  return redirect(at.devices.path(), { status: 303 });
}

function describe(session: Visitor, request: Request): void {
  session.describe({
    label: deviceOf(request.headers.get("user-agent")),
    address: request.clientAddress,
  });
}

/** A session that was taken over must not end the others: OWASP ASVS 5.0, 7.5.2. */
function isFresh({ created }: Visitor, now: number): boolean {
  return now - created <= FRESH;
}

function askAgain(session: Visitor): HttpRedirection {
  session.flash("Enter your password again. Then end the session");
  return redirect(at.signIn.path(), { status: 303 });
}

function faultsOf(name: string, password: string): Record<string, string> | null {
  const errors: Record<string, string> = {};
  if (!NAME.test(name)) errors.name = `Write 1 to ${MAX_NAME} letters and digits`;
  if (password.length < MIN_PASSWORD || password.length > MAX_PASSWORD) {
    errors.password = `Write at least ${MIN_PASSWORD} characters`;
  }
  return Object.keys(errors).length === 0 ? null : errors;
}

function signedIn(route: Route) {
  return { route, permission: "see own devices" } as const;
}

function administrator(route: Route) {
  return { route, permission: "administer" } as const;
}

/** Answers what the visitor may not do. A visitor who is not signed in may sign in. */
export async function forbidden(
  error: HttpForbidden,
  request: Request,
): Promise<Response | HttpRedirection> {
  const session = await request.session;
  if (session.userId === undefined && !request.hasForm) {
    return redirect(at.signIn.path(), { status: 303 });
  }
  return errorPage(session, {
    title: "You may not do this",
    text: "Only the administrator sees this page. The first user is the administrator.",
    status: error.status,
  });
}

/** Answers what no route matches, and users that do not exist. */
export async function notFound(error: HttpNotFound, request: Request): Promise<Response> {
  return errorPage(await request.session, {
    title: "There is no such page",
    text: "Its address may be wrong.",
    status: error.status,
  });
}

/** Answers a form that is older than its session, for example from before signing in. */
export async function staleForm(error: BadCsrfToken, request: Request): Promise<Response> {
  return errorPage(await request.session, {
    title: "The form is out of date",
    text: "Nothing was changed. Load the page again, then send the form once more.",
    status: error.status,
  });
}

/** A field of the form. It is empty if the field is missing or a file. */
async function fieldOf(request: Request, name: string): Promise<string> {
  const value = (await request.form()).get(name);
  return typeof value === "string" ? value : "";
}
