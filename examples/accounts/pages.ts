/**
 * The pages of the accounts. They read the session and change nothing but its messages.
 *
 * @module
 */

import { type Html, html, type Session } from "@pyramidion/pyramidion";
import type { StoredSession } from "@pyramidion/pyramidion/types";
import { errorSummary, field, message, page } from "../page.ts";
import { devices, end, endAllOfUser, endOfUser, endOthers } from "./routes.ts";
import { signIn, signOut, signUp, user, users } from "./routes.ts";

/** The app needs no keys of its own. */
export type Visitor = Session<object>;

/** How a form is shown. */
export interface FormState {
  /** The name that the visitor has typed. It is shown again. */
  readonly name?: string;
  /** What is wrong: a text for each wrong field. */
  readonly errors?: Readonly<Record<string, string>>;
  /** The status of the response. @default {200} */
  readonly status?: number;
}

/** The devices of a user. */
export interface Devices {
  readonly listed: readonly StoredSession[];
  /** The id of the visitor's own session. */
  readonly own: string | undefined;
}

/** The fewest characters of a password. NIST SP 800-63B allows 8, and recommends 15. */
export const MIN_PASSWORD = 8;
/** The most characters of a name. */
export const MAX_NAME = 32;

const APP = { app: "Accounts", source: "examples/accounts" };

/** The devices of the visitor. */
export function devicesPage(
  session: Visitor,
  { listed, own }: Devices,
  isAdministrator: boolean,
): Response {
  const others = listed.length - 1;
  const content = html`
    <h1>Your devices</h1>
    <p
      class="lead">${count(
        listed.length,
      )}, the last used first. If you do not know one of them, then end its session.</p>
    ${deviceList(session, { listed, own }, end.path())}
    <div class="actions">${others > 0 &&
      html`<form name="end-others" method="post" action="${endOthers.path()}">
  ${csrfField(session)}
  <button>Sign out everywhere else</button>
</form>`}${isAdministrator && html`<a href="${users.path()}">All users</a>`}</div>
  `;
  return visitorPage(session, "Your devices", content);
}

/** All users, with a link to the devices of each. */
export function usersPage(session: Visitor, names: readonly string[]): Response {
  const items = names.map((name) => html`<li><a href="${user.path({ name })}">${name}</a></li>`);
  const content = html`
    <h1>Users</h1>
    <p class="lead">You are the administrator, because you were the first user.</p>
    <div class="card">
      <ul class="files">${items}</ul>
    </div>
  `;
  return visitorPage(session, "Users", content);
}

/** The devices of one user, for the administrator. */
export function userPage(session: Visitor, name: string, shown: Devices): Response {
  const title = `Devices of ${name}`;
  const content = html`<h1>${title}</h1>
<p class="lead">${count(shown.listed.length)}</p>
${deviceList(session, shown, endOfUser.path({ name }))}
<div class="actions">${
    shown.listed.length > 0 &&
    html`<form name="end-all" method="post" action="${endAllOfUser.path({ name })}">
  ${csrfField(session)}
  <button>End all of them</button>
</form>`
  }<a href="${users.path()}">All users</a></div>`;
  return visitorPage(session, title, content);
}

/** The form to sign in. If the user is signed in, then it asks for the password again. */
export function signInPage(session: Visitor, form: FormState = {}): Response {
  const isAgain = session.userId !== undefined;
  const title = isAgain ? "Enter your password again" : "Sign in";
  const error = form.errors?.password;
  const content = html`<div class="narrow">
  <div class="card">
    <h1>${title}</h1>
    <form name="sign-in" method="post" action="${signIn.path()}">
      ${csrfField(session)}
      ${nameField(form.name ?? session.userId, { sharedError: error && "password-error" })}
      ${passwordField("current-password", { error })}
      <button>${isAgain ? "Continue" : "Sign in"}</button>
    </form>
  </div>
  ${!isAgain && html`<p class="note">New here? <a href="${signUp.path()}">Make an account</a></p>`}
</div>`;
  return visitorPage(session, title, content, {
    ...form,
    complaint: isAgain ? "Nothing was ended" : "You are not signed in",
  });
}

/** The form to make an account. */
export function signUpPage(session: Visitor, form: FormState = {}): Response {
  const { name, password } = form.errors ?? {};
  const content = html`<div class="narrow">
  <div class="card">
    <h1>Make an account</h1>
    <form name="sign-up" method="post" action="${signUp.path()}">
      ${csrfField(session)}
      ${nameField(form.name, { error: name, hint: `At most ${MAX_NAME} letters and digits` })}
      ${
    passwordField("new-password", { error: password, hint: `At least ${MIN_PASSWORD} characters` })
  }
      <button>Make the account</button>
    </form>
  </div>
  <p class="note">Have you got one? <a href="${signIn.path()}">Sign in</a></p>
</div>`;
  return visitorPage(session, "Make an account", content, {
    ...form,
    complaint: "The account is not made",
  });
}

/** A page that says what went wrong. It leaves the messages for the next page. */
export function errorPage(
  session: Visitor,
  { title, text, status }: { title: string; text: string; status: number },
): Response {
  const content = html`
    <div class="narrow">
      <h1>${title}</h1>
      <p>${text}</p>
      <p><a href="${devices.path()}">Go to your devices</a></p>
    </div>
  `;
  return page({ ...APP, title, content, visitor: visitorOf(session), status });
}

function count(devices: number): string {
  return devices === 1 ? "1 device" : `${devices} devices`;
}

function deviceList(session: Visitor, { listed, own }: Devices, action: string): Html {
  if (listed.length === 0) return html`<p class="empty">No device is signed in.</p>`;
  const items = listed.map(({ id, label = "Unknown device", address, created, renewed }) => {
    const isOwn = id === own;
    return html`<li class="card">
  <h2 id="of-${id}">${label}${
      isOwn && html`
        <span class="badge">This device</span>
      `
    }</h2>
  <p class="hint">${
      address && html`
        <span>Address ${address}</span>
      `
    }<span>Signed in ${time(created)}</span> <span>Last seen ${time(renewed)}</span></p>
  ${
      !isOwn && html`<form method="post" action="${action}">
    ${csrfField(session)}
    <input type="hidden" name="id" value="${id}">
    <button class="plain" aria-describedby="of-${id}">End the session</button>
  </form>`
    }
</li>`;
  });
  return html`<ul class="devices">${items}</ul>`;
}

function time(milliseconds: number): Html {
  const at = new Date(milliseconds);
  const text = at.toLocaleString("en-GB", {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "UTC",
  });
  return html`<time datetime="${at.toISOString()}">${text} UTC</time>`;
}

type Around = Pick<Parameters<typeof field>[0], "hint" | "error" | "sharedError">;

function nameField(typed: string | undefined, around: Around): Html {
  return field(
    { name: "name", label: "User name", ...around },
    (attributes) =>
      html`<input ${attributes} value="${typed}" required autocomplete="username" autocapitalize="none">`,
  );
}

/** The password is never shown again. */
function passwordField(autocomplete: string, around: Around): Html {
  return field(
    { name: "password", label: "Password", ...around },
    (attributes) =>
      html`<input ${attributes} type="password" required autocomplete="${autocomplete}">`,
  );
}

function csrfField(session: Visitor): Html {
  return html`<input type="hidden" name="csrf_token" value="${session.getCsrfToken()}">`;
}

/** A page with the visitor in its header, and with the messages of the session. */
function visitorPage(
  session: Visitor,
  title: string,
  content: Html,
  { errors = {}, status = 200, complaint = "" }: FormState & { readonly complaint?: string } = {},
): Response {
  const hasErrors = Object.keys(errors).length > 0;
  const messages = session.popFlash().map(message);
  if (hasErrors) messages.push(errorSummary(complaint, errors));
  return page({ ...APP, title, content, visitor: visitorOf(session), messages, hasErrors, status });
}

function visitorOf(session: Visitor): Html {
  return session.userId === undefined
    ? html`<a href="${signIn.path()}">Sign in</a>`
    : html`<form name="sign-out" method="post" action="${signOut.path()}">
  ${csrfField(session)}
  <span><span class="who">Signed in as </span><b>${session.userId}</b></span> <button class="plain">Sign out</button>
</form>`;
}
