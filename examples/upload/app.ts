/**
 * The upload example: files of any size that go straight to the disk. Makes the app, opens no socket.
 *
 * @module
 */

import {
  type App,
  Configurator,
  type FilePart,
  html,
  redirect,
  route,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";

/** What the app needs. */
export interface UploadOptions {
  /** What signs the cookies: at least 32 bytes that nobody can guess. */
  readonly secret: string;
  /** The folder that files go to. */
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
  config.setDefaultCsrfOptions({});
  config.addRoute(upload);

  // The token stands before the file: what is before the first file is all that is read of the form
  // until the view runs.
  config.addView(async (request) => {
    const session = await request.session;
    return html`<!doctype html>
<title>Upload</title>
<form method="post" enctype="multipart/form-data">
  <input type="hidden" name="csrf_token" value="${session.getCsrfToken()}">
  <input type="file" name="file" multiple>
  <button>Send</button>
</form>
<ul>${received.map(({ name, bytes }) => html`<li>${name}: ${bytes} bytes</li>`)}</ul>`;
  }, { route: upload });

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
    received.push(...kept);
    return redirect(request.routePath(upload));
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
