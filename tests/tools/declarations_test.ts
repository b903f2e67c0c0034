/**
 * The declarations of the published package are read where there is no `Deno`: `deno pack` writes
 * them, as JSR does for npm, and TypeScript's own compiler reads them.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { writePackage, writeRealStd } from "../../tools/release.ts";
import { missingPermission, testUnless } from "../requirements.ts";

const ROOT = new URL("../../", import.meta.url);

const OPTIONS = {
  strict: true,
  noEmit: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  types: [],
  lib: ["ES2024", "DOM"],
  module: "nodenext",
  target: "es2024",
};

/** An app as it is written elsewhere. */
const APP = `
import {
  Configurator, type ConnectionInfo, html, route, signedCookieSessionFactory,
} from "@pyramidion/pyramidion";

const user = route("user", "/users/:id");
const app = new Configurator<{ name: string }>()
  .setSessionFactory(signedCookieSessionFactory("secret"))
  .addRoute(user)
  .addView(async (request) => {
    const name: string | undefined = (await request.session).get("name");
    const address: string | undefined = request.info?.remoteAddr.hostname;
    return html\`\${name} \${address} \${request.matchdict.id}\`;
  }, { route: user })
  .makeApp();
const info: ConnectionInfo = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
  completed: Promise.resolve(),
};
export const answer: Response | Promise<Response> = app.fetch(new Request("https://app.test"), info);
`;

async function run(command: string, args: string[], cwd: URL): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout);
  assert(success, `${said}${new TextDecoder().decode(stderr)}`);
  return said;
}

testUnless(
  missingPermission({ name: "read" }, { name: "write" }, { name: "run" }),
  "the published declarations compile with ES2024 and DOM alone, nothing skipped",
  async () => {
    const place = await Deno.makeTempDir();
    try {
      const folder = new URL(`file://${place}/package/`);
      const names = await writeRealStd(new URL("../std/", folder));
      await writePackage(folder, names.map((name) => `../std/${name}`));
      await Deno.copyFile(new URL("deno.lock", ROOT), new URL("deno.lock", folder));
      await run(Deno.execPath(), ["pack", "--quiet", "-o", "../packed.tgz"], folder);
      // The archive's folder is "package".
      const scope = new URL("../user/node_modules/@pyramidion/", folder);
      await Deno.mkdir(scope, { recursive: true });
      await run("tar", ["xzf", `${place}/packed.tgz`], scope);
      await Deno.rename(new URL("package", scope), new URL("pyramidion", scope));

      const user = new URL("../user/", folder);
      const { exports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", folder)));
      const doors = Object.keys(exports).map((door, at) =>
        `import * as door${at} from ${JSON.stringify(door.replace(".", "@pyramidion/pyramidion"))};
        export { door${at} };`
      );
      assertEquals(doors.length > 1, true);
      await Deno.writeTextFile(new URL("app.mts", user), APP);
      await Deno.writeTextFile(new URL("doors.mts", user), doors.join("\n"));
      await Deno.writeTextFile(
        new URL("tsconfig.json", user),
        JSON.stringify({ compilerOptions: OPTIONS, files: ["app.mts", "doors.mts"] }),
      );
      const tsc = ["run", "--quiet", "-A", "npm:typescript@5.9.3/tsc", "-p", `${place}/user`];
      assertEquals(await run(Deno.execPath(), tsc, ROOT), "");
    } finally {
      await Deno.remove(place, { recursive: true });
    }
  },
);
