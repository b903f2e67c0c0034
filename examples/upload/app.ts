/**
 * The upload example: files of any size go to the disk as they arrive.
 *
 * This module makes the app. It opens no socket.
 *
 * @module
 */

import {
  type App,
  Configurator,
  csrfField,
  html,
  redirect,
  route,
  type Session,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import type { FilePart } from "@pyramidion/pyramidion/types";
import { errorSummary, field, message, page, style, styleSheet } from "../page.ts";

/** What the app needs. */
export interface UploadOptions {
  /** The secret that signs the cookies: at least 32 random bytes. */
  readonly secret: string;
  /** The folder for the files. */
  readonly folder: string;
}

/** A file that was received. */
interface Received {
  /** What the visitor calls it. */
  readonly name: string;
  /** Where it is: a name of our own. */
  readonly path: string;
  readonly bytes: number;
}

const upload = route("upload", "/");

/** Makes the app. */
export function makeUploadApp({ secret, folder }: UploadOptions): App<object> {
  const received: Received[] = [];
  const config = new Configurator({ sessionFactory: signedCookieSessionFactory<object>(secret) });
  config.setDefaultCsrfOptions();
  config.addRoute(upload).addRoute(style);
  config.addView(styleSheet, { route: style });

  config.addView(async (request) => uploadPage(await request.session, { folder, received }), {
    route: upload,
    httpCache: 0,
  });

  config.addView(async (request) => {
    const kept: Received[] = [];
    try {
      for await (const part of request.parts()) {
        if (part.kind !== "file" || part.fileName === "") continue;
        const path = await Deno.makeTempFile({ dir: folder, suffix: ".upload" });
        const at = kept.push({ name: part.fileName, path, bytes: 0 }) - 1;
        kept[at] = { ...kept[at]!, bytes: await write(part, path) };
      }
    } catch (error) {
      // A form that was cut short, or too large: nothing of it stays.
      await Promise.all(kept.map(({ path }) => Deno.remove(path)));
      throw error;
    }
    const session = await request.session;
    if (kept.length === 0) return uploadPage(session, { folder, received }, "Choose a file");
    received.push(...kept);
    session.flash(kept.length === 1 ? "1 file is kept" : `${kept.length} files are kept`);
    return redirect(request.routePath(upload), { status: 303 });
  }, {
    route: upload,
    requestMethod: "POST",
    bodyLimits: { maxStreamedBytes: 1_000_000_000, maxFileBytes: 500_000_000, maxParts: 20 },
  });
  return config.makeApp();
}

/** Writes a file as it arrives, and gives its size. */
async function write(part: FilePart, path: string): Promise<number> {
  const file = await Deno.open(path, { write: true });
  await part.stream.pipeTo(file.writable);
  return (await Deno.stat(path)).size;
}

function uploadPage(
  session: Session,
  { folder, received }: { readonly folder: string; readonly received: readonly Received[] },
  error?: string,
): Response {
  const files = received.map(({ name, bytes }) =>
    html`<li><b>${name}</b> <span>${bytes.toLocaleString("en-GB")} bytes</span></li>`
  );
  // The token stands before the file: until the view runs, the app reads the form only up to the
  // first file.
  const content = html`
    <h1>Upload</h1>
    <p
      class="lead">Large files go to the disk as they arrive. They never fill the memory. They stay in the folder
    <code>${folder}</code> until you delete them there yourself.</p>
    <div class="columns">
      <section class="card" aria-labelledby="new">
        <h2 id="new">Send files</h2>
        <form method="post" enctype="multipart/form-data" action="${upload.path()}">
      ${csrfField(session)}
      ${field(
        { name: "file", label: "Files", hint: "At most 500 MB each", error },
        (attributes) => html`<input ${attributes} type="file" multiple required>`,
      )}
      <button>Send</button>
        </form>
      </section>
      <section class="card" aria-labelledby="files"><h2 id="files">Files</h2>${files.length === 0
        ? html`<p class="empty">No file was sent yet.</p>`
        : html`<ul class="files">${files}</ul>`}</section>
    </div>
  `;
  const messages = session.popFlash().map(message);
  if (error !== undefined) messages.push(errorSummary("Nothing was kept", { file: error }));
  return page({
    app: "Upload",
    title: "Upload",
    source: "examples/upload",
    content,
    messages,
    hasErrors: error !== undefined,
    status: error === undefined ? 200 : 422,
  });
}
